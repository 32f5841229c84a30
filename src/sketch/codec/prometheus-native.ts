import { cannot, FormatError } from "../../errors.ts";
import { bucketIndex } from "../bucket-index.ts";
import { ExplicitHistogram } from "../explicit-histogram.ts";
import { type JsonNumber, toJsonNumber } from "../json-number.ts";
import { QuantileSketch } from "../quantile-sketch.ts";
import type { BucketRun } from "../sketch-counts.ts";
import { Fields } from "./fields.ts";

const action = "decode a Prometheus native histogram";
const minSchema = -4;
const maxSchema = 8;

/** A run of buckets: how many are skipped since the last run (the first: the index), and how many follow. */
export interface PrometheusSpan {
  readonly offset: number;
  readonly length: number;
}

/**
 * The protobuf JSON of a native histogram (`io.prometheus.client.Histogram`), counts as differences between
 * neighbouring buckets.
 */
export interface PrometheusHistogramJson {
  readonly sampleCount: string;
  readonly sampleSum: JsonNumber;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: string;
  readonly negativeSpan: readonly PrometheusSpan[];
  readonly negativeDelta: readonly string[];
  readonly positiveSpan: readonly PrometheusSpan[];
  readonly positiveDelta: readonly string[];
}

/** A native histogram in numbers: counts are absolute, bucket i holds (b^(i-1), b^i]. */
export interface NativeCounts {
  readonly schema: number;
  readonly count: number | undefined;
  readonly sum: number | undefined;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: readonly BucketRun[];
  readonly negative: readonly BucketRun[];
}

/**
 * What does this native histogram say? Reads the protobuf JSON of `io.prometheus.client.Histogram`, schemas -4 to 8.
 *
 * @throws {FormatError} when it is not that, is a float histogram with fractions, or counts NaN, which lies in no
 * bucket.
 */
export function decodePrometheusNative(json: unknown): QuantileSketch {
  const histogram = new Fields(json, "", action);
  if (!histogram.has("schema") && !histogram.has("positiveSpan") && !histogram.has("zeroThreshold"))
    throw histogram.refused("schema", "present, this has no native buckets", undefined);
  const side = (name: "positive" | "negative"): BucketRun[] => {
    const deltas = histogram.integers(`${name}Delta`);
    let count = 0;
    const counts = deltas.length > 0 ? deltas.map((delta) => (count += delta)) : histogram.integers(`${name}Count`);
    return runsOfSpans(
      histogram
        .objects(`${name}Span`)
        .map((span) => ({ offset: span.integer("offset") ?? 0, length: span.integer("length") ?? 0 })),
      counts,
      `${name}Span`,
    );
  };
  return sketchOfNative({
    schema: histogram.integer("schema") ?? 0,
    count: histogram.integer("sampleCount") ?? histogram.integer("sampleCountFloat") ?? 0,
    sum: histogram.number("sampleSum"),
    zeroCount: histogram.integer("zeroCount") ?? histogram.integer("zeroCountFloat") ?? 0,
    zeroThreshold: histogram.number("zeroThreshold") ?? 0,
    positive: side("positive"),
    negative: side("negative"),
  });
}

/** Runs with absolute indices from spans and the counts of all their buckets in order. */
export function runsOfSpans(spans: readonly PrometheusSpan[], counts: readonly number[], field: string): BucketRun[] {
  let index = 0;
  let used = 0;
  const runs = spans.map(({ offset, length }, i) => {
    if (length < 0 || (i > 0 && offset < 0))
      throw refused(`${field}[${i}]`, "an offset and a length that don't go back", { offset, length });
    index += offset;
    if (used + length > counts.length)
      throw refused(field, `spans of ${counts.length} buckets in all, as many as counts`, used + length);
    const run = { offset: index, counts: counts.slice(used, used + length) };
    index += length;
    used += length;
    return run;
  });
  if (used !== counts.length) throw refused(field, `spans of ${counts.length} buckets in all, as many as counts`, used);
  return runs;
}

