import { cannot, FormatError } from "../../errors.ts";
import { ExplicitHistogram } from "../explicit-histogram.ts";
import { Fields } from "./fields.ts";
import { decodeMessage, type Message } from "./protobuf-message.ts";

const store: Message = {
  1: {
    name: "binCounts",
    repeated: true,
    type: { 1: { name: "key", type: "sint32" }, 2: { name: "value", type: "double" } },
  },
  2: { name: "contiguousBinCounts", type: "double", repeated: true },
  3: { name: "contiguousBinIndexOffset", type: "sint32" },
};

const ddsketch: Message = {
  1: {
    name: "mapping",
    type: {
      1: { name: "gamma", type: "double" },
      2: { name: "indexOffset", type: "double" },
      3: { name: "interpolation", type: "int32" },
    },
  },
  2: { name: "positiveValues", type: store },
  3: { name: "negativeValues", type: store },
  4: { name: "zeroCount", type: "double" },
};

const action = "decode a DDSketch";

/** What the message does not say. */
export interface DDSketchOptions {
  /**
   * Which values key k holds: `ceiling` (gamma^(k-1), gamma^k] as sketches-js and sketches-py write, `floor` [gamma^k,
   * gamma^(k+1)) as sketches-go and sketches-java write. A wrong choice shifts every value by one bucket.
   */
  readonly keys: "ceiling" | "floor";
}

/**
 * What does this DDSketch say? Reads the protobuf message of Datadog's libraries, logarithmic mapping, into a histogram
 * with the sketch's own edges.
 *
 * The bracket of a value is the whole bucket, gamma wide, in place of the producer's point estimate. The producer
 * places values by a logarithm, so a value within a relative 1e-12 or so of an edge may be counted on its other side.
 *
 * @throws {FormatError} when the bytes are not such a message, the mapping is interpolated, or a count is not a whole
 * number.
 */
export function decodeDDSketch(bytes: Uint8Array, { keys }: DDSketchOptions): ExplicitHistogram {
  const message = new Fields(decodeMessage(bytes, ddsketch, action), "", action);
  const mapping = message.object("mapping");
  if (mapping === undefined) throw message.refused("mapping", "present", undefined);
  const interpolation = mapping.integer("interpolation") ?? 0;
  if (interpolation !== 0) throw mapping.refused("mapping.interpolation", "0, the logarithmic mapping", interpolation);
  const gamma = mapping.number("gamma") ?? 0;
  if (!(gamma > 1 && gamma < 1e6)) throw mapping.refused("mapping.gamma", "a number above 1 and below 1e6", gamma);
  const offset = mapping.number("indexOffset") ?? 0;
  if (!Number.isFinite(offset)) throw mapping.refused("mapping.indexOffset", "a finite number", offset);

  const shift = keys === "ceiling" ? 1 : 0;
  const edge = (key: number): number => Math.exp((key - offset - shift) * Math.log(gamma));
  const bins: { lower: number; upper: number; count: number }[] = [];
  for (const sign of [-1, 1] as const) {
    for (const [key, count] of countsOf(message, sign < 0 ? "negativeValues" : "positiveValues")) {
      const [inner, outer] = [edge(key), edge(key + 1)];
      if (!(inner > 0 && outer > inner && outer < Infinity))
        throw message.refused("a key", "such that its bucket lies in the range of doubles", key);
      bins.push(sign < 0 ? { lower: -outer, upper: -inner, count } : { lower: inner, upper: outer, count });
    }
  }
  const zeros = whole(message, "zeroCount", message.number("zeroCount") ?? 0);
  const smallest = 2 ** -1022 * gamma;
  if (zeros > 0) bins.push({ lower: -smallest, upper: smallest, count: zeros });
  return histogramOf(bins);
}

function countsOf(message: Fields, side: string): Map<number, number> {
  const counts = new Map<number, number>();
  const put = (key: number, field: string, value: number): void => {
    const count = whole(message, field, value);
    if (count > 0) counts.set(key, (counts.get(key) ?? 0) + count);
  };
  const values = message.object(side);
  if (values === undefined) return counts;
  for (const bin of values.objects("binCounts"))
    put(bin.integer("key") ?? 0, `${side}.binCounts`, bin.number("value") ?? 0);
  const first = values.integer("contiguousBinIndexOffset") ?? 0;
  values
    .numbers("contiguousBinCounts")
    .forEach((value, i) => put(first + i, `${side}.contiguousBinCounts[${i}]`, value));
  return counts;
}

function whole(message: Fields, field: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw message.refused(field, "a non-negative integer, sketches with weights can't be read", value);
  return value;
}

/** A histogram with the edges of these bins and empty buckets between them; neighbours share an edge. */
function histogramOf(bins: { lower: number; upper: number; count: number }[]): ExplicitHistogram {
  bins.sort((a, b) => a.lower - b.lower);
  const boundaries: number[] = [];
  const counts: number[] = [];
  for (const { lower, upper, count } of bins) {
    const last = boundaries[boundaries.length - 1] ?? -Infinity;
    if (lower < last - 1e-9 * Math.abs(last))
      throw new FormatError(cannot(action, "the zero bucket", "below all others", lower), { code: "invalid-format" });
    if (lower > last + 1e-9 * Math.abs(last) || boundaries.length === 0) {
      boundaries.push(lower);
      counts.push(0);
    }
    boundaries.push(upper);
    counts.push(count);
  }
  return new ExplicitHistogram({ boundaries, counts: [...counts, 0] });
}
