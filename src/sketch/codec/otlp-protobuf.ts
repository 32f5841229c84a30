import { ExplicitHistogram } from "../explicit-histogram.ts";
import type { QuantileSketch } from "../quantile-sketch.ts";
import {
  decodeOtlpJson,
  encodeOtlpExponentialDataPoint,
  encodeOtlpHistogramDataPoint,
  type OtlpHistogram,
} from "./otlp-json.ts";
import { decodeMessage, encodeMessage, type Message } from "./protobuf-message.ts";

const anyValue: Message = {
  1: { name: "stringValue", type: "string" },
  2: { name: "boolValue", type: "bool" },
  3: { name: "intValue", type: "int64" },
  4: { name: "doubleValue", type: "double" },
};
const attributes = {
  name: "attributes",
  type: { 1: { name: "key", type: "string" }, 2: { name: "value", type: anyValue } },
  repeated: true,
} as const;
const buckets: Message = {
  1: { name: "offset", type: "sint32" },
  2: { name: "bucketCounts", type: "uint64", repeated: true },
};

const times = {
  2: { name: "startTimeUnixNano", type: "fixed64" },
  3: { name: "timeUnixNano", type: "fixed64" },
  4: { name: "count", type: "fixed64" },
  5: { name: "sum", type: "double" },
} as const;

const exponentialPoint: Message = {
  1: attributes,
  ...times,
  6: { name: "scale", type: "sint32" },
  7: { name: "zeroCount", type: "fixed64" },
  8: { name: "positive", type: buckets },
  9: { name: "negative", type: buckets },
  12: { name: "min", type: "double" },
  13: { name: "max", type: "double" },
  14: { name: "zeroThreshold", type: "double" },
};

const explicitPoint: Message = {
  ...times,
  6: { name: "bucketCounts", type: "fixed64", repeated: true },
  7: { name: "explicitBounds", type: "double", repeated: true },
  9: attributes,
  11: { name: "min", type: "double" },
  12: { name: "max", type: "double" },
};

function points(point: Message): Message {
  return {
    1: { name: "dataPoints", type: point, repeated: true },
    2: { name: "aggregationTemporality", type: "int32" },
  };
}

const metric: Message = {
  1: { name: "name", type: "string" },
  3: { name: "unit", type: "string" },
  9: { name: "histogram", type: points(explicitPoint) },
  10: { name: "exponentialHistogram", type: points(exponentialPoint) },
};

/** MetricsData and ExportMetricsServiceRequest of OTLP, which have the same form on the wire. */
const metricsData: Message = {
  1: {
    name: "resourceMetrics",
    repeated: true,
    type: {
      1: { name: "resource", type: { 1: attributes } },
      2: { name: "scopeMetrics", repeated: true, type: { 2: { name: "metrics", type: metric, repeated: true } } },
    },
  },
};

/**
 * Which histograms are in this OTLP protobuf message (MetricsData or an export request)? See `decodeOtlpJson`. @throws
 * FormatError when the bytes are not such a message.
 */
export function decodeOtlpProtobuf(bytes: Uint8Array): OtlpHistogram[] {
  return decodeOtlpJson(decodeMessage(bytes, metricsData, "decode an OTLP histogram"));
}

/** A histogram with the name it is exported under. */
export interface OtlpExport {
  readonly name: string;
  readonly unit?: string;
  readonly temporality: "delta" | "cumulative";
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano?: string;
  readonly histogram: QuantileSketch | ExplicitHistogram;
}

/**
 * Writes histograms as an OTLP MetricsData message.
 * @throws {FormatError} when a sketch holds infinities, which OTLP has no bucket for.
 */
export function encodeOtlpProtobuf(histograms: readonly OtlpExport[]): Uint8Array {
  return encodeMessage({ resourceMetrics: [{ scopeMetrics: [{ metrics: histograms.map(metricOf) }] }] }, metricsData);
}

function metricOf({
  name,
  unit,
  temporality,
  histogram,
  attributes: tags = {},
  startTimeUnixNano,
  timeUnixNano,
}: OtlpExport): Record<string, unknown> {
  const explicit = histogram instanceof ExplicitHistogram;
  const point = explicit ? encodeOtlpHistogramDataPoint(histogram) : encodeOtlpExponentialDataPoint(histogram);
  const dataPoint = {
    ...point,
    attributes: Object.entries(tags).map(([key, value]) => ({ key, value: anyValueOf(value) })),
    startTimeUnixNano,
    timeUnixNano,
  };
  const data = { dataPoints: [dataPoint], aggregationTemporality: temporality === "delta" ? 1 : 2 };
  return { name, unit, [explicit ? "histogram" : "exponentialHistogram"]: data };
}

function anyValueOf(value: string | number | boolean): Record<string, unknown> {
  if (typeof value === "string") return { stringValue: value };
  return typeof value === "boolean"
    ? { boolValue: value }
    : Number.isSafeInteger(value)
      ? { intValue: value }
      : { doubleValue: value };
}