/** The sketch of a native histogram. Its scale is the schema; its bucket i is Prometheus' bucket i + 1. */
export function sketchOfNative(native: NativeCounts): QuantileSketch {
  const { schema, count, sum, zeroCount, zeroThreshold } = native;
  if (!Number.isInteger(schema) || schema < minSchema || schema > maxSchema)
    throw refused("schema", `an integer from ${minSchema} to ${maxSchema}`, schema);
  const overflow = bucketIndex(Number.MAX_VALUE, schema) + 1;
  const finite = (runs: readonly BucketRun[]): [BucketRun[], number] => {
    let infinite = 0;
    const kept = runs.map(({ offset, counts }) => {
      const first = offset - 1;
      const at = overflow - first;
      if (at >= 0 && at < counts.length) infinite += counts[at] as number;
      return { offset: first, counts: Array.from(counts, (values, i) => (i === at ? 0 : values)) };
    });
    return [kept, infinite];
  };
  const [positive, infinityCount] = finite(native.positive);
  const [negative, negativeInfinityCount] = finite(native.negative);
  const empty = count === 0;
  const sketch = QuantileSketch.fromCounts({
    scale: schema,
    positive,
    negative,
    zeroCount,
    zeroThreshold,
    infinityCount,
    negativeInfinityCount,
    sum: empty || Number.isNaN(sum) ? undefined : sum,
  });
  if (count !== undefined && count !== sketch.count) {
    throw refused("count", `the total of the buckets, ${sketch.count} (Prometheus counts NaN in no bucket)`, count);
  }
  return sketch;
}

/**
 * Writes a sketch as the protobuf JSON of `io.prometheus.client.Histogram`. Scales above 8 are scaled down to 8, the
 * finest schema.
 *
 * @throws {FormatError} when the scale is below -4, the coarsest schema, or the sketch has no sum.
 */
export function encodePrometheusNative(sketch: QuantileSketch): PrometheusHistogramJson {
  const { schema, sum, positive, negative } = nativeOf(sketch);
  return {
    sampleCount: String(sketch.count),
    sampleSum: toJsonNumber(sum),
    schema,
    zeroThreshold: sketch.zeroThreshold,
    zeroCount: String(sketch.zeroCount),
    negativeSpan: spansOf(negative),
    negativeDelta: deltasOf(negative),
    positiveSpan: spansOf(positive),
    positiveDelta: deltasOf(positive),
  };
}

/** The buckets of a sketch numbered as Prometheus does, infinities in the bucket after the last. */
export function nativeOf(sketch: QuantileSketch): {
  schema: number;
  sum: number;
  positive: BucketRun[];
  negative: BucketRun[];
} {
  const encoding = "encode a Prometheus native histogram";
  if (sketch.scale < minSchema)
    throw new FormatError(cannot(encoding, "scale", `at least ${minSchema}`, sketch.scale), {
      code: "not-representable",
      field: "scale",
    });
  const { sum } = sketch;
  if (typeof sum !== "number")
    throw new FormatError(cannot(encoding, "sum", "known", sum), { code: "not-representable", field: "sum" });
  const scaled = sketch.scale > maxSchema ? sketch.clone().scaleDown(maxSchema) : sketch;
  const json = scaled.toJSON();
  const overflow = bucketIndex(Number.MAX_VALUE, scaled.scale) + 2;
  const numbered = (runs: readonly (readonly number[])[], infinite: number): BucketRun[] => [
    ...runs.map(([start = 0, ...counts]) => ({ offset: start + 1, counts })),
    ...(infinite > 0 ? [{ offset: overflow, counts: [infinite] }] : []),
  ];
  return {
    schema: scaled.scale,
    sum,
    positive: numbered(json.positive ?? [], sketch.infinityCount),
    negative: numbered(json.negative ?? [], sketch.negativeInfinityCount),
  };
}

function spansOf(runs: readonly BucketRun[]): PrometheusSpan[] {
  let next = 0;
  return runs.map(({ offset, counts }) => {
    const span = { offset: offset - next, length: counts.length };
    next = offset + counts.length;
    return span;
  });
}

function deltasOf(runs: readonly BucketRun[]): string[] {
  const counts = runs.flatMap((run) => Array.from(run.counts));
  return counts.map((values, i) => String(values - (counts[i - 1] ?? 0)));
}

/** A histogram with custom boundaries (schema -53). */
export function customBuckets(
  boundaries: readonly number[],
  counts: readonly number[],
  sum: number | undefined,
): ExplicitHistogram {
  const padded = [...counts, ...Array.from({ length: Math.max(0, boundaries.length + 1 - counts.length) }, () => 0)];
  return new ExplicitHistogram({ boundaries, counts: padded, sum: Number.isNaN(sum) ? undefined : sum });
}

export function refused(field: string, requirement: string, value: unknown): FormatError {
  return new FormatError(cannot(action, field, requirement, value), { code: "invalid-format", field, value });
}
