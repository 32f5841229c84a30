type Json = Record<string, unknown>;

/**
 * The spans of Jaeger's answers, with the tags of the span and of its process as keys of `tags` and `process`;
 * `tags.error` is false where a span has no such tag.
 */
export function jaegerRows(document: unknown): Json[] | undefined {
  const traces = list((document as Json)["data"]);
  return traces?.flatMap((trace) => {
    const processes = ((trace as Json)["processes"] ?? {}) as Record<string, Json>;
    return (list((trace as Json)["spans"]) ?? []).map((span) => {
      const { tags, processID, ...rest } = span as Json;
      const process = processes[String(processID)];
      return {
        ...rest,
        tags: pairs(tags),
        process: { service: process?.["serviceName"], ...pairs(process?.["tags"]) },
      };
    });
  });
}

/**
 * The spans of Zipkin's answers: of a trace, of a list of traces, or one alone. `failed` says whether a span has a tag
 * `error`, whatever its value.
 */
export function zipkinRows(document: unknown): readonly unknown[] {
  const spans = Array.isArray(document) ? (document.flat(2) as unknown[]) : [document];
  return spans.map((span) => ({
    ...(span as Json),
    failed: Object.hasOwn(((span as Json)["tags"] ?? {}) as Json, "error"),
  }));
}

/** The samples of an Inspect log, with the model; `score` is the value of the first scorer. */
export function inspectRows(document: unknown): Json[] | undefined {
  const { samples, eval: run } = document as { samples?: unknown; eval?: Json };
  return list(samples)?.map((sample) => {
    const scores = (sample as Json)["scores"];
    const [first] = Object.values((scores ?? {}) as Record<string, Json>);
    return { model: run?.["model"], ...(sample as Json), score: first?.["value"] };
  });
}

/**
 * The requests of a GuideLLM report; `outcome` is the list that a request stands in. Requests that the end of the run
 * cut off are no failures, and left out.
 */
export function guidellmRows(document: unknown): Json[] | undefined {
  const benchmarks = list((document as Json)["benchmarks"]);
  return benchmarks?.flatMap((benchmark) => {
    const requests = ((benchmark as Json)["requests"] ?? {}) as Json;
    return (["successful", "errored"] as const).flatMap((outcome) =>
      (list(requests[outcome]) ?? []).map((request) => ({ ...(request as Json), outcome })),
    );
  });
}

/**
 * The requests of a run of vLLM's or SGLang's serving benchmark, whose values lie in lists of equal length.
 * `latency_s` is the given latency, or the time to the first token and all gaps after it; a failed request has none.
 */
export function servingRows(document: unknown): Json[] | undefined {
  const run = document as Json;
  const errors = list(run["errors"]);
  const firsts = list(run["ttfts"]);
  if (errors === undefined || firsts === undefined) return undefined;
  const columns = Object.entries(run).filter(
    (entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length === errors.length,
  );
  const shorter = ["ttfts", "itls", "input_lens", "output_lens"].filter(
    (key) => Array.isArray(run[key]) && (run[key] as unknown[]).length !== errors.length,
  );
  if (shorter.length > 0) return undefined;
  return errors.map((error, index) => {
    const row = Object.fromEntries(columns.map(([key, values]) => [key, values[index]]));
    const gaps = list(row["itls"]) ?? [];
    const summed = gaps.reduce<number>((sum, gap) => sum + Number(gap), Number(row["ttfts"]));
    const failed = error !== "" && error !== null;
    return {
      ...row,
      error,
      latency_s: failed ? undefined : (row["latencies"] ?? summed),
      ttft_s: failed ? undefined : row["ttfts"],
    };
  });
}

/** One sample of lm-evaluation-harness; `score` is the value of the first metric that it names. */
export function lmEvalRows(document: unknown): Json[] {
  const sample = document as Json;
  const [metric] = list(sample["metrics"]) ?? [];
  return [{ ...sample, score: typeof metric === "string" ? sample[metric] : undefined }];
}

/** A list of keys and values as one object. */
function pairs(tags: unknown): Json {
  return Object.fromEntries((list(tags) ?? []).map((tag) => [(tag as Json)["key"], (tag as Json)["value"]]));
}

function list(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}
