import { describe } from "vitest";
import { ExplicitHistogram } from "../../src/sketch/explicit-histogram.ts";
import { QuantileSketch, type QuantileSketchOptions } from "../../src/sketch/quantile-sketch.ts";
import { histogramLaws, type Implementation } from "./sketch-laws.ts";

function sketches(
  name: string,
  options: QuantileSketchOptions,
  fill: (sketch: QuantileSketch, values: readonly number[]) => void,
): Implementation<QuantileSketch> {
  return {
    name,
    of: (values) => {
      const sketch = new QuantileSketch(options);
      fill(sketch, values);
      return sketch;
    },
    text: (sketch) => JSON.stringify(sketch),
    roundTrip: (sketch) => QuantileSketch.fromJSON(JSON.parse(JSON.stringify(sketch))),
  };
}

const scalar = (sketch: QuantileSketch, values: readonly number[]): void => values.forEach((x) => sketch.add(x));
const bulk = (sketch: QuantileSketch, values: readonly number[]): void => void sketch.addAll(Float64Array.from(values));

describe("laws of QuantileSketch", () => {
  histogramLaws(sketches("scale 7, one by one", {}, scalar));
  histogramLaws(sketches("scale 7, bulk", {}, bulk));
  histogramLaws(sketches("scale 20, 16 buckets", { scale: 20, maxBuckets: 16 }, bulk));
  histogramLaws(sketches("scale 3", { scale: 3 }, bulk));
  histogramLaws(sketches("scale -2, 4 buckets", { scale: -2, maxBuckets: 4 }, scalar));
});

describe("laws of ExplicitHistogram", () => {
  const boundaries = [-100, -1, 0, 1, 2.5, 10, 1e3, 1e6];
  histogramLaws<ExplicitHistogram>({
    name: "eight boundaries",
    of: (values) => {
      const histogram = new ExplicitHistogram({ boundaries });
      values.forEach((x) => histogram.add(x));
      return histogram;
    },
    text: (histogram) =>
      JSON.stringify(histogram.toCounts(), (_, x) => (typeof x === "number" && !Number.isFinite(x) ? String(x) : x)),
    roundTrip: (histogram) => new ExplicitHistogram(histogram.toCounts()),
  });
});
