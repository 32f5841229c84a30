/** Sketches, histograms and the formats they travel in. */
export { isNotComputable, type NotComputable, FormatError } from "../errors.ts";
export type { CountBounds, Histogram, HistogramBins, HistogramTail, QuantileEstimate } from "./histogram.ts";
export type { CumulativeShare } from "./bin-queries.ts";
export { QuantileSketch, type QuantileSketchOptions } from "./quantile-sketch.ts";
export type { JsonNumber } from "./json-number.ts";
export type { QuantileSketchJson } from "./sketch-json.ts";
export type { BucketRun, SketchCounts } from "./sketch-counts.ts";
export { ExplicitHistogram, type ExplicitCounts } from "./explicit-histogram.ts";
export { orderStatisticInterval, type OrderStatisticInterval } from "./order-statistic-interval.ts";
export { bucketIndex } from "./bucket-index.ts";
export { bucketEdge } from "./bucket-edge.ts";
export { decodeSketch, encodeSketch } from "./codec/binary.ts";
export {
  decodeOtlpExponentialDataPoint,
  decodeOtlpHistogramDataPoint,
  decodeOtlpJson,
  encodeOtlpExponentialDataPoint,
  encodeOtlpHistogramDataPoint,
  type OtlpAttribute,
  type OtlpExponentialDataPoint,
  type OtlpHistogram,
  type OtlpHistogramDataPoint,
} from "./codec/otlp-json.ts";
export { decodeOtlpProtobuf, encodeOtlpProtobuf, type OtlpExport } from "./codec/otlp-protobuf.ts";
export {
  decodePrometheusNative,
  encodePrometheusNative,
  type PrometheusHistogramJson,
  type PrometheusSpan,
} from "./codec/prometheus-native.ts";
export { formatPrometheusNative, parsePrometheusNative } from "./codec/prometheus-notation.ts";
export {
  decodePrometheusClassic,
  type PrometheusClassicHistogram,
  type PrometheusClassicOptions,
} from "./codec/prometheus-classic.ts";
export { prometheusQuantile } from "./codec/prometheus-quantile.ts";
export { decodeDDSketch, type DDSketchOptions } from "./codec/ddsketch.ts";
export { decodeHdr, decodeHdrLog, type HdrInterval, type HdrOptions } from "./codec/hdr.ts";
