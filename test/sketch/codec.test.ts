import { DDSketch } from "@datadog/sketches-js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import {
  decodeDDSketch,
  decodeOtlpExponentialDataPoint,
  decodeOtlpHistogramDataPoint,
  decodeOtlpJson,
  decodeOtlpProtobuf,
  decodePrometheusClassic,
  decodePrometheusNative,
  decodeSketch,
  encodeOtlpExponentialDataPoint,
  encodeOtlpHistogramDataPoint,
  encodeOtlpProtobuf,
  encodePrometheusNative,
  encodeSketch,
  ExplicitHistogram,
  formatPrometheusNative,
  parsePrometheusNative,
  type QuantileEstimate,
  QuantileSketch,
} from "../../src/sketch/index.ts";
import { arbitrarySketch } from "./arbitrary-sketch.ts";
import { sharedFormat } from "./shared-formats.ts";

/** What every format keeps: buckets and the rounded sum. */
function buckets(sketch: QuantileSketch): unknown {
  const { positive, negative, zeroCount, infinityCount, negativeInfinityCount } = sketch.toJSON();
  return {
    positive,
    negative,
    zeroCount,
    infinityCount,
    negativeInfinityCount,
    sum: sketch.count === 0 ? 0 : sketch.sum,
    count: sketch.count,
    scale: sketch.scale,
  };
}

