import type { LatencyHistogram } from "../api/index.ts";
import type { QuantileSketch } from "../index.ts";

/** A sketch of latencies as the API's exponential histogram, whose buckets are the sketch's own. */
export function histogramOf(sketch: QuantileSketch): LatencyHistogram {
  const { positive = [], zeroCount = 0, scale, count, min, max } = sketch.toJSON();
  const offset = positive[0]?.[0] ?? 0;
  const last = positive.at(-1);
  const length = last === undefined ? 0 : (last[0] as number) + last.length - 1 - offset;
  const bucket_counts = new Array<number>(length).fill(0);
  for (const [start, ...counts] of positive)
    for (const [i, value] of counts.entries()) bucket_counts[(start as number) - offset + i] = value;
  return {
    scale,
    count,
    zero_count: zeroCount,
    ...(typeof sketch.sum === "number" ? { sum: sketch.sum } : {}),
    ...(typeof min === "number" && typeof max === "number" ? { min, max } : {}),
    positive: { offset, bucket_counts },
  };
}
