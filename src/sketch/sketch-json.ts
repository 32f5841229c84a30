import { cannot, FormatError } from "../errors.ts";
import type { BucketWindow } from "./bucket-window.ts";
import { isJsonNumber, type JsonNumber, toJsonNumber } from "./json-number.ts";
import { type BucketRun, type SketchCounts, stateFromCounts } from "./sketch-counts.ts";
import type { SketchState } from "./sketch-state.ts";

/**
 * A sketch as JSON; two sketches of the same values give the same text. Fields that are zero or absent are left out.
 */
export interface QuantileSketchJson {
  readonly format: "assay-quantile-sketch";
  readonly version: 1;
  readonly scale: number;
  readonly maxBuckets: number;
  readonly count: number;
  /** Doubles that add up to the exact sum, the largest first, or null when unknown. */
  readonly sum: readonly JsonNumber[] | null;
  readonly min?: JsonNumber;
  readonly max?: JsonNumber;
  readonly extremesExact?: false;
  readonly zeroCount?: number;
  readonly zeroThreshold?: number;
  readonly infinityCount?: number;
  readonly negativeInfinityCount?: number;
  /** Runs of buckets without long gaps: the index of the first, then the counts. */
  readonly positive?: readonly (readonly number[])[];
  readonly negative?: readonly (readonly number[])[];
}

/** A run ends where this many buckets are empty: a new run is then the shorter text. */
const gap = 4;

/** The non-empty buckets of a window as runs that end before gaps of at least {@link gap} empty buckets. */
function runsOf({ counts, offset }: BucketWindow): BucketRun[] {
  const runs: BucketRun[] = [];
  let start = -1;
  let last = -1;
  const close = (): void => {
    if (start >= 0) runs.push({ offset: offset + start, counts: counts.subarray(start, last + 1) });
  };
  for (let i = 0; i < counts.length; i++) {
    if (counts[i] === 0) continue;
    if (start < 0 || i - last > gap) {
      close();
      start = i;
    }
    last = i;
  }
  close();
  return runs;
}

export function encodeJson(state: SketchState): QuantileSketchJson {
  const { scale, maxBuckets, count, min, max } = state;
  const positive = runsOf(state.positive).map(({ offset, counts }) => [offset, ...Array.from(counts)]);
  const negative = runsOf(state.negative).map(({ offset, counts }) => [offset, ...Array.from(counts)]);
  return {
    format: "assay-quantile-sketch",
    version: 1,
    scale,
    maxBuckets,
    count,
    sum: state.sum?.parts().map(toJsonNumber) ?? null,
    ...(count > 0 && { min: toJsonNumber(min), max: toJsonNumber(max) }),
    ...(!state.extremesExact && { extremesExact: false as const }),
    ...(state.zeroCount > 0 && { zeroCount: state.zeroCount }),
    ...(state.zeroThreshold > 0 && { zeroThreshold: state.zeroThreshold }),
    ...(state.infinityCount > 0 && { infinityCount: state.infinityCount }),
    ...(state.negativeInfinityCount > 0 && { negativeInfinityCount: state.negativeInfinityCount }),
    ...(positive.length > 0 && { positive }),
    ...(negative.length > 0 && { negative }),
  };
}

export function decodeJson(json: unknown): SketchState {
  const source = object(json);
  if (source["format"] !== "assay-quantile-sketch")
    throw refused("format", '"assay-quantile-sketch"', source["format"]);
  const version = source["version"];
  if (typeof version === "number" && version > 1) {
    throw new FormatError(cannot("decode a sketch", "version", "1", version), {
      code: "newer-version",
      field: "version",
      value: version,
      fix: "Read it with a newer release of Assay",
    });
  }
  if (version !== 1) throw refused("version", "1", version);
  const sum = source["sum"];
  if (sum !== null && !Array.isArray(sum)) throw refused("sum", "a list of numbers or null", sum);
  const counts: SketchCounts = {
    scale: number(source, "scale"),
    maxBuckets: number(source, "maxBuckets"),
    positive: runs(source, "positive"),
    negative: runs(source, "negative"),
    zeroCount: optionalNumber(source, "zeroCount") ?? 0,
    zeroThreshold: optionalNumber(source, "zeroThreshold") ?? 0,
    infinityCount: optionalNumber(source, "infinityCount") ?? 0,
    negativeInfinityCount: optionalNumber(source, "negativeInfinityCount") ?? 0,
    min: optionalNumber(source, "min"),
    max: optionalNumber(source, "max"),
    extremesExact: extremesExact(source),
    sum: sum === null ? undefined : sum.map((part, i) => fromJsonNumber(part, `sum[${i}]`)),
  };
  const state = stateFromCounts(counts);
  if (source["count"] !== state.count)
    throw refused("count", `the total of the buckets, ${state.count}`, source["count"]);
  if (state.count > 0 && (counts.min === undefined || counts.max === undefined))
    throw refused("min and max", "present", undefined);
  return state;
}

function extremesExact(source: Record<string, unknown>): boolean {
  const value = source["extremesExact"];
  if (value !== undefined && value !== false) throw refused("extremesExact", "false or absent", value);
  return value === undefined;
}

function object(json: unknown): Record<string, unknown> {
  if (typeof json !== "object" || json === null || Array.isArray(json)) throw refused("the sketch", "an object", json);
  return json as Record<string, unknown>;
}

function runs(source: Record<string, unknown>, field: string): BucketRun[] {
  const value = source[field] ?? [];
  if (!Array.isArray(value)) throw refused(field, "a list of runs", value);
  return value.map((run: unknown, r) => {
    if (!Array.isArray(run) || run.length < 2) throw refused(`${field}[${r}]`, "a list of an index and counts", run);
    for (let i = 0; i < run.length; i++) {
      if (typeof run[i] !== "number") throw refused(`${field}[${r}][${i}]`, "a number", run[i]);
    }
    return { offset: run[0] as number, counts: run.slice(1) as number[] };
  });
}

function number(source: Record<string, unknown>, field: string): number {
  return fromJsonNumber(source[field], field);
}

function optionalNumber(source: Record<string, unknown>, field: string): number | undefined {
  return source[field] === undefined ? undefined : number(source, field);
}

/** A number as JSON can hold it. */
function fromJsonNumber(value: unknown, field: string): number {
  if (!isJsonNumber(value)) throw refused(field, 'a number, "Infinity" or "-Infinity"', value);
  return Number(value);
}

function refused(field: string, requirement: string, value: unknown): FormatError {
  return new FormatError(cannot("decode a sketch", field, requirement, value), {
    code: "invalid-sketch",
    field,
    value,
  });
}
