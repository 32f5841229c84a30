import { createRequire } from "node:module";
import { createHistogram } from "node:perf_hooks";
import { DDSketch } from "@datadog/sketches-js";
import * as hdr from "hdr-histogram-js";
import { QuantileSketch } from "../src/sketch/quantile-sketch.ts";

const require = createRequire(import.meta.url);
const { TDigest } = require("tdigest") as {
  TDigest: new () => { push(x: number): void; percentile(p: number): number };
};
const { ExponentialHistogramAccumulation } =
  require("@opentelemetry/sdk-metrics/build/src/aggregator/ExponentialHistogram.js") as {
    ExponentialHistogramAccumulation: new (start: [number, number], maxSize: number) => { record(x: number): void };
  };

/** One way of digesting a million values. */
export interface Subject {
  readonly name: string;
  readonly kind: "floor" | "own" | "peer";
  /** Values that the subject takes: doubles, or whole microseconds where it takes nothing else. */
  readonly input: "double" | "integer";
  readonly insert: (values: Float64Array) => unknown;
}

await hdr.initWebAssembly();

/** Everything in the insertion table. */
export const subjects: readonly Subject[] = [
  {
    name: "sum += x",
    kind: "floor",
    input: "double",
    insert: (values) => {
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[i] as number;
      return sum;
    },
  },
  {
    name: "QuantileSketch.addAll",
    kind: "own",
    input: "double",
    insert: (values) => {
      const sketch = new QuantileSketch();
      sketch.addAll(values);
      return sketch;
    },
  },
  {
    name: "QuantileSketch.add",
    kind: "own",
    input: "double",
    insert: (values) => {
      const sketch = new QuantileSketch();
      for (let i = 0; i < values.length; i++) sketch.add(values[i] as number);
      return sketch.count;
    },
  },
  {
    name: "DDSketch 0.5 %",
    kind: "peer",
    input: "double",
    insert: (values) => {
      const sketch = new DDSketch({ relativeAccuracy: 0.005 });
      for (let i = 0; i < values.length; i++) sketch.accept(values[i] as number);
      return sketch;
    },
  },
  {
    name: "DDSketch 0.27 %",
    kind: "peer",
    input: "double",
    insert: (values) => {
      const sketch = new DDSketch({ relativeAccuracy: 0.0027 });
      for (let i = 0; i < values.length; i++) sketch.accept(values[i] as number);
      return sketch;
    },
  },
  {
    name: "HdrHistogram WASM, 3 digits",
    kind: "peer",
    input: "integer",
    insert: (values) => {
      const histogram = hdr.build({
        bitBucketSize: 64,
        lowestDiscernibleValue: 1,
        highestTrackableValue: 2e12,
        numberOfSignificantValueDigits: 3,
        autoResize: true,
        useWebAssembly: true,
      });
      for (let i = 0; i < values.length; i++) histogram.recordValue(values[i] as number);
      histogram.destroy();
    },
  },
  {
    name: "HdrHistogram JS, 3 digits",
    kind: "peer",
    input: "integer",
    insert: (values) => {
      const histogram = hdr.build({
        bitBucketSize: 64,
        lowestDiscernibleValue: 1,
        highestTrackableValue: 2e12,
        numberOfSignificantValueDigits: 3,
        autoResize: true,
        useWebAssembly: false,
      });
      for (let i = 0; i < values.length; i++) histogram.recordValue(values[i] as number);
    },
  },
  {
    name: "node:perf_hooks createHistogram",
    kind: "peer",
    input: "integer",
    insert: (values) => {
      const histogram = createHistogram({ figures: 3 });
      for (let i = 0; i < values.length; i++) histogram.record(values[i] as number);
    },
  },
  {
    name: "OpenTelemetry accumulator, 2048",
    kind: "peer",
    input: "double",
    insert: (values) => {
      const histogram = new ExponentialHistogramAccumulation([0, 0], 2048);
      for (let i = 0; i < values.length; i++) histogram.record(values[i] as number);
    },
  },
  {
    name: "tdigest",
    kind: "peer",
    input: "double",
    insert: (values) => {
      const digest = new TDigest();
      for (let i = 0; i < values.length; i++) digest.push(values[i] as number);
    },
  },
];
