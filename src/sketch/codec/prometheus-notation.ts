import type { ExplicitHistogram } from "../explicit-histogram.ts";
import type { QuantileSketch } from "../quantile-sketch.ts";
import type { BucketRun } from "../sketch-counts.ts";
import {
  customBuckets,
  nativeOf,
  type PrometheusSpan,
  refused,
  runsOfSpans,
  sketchOfNative,
} from "./prometheus-native.ts";

/** Schema of histograms with custom boundaries. */
const customSchema = -53;

/**
 * What does this native histogram say? Reads the two ways of writing one as text: `{{schema:0 sum:5 count:4 buckets:[1
 * 2 1]}}` of PromQL unit tests and `{count:4,sum:5,schema:0,positive_spans:[0:3],positive_buckets:[1,2,1]}` of
 * OpenMetrics 2.
 *
 * @returns a sketch, or a histogram with boundaries of its own for schema -53.
 * @throws {FormatError} naming the field when the text is neither.
 */
export function parsePrometheusNative(text: string): QuantileSketch | ExplicitHistogram {
  const inner = /^\s*(?:\{\{([^{}]*)\}\}|\{([^{}]*)\})\s*$/.exec(text);
  if (inner === null) throw refused("text", "a histogram in {{...}} or {...}", text);
  const entries = entriesOf(inner[1] ?? inner[2] ?? "");
  const schema = entries.number("schema") ?? 0;
  if (schema === customSchema) {
    return customBuckets(
      entries.list("custom_values"),
      [...Array.from({ length: entries.number("offset") ?? 0 }, () => 0), ...entries.list("buckets")],
      entries.number("sum"),
    );
  }
  const side = (prefix: string, long: string): BucketRun[] => {
    const counts = entries.list(`${long}_buckets`);
    if (counts.length > 0) return runsOfSpans(entries.spans(`${long}_spans`), counts, `${long}_spans`);
    const short = entries.list(`${prefix}buckets`);
    return short.length > 0 ? [{ offset: entries.number(`${prefix}offset`) ?? 0, counts: short }] : [];
  };
  const zeroCount = entries.number("z_bucket") ?? entries.number("zero_count") ?? 0;
  return sketchOfNative({
    schema,
    count: entries.number("count"),
    sum: entries.number("sum"),
    zeroCount,
    zeroThreshold: entries.number("z_bucket_w") ?? entries.number("zero_threshold") ?? 0,
    positive: side("", "positive"),
    negative: side("n_", "negative"),
  });
}

/** Writes a sketch in the notation of PromQL unit tests. @throws {FormatError} as `encodePrometheusNative`. */
export function formatPrometheusNative(sketch: QuantileSketch): string {
  const { schema, sum, positive, negative } = nativeOf(sketch);
  const side = (prefix: string, runs: readonly BucketRun[]): string => {
    const first = runs[0];
    if (first === undefined) return "";
    const counts: number[] = [];
    for (const run of runs) {
      while (first.offset + counts.length < run.offset) counts.push(0);
      counts.push(...Array.from(run.counts));
    }
    return ` ${prefix}offset:${first.offset} ${prefix}buckets:[${counts.join(" ")}]`;
  };
  const zero =
    sketch.zeroCount > 0 || sketch.zeroThreshold > 0
      ? ` z_bucket:${sketch.zeroCount} z_bucket_w:${sketch.zeroThreshold}`
      : "";
  const shown = sum === Infinity ? "+Inf" : sum === -Infinity ? "-Inf" : String(sum);
  return `{{schema:${schema} count:${sketch.count} sum:${shown}${zero}${side("", positive)}${side("n_", negative)}}}`;
}

interface Entries {
  number(name: string): number | undefined;
  list(name: string): number[];
  spans(name: string): PrometheusSpan[];
}

const known = new Set(
  (
    "schema count sum z_bucket z_bucket_w zero_count zero_threshold buckets n_buckets offset n_offset " +
    "custom_values counter_reset_hint positive_spans positive_buckets negative_spans negative_buckets"
  ).split(" "),
);

function entriesOf(text: string): Entries {
  const found = new Map<string, string>();
  const rest = text.replace(/(?<![a-z_])([a-z_]+):(\[[^\]]*\]|[^\s,[\]]+)/g, (_, name: string, value: string) => {
    if (!known.has(name) || found.has(name)) throw refused(name, "a field of a native histogram, once", value);
    found.set(name, value);
    return "";
  });
  if (/[^\s,]/.test(rest)) throw refused("text", "a list of name:value", rest.trim());
  const items = (name: string): string[] => {
    const value = found.get(name);
    if (value !== undefined && !value.startsWith("[")) throw refused(name, "a list in brackets", value);
    return (
      value
        ?.slice(1, -1)
        .split(/[\s,]+/)
        .filter((item) => item !== "") ?? []
    );
  };
  return {
    number: (name) => (found.has(name) ? promNumber(found.get(name) as string, name) : undefined),
    list: (name) => items(name).map((item) => promNumber(item, name)),
    spans: (name) =>
      items(name).map((item) => {
        const [offset = "", length = ""] = item.split(":");
        return { offset: promNumber(offset, name), length: promNumber(length, name) };
      }),
  };
}

/** A number as Prometheus writes it. */
export function promNumber(text: string, field: string): number {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw refused(field, "a number", text);
  return value;
}
