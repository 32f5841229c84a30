import { cannot, FormatError } from "../../errors.ts";
import { ExplicitHistogram } from "../explicit-histogram.ts";
import { type JsonNumber, toJsonNumber } from "../json-number.ts";
import { QuantileSketch } from "../quantile-sketch.ts";
import { Fields } from "./fields.ts";

/** A histogram of an OTLP document, with what identifies it. */
export interface OtlpHistogram {
  readonly name: string;
  /** Unit in UCUM notation, e.g. "ms"; empty when the document has none. */
  readonly unit: string;
  readonly resource: Readonly<Record<string, OtlpAttribute>>;
  readonly attributes: Readonly<Record<string, OtlpAttribute>>;
  /** Whether counts are since the last report or since the start. */
  readonly temporality: "delta" | "cumulative" | "unspecified";
  /** Nanoseconds since 1970 as text, because a double can't hold them; absent when unknown. */
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano?: string;
  readonly histogram: QuantileSketch | ExplicitHistogram;
}

/** A value of an attribute; lists and maps stay as OTLP writes them. */
export type OtlpAttribute = string | number | boolean | Readonly<Record<string, unknown>>;

/** An exponential-histogram data point in OTLP JSON. */
export interface OtlpExponentialDataPoint {
  readonly count: string;
  readonly sum?: JsonNumber;
  readonly scale: number;
  readonly zeroCount: string;
  readonly zeroThreshold: number;
  readonly positive: { readonly offset: number; readonly bucketCounts: readonly string[] };
  readonly negative: { readonly offset: number; readonly bucketCounts: readonly string[] };
  readonly min?: JsonNumber;
  readonly max?: JsonNumber;
}

/** An explicit-bucket data point in OTLP JSON. */
export interface OtlpHistogramDataPoint {
  readonly count: string;
  readonly sum?: JsonNumber;
  readonly bucketCounts: readonly string[];
  readonly explicitBounds: readonly number[];
  readonly min?: JsonNumber;
  readonly max?: JsonNumber;
}

const action = "decode an OTLP histogram";

/**
 * Which histograms are in this OTLP document? Reads every exponential and explicit-bucket data point of an OTLP JSON
 * metrics document (`resourceMetrics`), an object or its text.
 *
 * @throws {FormatError} naming the path of the field that is not as the protocol says.
 */
export function decodeOtlpJson(document: unknown): OtlpHistogram[] {
  let parsed = document;
  if (typeof document === "string") {
    try {
      parsed = JSON.parse(document);
    } catch (error) {
      throw new FormatError(
        `Cannot ${action}: the text must be JSON, ${(error as Error).message}`,
        {
          code: "not-json",
        },
        { cause: error },
      );
    }
  }
  const found: OtlpHistogram[] = [];
  for (const resource of new Fields(parsed, "", action).objects("resourceMetrics")) {
    const resourceAttributes = attributesOf(resource.object("resource"));
    for (const scope of resource.objects("scopeMetrics")) {
      for (const metric of scope.objects("metrics")) {
        for (const kind of ["histogram", "exponentialHistogram"] as const) {
          const data = metric.object(kind);
          for (const point of data?.objects("dataPoints") ?? []) {
            const [startTimeUnixNano, timeUnixNano] = [time(point, "startTimeUnixNano"), time(point, "timeUnixNano")];
            found.push({
              name: metric.text("name") ?? "",
              unit: metric.text("unit") ?? "",
              resource: resourceAttributes,
              attributes: attributesOf(point),
              temporality: temporalityOf(data as Fields),
              ...(startTimeUnixNano !== undefined && { startTimeUnixNano }),
              ...(timeUnixNano !== undefined && { timeUnixNano }),
              histogram: kind === "histogram" ? explicitOf(point) : exponentialOf(point),
            });
          }
        }
      }
    }
  }
  return found;
}

/** Reads one exponential-histogram data point. @throws {FormatError} naming the field. */
export function decodeOtlpExponentialDataPoint(point: unknown): QuantileSketch {
  return exponentialOf(new Fields(point, "", action));
}

/** Reads one explicit-bucket data point. @throws {FormatError} naming the field. */
export function decodeOtlpHistogramDataPoint(point: unknown): ExplicitHistogram {
  return explicitOf(new Fields(point, "", action));
}