describe("round trips", () => {
  it("own binary keeps everything, to the bit", () => {
    fc.assert(
      fc.property(arbitrarySketch({ minScale: -10, maxScale: 20, infinities: true }), (sketch) => {
        const bytes = encodeSketch(sketch);
        const decoded = decodeSketch(bytes);
        expect(JSON.stringify(decoded)).toBe(JSON.stringify(sketch));
        expect(encodeSketch(decoded)).toEqual(bytes);
      }),
      { numRuns: 500 },
    );
  });
  it("own binary and JSON keep a sketch whose extremes and sum are unknown", () => {
    const sketch = QuantileSketch.fromCounts({
      scale: 3,
      positive: [{ offset: -3, counts: [1, 0, 0, 0, 0, 0, 5] }],
      zeroCount: 2,
      zeroThreshold: 0.25,
    });
    expect(sketch.extremesExact).toBe(false);
    expect(JSON.stringify(decodeSketch(encodeSketch(sketch)))).toBe(JSON.stringify(sketch));
    expect(JSON.stringify(QuantileSketch.fromJSON(JSON.parse(JSON.stringify(sketch))))).toBe(JSON.stringify(sketch));
  });
  it("OTLP keeps buckets, sum and extremes", () => {
    fc.assert(
      fc.property(arbitrarySketch({ minScale: -10, maxScale: 20, infinities: false }), (sketch) => {
        const decoded = decodeOtlpExponentialDataPoint(
          JSON.parse(JSON.stringify(encodeOtlpExponentialDataPoint(sketch))),
        );
        expect(buckets(decoded)).toEqual(buckets(sketch));
        expect([decoded.min, decoded.max]).toEqual([sketch.min, sketch.max]);
        const [wire] = decodeOtlpProtobuf(
          encodeOtlpProtobuf([
            {
              name: "latency",
              unit: "ms",
              temporality: "delta",
              attributes: { arm: "control", n: 3, ok: true, share: 0.5 },
              timeUnixNano: "1544712660300000000",
              histogram: sketch,
            },
          ]),
        );
        expect(wire).toMatchObject({
          name: "latency",
          unit: "ms",
          temporality: "delta",
          attributes: { arm: "control", n: 3, ok: true, share: 0.5 },
          timeUnixNano: "1544712660300000000",
        });
        expect(JSON.stringify(wire?.histogram)).toBe(JSON.stringify(decoded));
      }),
      { numRuns: 200 },
    );
  });
  it("OTLP keeps explicit buckets", () => {
    const histogram = new ExplicitHistogram({
      boundaries: [0.1, 1, 10],
      counts: [3, 0, 2, 1],
      sum: 25,
      min: 0.05,
      max: 12,
    });
    expect(decodeOtlpHistogramDataPoint(encodeOtlpHistogramDataPoint(histogram)).toCounts()).toEqual(
      histogram.toCounts(),
    );
    const [wire] = decodeOtlpProtobuf(encodeOtlpProtobuf([{ name: "latency", temporality: "cumulative", histogram }]));
    expect((wire?.histogram as ExplicitHistogram).toCounts()).toEqual(histogram.toCounts());
  });
  it("Prometheus native keeps buckets and sum, infinities too", () => {
    fc.assert(
      fc.property(
        arbitrarySketch({ minScale: -4, maxScale: 8, infinities: true }).filter(
          (sketch) => typeof sketch.sum === "number" && sketch.scale >= -4,
        ),
        (sketch) => {
          expect(buckets(decodePrometheusNative(JSON.parse(JSON.stringify(encodePrometheusNative(sketch)))))).toEqual(
            buckets(sketch),
          );
        },
      ),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(
        arbitrarySketch({ minScale: -4, maxScale: 8, infinities: false }).filter(
          (sketch) => typeof sketch.sum === "number" && sketch.count < 2 ** 53,
        ),
        (sketch) => {
          const positive = sketch.toJSON().positive ?? [];
          fc.pre((positive.at(-1)?.[0] ?? 0) - (positive[0]?.[0] ?? 0) < 5000);
          expect(buckets(parsePrometheusNative(formatPrometheusNative(sketch)) as QuantileSketch)).toEqual(
            buckets(sketch),
          );
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe("OTLP", () => {
  it("reads the example document of the protocol", () => {
    const text = sharedFormat("otlp/metrics.json");
    if (text === undefined) return;
    const [explicit, exponential] = decodeOtlpJson(text);
    expect(explicit).toMatchObject({
      name: "my.histogram",
      unit: "1",
      temporality: "delta",
      resource: { "service.name": "my.service" },
      attributes: { "my.histogram.attr": "some value" },
    });
    expect((explicit?.histogram as ExplicitHistogram).toCounts()).toEqual({
      boundaries: [1],
      counts: [1, 1],
      sum: [2],
      min: 0,
      max: 2,
    });
    const sketch = exponential?.histogram as QuantileSketch;
    expect(exponential?.name).toBe("my.exponential.histogram");
    expect([sketch.count, sketch.sum, sketch.scale, sketch.zeroCount, sketch.min, sketch.max]).toEqual([
      3, 10, 0, 1, 0, 5,
    ]);
    expect(sketch.toJSON().positive).toEqual([[2, 2]]);
    expect(sketch.bins()).toEqual({
      lower: Float64Array.of(0, 4),
      upper: Float64Array.of(0, 5),
      count: Float64Array.of(1, 2),
    });
  });
  it("refuses counts that contradict each other, naming the field", () => {
    const point = {
      count: "3",
      sum: 10,
      scale: 0,
      zeroCount: "1",
      positive: { offset: 1, bucketCounts: ["0", "2"] },
      min: 0,
      max: 5,
    };
    expect(() => decodeOtlpExponentialDataPoint({ ...point, count: "4" })).toThrow(
      "count must be the total of the buckets, 3, current value is 4",
    );
    expect(() => decodeOtlpExponentialDataPoint({ ...point, scale: 21 })).toThrow(
      "scale must be an integer from -10 to 20, current value is 21",
    );
    expect(() => decodeOtlpExponentialDataPoint({ ...point, max: 500 })).toThrow(
      "max must be in the outermost bucket in use",
    );
    expect(() =>
      decodeOtlpExponentialDataPoint({ ...point, positive: { offset: 1, bucketCounts: ["0", "-2"] } }),
    ).toThrow("positive[0].counts[1] must be a non-negative integer");
    expect(() =>
      decodeOtlpExponentialDataPoint({ ...point, positive: { offset: 1, bucketCounts: ["0", "1.5"] } }),
    ).toThrow("positive.bucketCounts[1] must be an integer");
    expect(() => decodeOtlpHistogramDataPoint({ count: 2, bucketCounts: [1, 1], explicitBounds: [] })).toThrow(
      "counts must be 1 numbers",
    );
    expect(() => decodeOtlpHistogramDataPoint({ count: 3, bucketCounts: [1, 1, 1], explicitBounds: [2, 1] })).toThrow(
      "boundaries[1] must be finite and above the one before, 2, current value is 1",
    );
    expect(() => encodeOtlpExponentialDataPoint(QuantileSketch.fromCounts({ scale: 0, infinityCount: 1 }))).toThrow(
      "infinityCount must be 0",
    );
  });
});

describe("Prometheus", () => {
  it("numbers buckets one above OpenTelemetry", () => {
    const sketch = parsePrometheusNative("{{schema:0 sum:5 count:4 buckets:[1 2 1]}}") as QuantileSketch;
    expect(sketch.bins()).toEqual({
      lower: Float64Array.of(0.5, 1, 2),
      upper: Float64Array.of(1, 2, 4),
      count: Float64Array.of(1, 2, 1),
    });
    const open = parsePrometheusNative(
      "{count:59,sum:1.2e2,schema:7,zero_threshold:1e-4,zero_count:0," +
        "negative_spans:[1:2],negative_buckets:[5,7],positive_spans:[-1:2,3:4],positive_buckets:[5,7,10,9,8,8]}",
    ) as QuantileSketch;
    expect([open.count, open.sum, open.scale, open.zeroThreshold]).toEqual([59, 120, 7, 1e-4]);
    expect(open.toJSON().positive).toEqual([[-2, 5, 7, 0, 0, 0, 10, 9, 8, 8]]);
  });
  it("reads the classic histograms of the OpenMetrics file", () => {
    const text = sharedFormat("prometheus/1histogram.om.txt");
    if (text === undefined) return;
    const found = decodePrometheusClassic(text, { lowerLimit: 0 });
    expect(found.map(({ name, labels }) => [name, labels["port"]])).toEqual(
      ["5001", "5002", "5003"].map((port) => ["golang_manual_histogram_seconds", port]),
    );
    for (const { histogram } of found) {
      expect([histogram.count, histogram.sum, histogram.boundaries.length]).toEqual([1, 10, 11]);
      expect(histogram.quantile(0.5)).toMatchObject({ lower: 5, upper: 10 });
    }
  });
  it("refuses buckets that decrease, or lack +Inf, naming the series", () => {
    expect(() => decodePrometheusClassic('h_bucket{le="1"} 5\nh_bucket{le="2"} 4\nh_bucket{le="+Inf"} 5')).toThrow(
      'h_bucket{le="2"} must be at least that of the bucket before, 5, current value is 4',
    );
    expect(() => decodePrometheusClassic('h_bucket{le="1"} 5')).toThrow("+Inf");
    expect(() => decodePrometheusClassic("h_bucket{le=1} 5")).toThrow("line 1 must be labels as name");
    expect(() => decodePrometheusNative({ schema: 9, sampleCount: 0 })).toThrow(
      "schema must be an integer from -4 to 8, current value is 9",
    );
    expect(() =>
      decodePrometheusNative({
        schema: 0,
        sampleCount: 2,
        positiveSpan: [{ offset: 0, length: 1 }],
        positiveDelta: [1],
      }),
    ).toThrow("count must be the total of the buckets, 1 (Prometheus counts NaN in no bucket), current value is 2");
    expect(() =>
      decodePrometheusNative({
        schema: 0,
        sampleCount: 2,
        positiveSpan: [{ offset: 0, length: 3 }],
        positiveDelta: [1],
      }),
    ).toThrow("positiveSpan must be spans of 1 buckets");
    expect(() => parsePrometheusNative("{{schema:0 colour:red}}")).toThrow(
      "colour must be a field of a native histogram",
    );
  });
});

describe("DDSketch", () => {
  it("reads what sketches-js writes, with brackets that contain the exact quantiles", () => {
    for (const relativeAccuracy of [0.01, 0.005, 0.0027]) {
      const sketch = new DDSketch({ relativeAccuracy });
      const values = Array.from({ length: 5000 }, (_, i) => (i % 10 === 0 ? -1 : 1) * Math.exp(Math.sin(i) * 6)).concat(
        0,
        0,
        0,
      );
      for (const x of values) sketch.accept(x);
      const decoded = decodeDDSketch(sketch.toProto(), { keys: "ceiling" });
      const sorted = values.sort((a, b) => a - b);
      expect(decoded.count).toBe(values.length);
      for (let p = 0.001; p < 1; p += 0.0137) {
        const exact = sorted[Math.ceil(p * sorted.length) - 1] as number;
        const { lower, upper } = decoded.quantile(p) as QuantileEstimate;
        const slack = 1e-12 * Math.abs(exact);
        expect(lower - slack <= exact && exact <= upper + slack).toBe(true);
        if (exact !== 0) expect((upper - lower) / Math.abs(exact)).toBeLessThan(2.1 * relativeAccuracy);
      }
    }
  });
  it("refuses interpolated mappings and weights", () => {
    const sketch = new DDSketch({ relativeAccuracy: 0.01 });
    sketch.accept(3);
    const bytes = sketch.toProto();
    expect(() => decodeDDSketch(bytes.subarray(0, bytes.length - 3), { keys: "ceiling" })).toThrow(FormatError);
    expect(() => decodeDDSketch(Uint8Array.of(), { keys: "ceiling" })).toThrow("mapping must be present");
    expect(() =>
      decodeDDSketch(Uint8Array.of(0x0a, 0x0b, 0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0x18, 0x03), { keys: "floor" }),
    ).toThrow("mapping.interpolation must be 0, the logarithmic mapping, current value is 3");
  });
});

describe("own formats", () => {
  const sketch = new QuantileSketch();
  sketch.addAll(Float64Array.from({ length: 1000 }, (_, i) => 1 + ((i * 37) % 1000)));
  it("refuse a foreign, truncated, corrupted or newer encoding", () => {
    const bytes = encodeSketch(sketch);
    const changed = (at: number, value: number): Uint8Array => Uint8Array.from(bytes, (x, i) => (i === at ? value : x));
    expect(() => decodeSketch(Uint8Array.of(1, 2, 3, 4, 5))).toThrow('the first four bytes must be "AQSK"');
    expect(() => decodeSketch(bytes.subarray(0, 3))).toThrow("the bytes end at 3");
    expect(() => decodeSketch(bytes.subarray(0, 50))).toThrow("the checksum must be");
    expect(() => decodeSketch(changed(4, 2))).toThrow(
      "version must be at most 1, current value is 2. Read it with a newer release",
    );
    expect(() => decodeSketch(changed(60, 255))).toThrow("the checksum must be");
    const json = sketch.toJSON();
    expect(() => QuantileSketch.fromJSON({ ...json, version: 2 })).toThrow(
      "version must be 1, current value is 2. Read it with a newer release",
    );
    expect(() => QuantileSketch.fromJSON({ ...json, format: "tdigest" })).toThrow(
      'format must be "assay-quantile-sketch", current value is "tdigest"',
    );
    expect(() => QuantileSketch.fromJSON({ ...json, count: 999 })).toThrow(
      "count must be the total of the buckets, 1000, current value is 999",
    );
    expect(() => QuantileSketch.fromJSON({ ...json, positive: [[5, -1]] })).toThrow(
      "positive[0].counts[0] must be a non-negative integer",
    );
    expect(() => QuantileSketch.fromJSON({ ...json, positive: [[1e9, 1]] })).toThrow("the range of doubles");
    expect(() => QuantileSketch.fromJSON({ ...json, scale: 2.5 })).toThrow("scale must be an integer from -10 to 20");
    expect(() => QuantileSketch.fromJSON({ ...json, sum: ["much"] })).toThrow("sum[0] must be a number");
    expect(() => QuantileSketch.fromJSON(null)).toThrow("the sketch must be an object");
  });
});
