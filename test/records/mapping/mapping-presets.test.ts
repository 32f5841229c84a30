import { describe, expect, it } from "vitest";
import {
  analyze,
  createSummarizer,
  decide,
  type Decision,
  definePolicy,
  type FieldMapping,
  mappingPresets,
  planFor,
  readJsonArray,
  readNdjson,
  safeRollout,
} from "../../../src/index.ts";
import type { RecordBatch } from "../../../src/records/batch.ts";
import type { ByteSource } from "../../../src/records/bytes.ts";

const policy = definePolicy({ ...safeRollout({ control: "v1", treatments: ["v2"] }), minimumSampleSize: 1000 });

function bytesOf(text: string): ByteSource {
  return (async function* () {
    yield new TextEncoder().encode(text);
  })() as ByteSource;
}

async function decisionOf(...sources: readonly AsyncIterable<RecordBatch>[]): Promise<Decision> {
  const summarizer = createSummarizer(planFor(policy));
  for (const source of sources) for await (const batch of source) summarizer.addBatch(batch);
  return decide(analyze(summarizer.summary(), policy), policy);
}

/** Payloads as LiteLLM logs streams: `response_time` is the time to the first token. */
function litellmLines(secondsOf: (arm: string, index: number) => number): string {
  return Array.from({ length: 8000 }, (_, index) => {
    const arm = index % 2 === 0 ? "v1" : "v2";
    const start = 1_796_032_800 + index / 10;
    return JSON.stringify({
      id: `chatcmpl-${index}`,
      call_type: "acompletion",
      stream: true,
      response_cost: 0.00021,
      status: index % 500 === 0 ? "failure" : "success",
      prompt_tokens: 33,
      completion_tokens: 7,
      startTime: start,
      endTime: start + secondsOf(arm, index),
      completionStartTime: start + 0.2,
      response_time: 0.2,
      model: arm,
    });
  }).join("\n");
}

describe("the preset litellm", () => {
  const read = (secondsOf: (arm: string, index: number) => number): Promise<Decision> =>
    decisionOf(readNdjson(bytesOf(litellmLines(secondsOf)), mappingPresets.litellm, "log"));

  it("takes the whole answer of a stream, not the time to its first token", async () => {
    const slower = await read((arm, i) => (arm === "v2" ? 3 : 1) * (0.5 + (i % 97) / 100));
    expect(slower.decision).toBe("rollback");
    const same = await read((_, i) => 0.5 + (i % 97) / 100);
    expect(same.decision).toBe("ship");
    // The P99 of 500, 510, ... 1460 ms is 1460, within the sketch's bucket.
    expect(Math.abs((same.comparisons[0]?.metrics[1]?.control.value ?? 0) / 1460 - 1)).toBeLessThan(0.0055);
  });
});

describe("the preset llmperf", () => {
  /** A file as LLMPerf writes it: no column says which version was measured. */
  const file = (failing: number): string =>
    JSON.stringify(
      Array.from({ length: 9000 }, (_, i) => {
        const failed = i % 100 < failing;
        return {
          error_code: failed ? 503 : null,
          error_msg: failed ? "overloaded" : "",
          inter_token_latency_s: failed ? 0 : 0.02,
          ttft_s: failed ? 0 : 0.05,
          end_to_end_latency_s: failed ? 0 : 0.1 + (i % 83) / 1000,
          request_output_throughput_token_per_s: 42.8,
          number_total_tokens: 36,
          number_output_tokens: 5,
          number_input_tokens: 31,
        };
      }),
      null,
      4,
    );
  const of = (arm: string, text: string): AsyncIterable<RecordBatch> => {
    const named = text.replaceAll('"error_code"', `"version": "${arm}", "error_code"`);
    const mapping: FieldMapping = {
      ...mappingPresets.llmperf,
      fields: { ...mappingPresets.llmperf.fields, arm: "version" },
    };
    return readJsonArray(bytesOf(named), mapping, arm);
  };

  it("reads the tool's own columns", async () => {
    const batches: RecordBatch[] = [];
    for await (const one of of("v1", file(1))) batches.push(one);
    const [batch] = batches;
    expect(Object.keys(batch?.numbers ?? {}).sort()).toEqual([
      "inputTokens",
      "latencyMs",
      "outputTokens",
      "success",
      "ttftMs",
    ]);
    expect(batch?.numbers["inputTokens"]?.[5]).toBe(31);
    expect(batch?.numbers["latencyMs"]?.[5]).toBeCloseTo(105, 9);
    expect([...(batch?.numbers["success"] ?? [])].filter((ok) => ok === 0)).toHaveLength(90);
  });

  it("decides on them: equal runs ship, a run that fails is rolled back", async () => {
    expect((await decisionOf(of("v1", file(0)), of("v2", file(0)))).decision).toBe("ship");
    expect((await decisionOf(of("v1", file(0)), of("v2", file(8)))).decision).toBe("rollback");
  });

  it("without an arm says which columns there are", async () => {
    await expect(decisionOf(readJsonArray(bytesOf(file(0)), mappingPresets.llmperf, "log"))).rejects.toThrow(
      /arm must be mapped to one of the columns "error_code"/u,
    );
  });
});