function exponentialOf(point: Fields): QuantileSketch {
  const side = (name: string): { offset: number; counts: number[] }[] => {
    const buckets = point.object(name);
    return buckets === undefined
      ? []
      : [{ offset: buckets.integer("offset") ?? 0, counts: buckets.integers("bucketCounts") }];
  };
  const count = point.integer("count") ?? 0;
  const sketch = QuantileSketch.fromCounts({
    scale: point.integer("scale") ?? 0,
    positive: side("positive"),
    negative: side("negative"),
    zeroCount: point.integer("zeroCount") ?? 0,
    zeroThreshold: point.number("zeroThreshold") ?? 0,
    ...(count > 0 && { sum: point.number("sum"), min: point.number("min"), max: point.number("max") }),
  });
  if (sketch.count !== count)
    throw point.refused(point.at("count"), `the total of the buckets, ${sketch.count}`, count);
  return sketch;
}

function explicitOf(point: Fields): ExplicitHistogram {
  const boundaries = point.numbers("explicitBounds");
  const counts = point.integers("bucketCounts");
  const count = point.integer("count") ?? 0;
  const extremes = count > 0 ? { sum: point.number("sum"), min: point.number("min"), max: point.number("max") } : {};
  const histogram = new ExplicitHistogram({
    boundaries,
    counts: counts.length === 0 && boundaries.length === 0 ? [count] : counts,
    ...extremes,
  });
  if (histogram.count !== count)
    throw point.refused(point.at("count"), `the total of the buckets, ${histogram.count}`, count);
  return histogram;
}

function temporalityOf(data: Fields): OtlpHistogram["temporality"] {
  let value: string | number = 0;
  if (data.has("aggregationTemporality")) {
    try {
      value = data.integer("aggregationTemporality") ?? 0;
    } catch {
      value = data.text("aggregationTemporality") ?? "";
    }
  }
  if (value === 1 || value === "AGGREGATION_TEMPORALITY_DELTA") return "delta";
  if (value === 2 || value === "AGGREGATION_TEMPORALITY_CUMULATIVE") return "cumulative";
  if (value === 0 || value === "AGGREGATION_TEMPORALITY_UNSPECIFIED") return "unspecified";
  throw data.refused(data.at("aggregationTemporality"), "0, 1, 2 or their names", value);
}

function time(point: Fields, name: "startTimeUnixNano" | "timeUnixNano"): string | undefined {
  return point.digits(name);
}

function attributesOf(holder: Fields | undefined): Record<string, OtlpAttribute> {
  const found: Record<string, OtlpAttribute> = {};
  for (const attribute of holder?.objects("attributes") ?? []) {
    const key = attribute.text("key");
    if (key === undefined) throw attribute.refused(attribute.at("key"), "present", undefined);
    Object.defineProperty(found, key, {
      value: attribute.object("value")?.only() ?? "",
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return found;
}

/**
 * Writes a sketch as an exponential-histogram data point.
 * @throws {FormatError} when it holds infinities, which OTLP has no bucket for.
 */
export function encodeOtlpExponentialDataPoint(sketch: QuantileSketch): OtlpExponentialDataPoint {
  const json = sketch.toJSON();
  if (sketch.infinityCount + sketch.negativeInfinityCount > 0) {
    throw new FormatError(
      cannot(
        "encode an OTLP histogram",
        "infinityCount",
        "0, OTLP has no bucket for it",
        sketch.infinityCount + sketch.negativeInfinityCount,
      ),
      { code: "not-representable", field: "infinityCount" },
    );
  }
  return {
    count: String(sketch.count),
    ...sumAndExtremes(sketch),
    scale: sketch.scale,
    zeroCount: String(sketch.zeroCount),
    zeroThreshold: sketch.zeroThreshold,
    positive: dense(json.positive ?? []),
    negative: dense(json.negative ?? []),
  };
}

/** Writes a histogram as an explicit-bucket data point. */
export function encodeOtlpHistogramDataPoint(histogram: ExplicitHistogram): OtlpHistogramDataPoint {
  const { boundaries, counts } = histogram.toCounts();
  return {
    count: String(histogram.count),
    ...sumAndExtremes(histogram),
    bucketCounts: Array.from(counts, String),
    explicitBounds: Array.from(boundaries),
  };
}

function sumAndExtremes(histogram: QuantileSketch | ExplicitHistogram): {
  sum?: JsonNumber;
  min?: JsonNumber;
  max?: JsonNumber;
} {
  const { sum } = histogram;
  return {
    ...(typeof sum === "number" && { sum: toJsonNumber(sum) }),
    ...(histogram.extremesExact &&
      histogram.count > 0 && { min: toJsonNumber(histogram.min), max: toJsonNumber(histogram.max) }),
  };
}

function dense(runs: readonly (readonly number[])[]): { offset: number; bucketCounts: string[] } {
  const offset = runs[0]?.[0] ?? 0;
  const bucketCounts: string[] = [];
  for (const [start = 0, ...counts] of runs) {
    while (offset + bucketCounts.length < start) bucketCounts.push("0");
    for (const values of counts) bucketCounts.push(String(values));
  }
  return { offset, bucketCounts };
}
