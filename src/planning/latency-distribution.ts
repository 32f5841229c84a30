import { requireNumber } from "../errors.ts";
import { normalQuantile, normalSurvival } from "../math/normal.ts";

/** Counts of measured values by bin, such as a `QuantileSketch`. */
export interface PilotHistogram {
  readonly count: number;
  bins(): { readonly lower: Float64Array; readonly upper: Float64Array; readonly count: Float64Array };
}

/** A distribution of latencies, by its law or as measured in a pilot. */
export type LatencyDistribution =
  /** Logarithms are normal with this standard deviation; `median` in the unit of the metric. */
  | { readonly kind: "lognormal"; readonly median: number; readonly sigma: number }
  /** P(X > x) = (minimum / x)^shape from `minimum` on. */
  | { readonly kind: "pareto"; readonly minimum: number; readonly shape: number }
  /** What a pilot measured. */
  | { readonly kind: "pilot"; readonly histogram: PilotHistogram };

/** A distribution that can be asked. */
export interface LatencyLaw {
  /** Share of values above x. */
  survival(x: number): number;
  /** The p-quantile. */
  quantile(p: number): number;
}

/** The law of a distribution. @throws {RangeError} for a parameter outside its range, or a pilot without values. */
export function latencyLaw(action: string, distribution: LatencyDistribution): LatencyLaw {
  const positive = (field: string, value: number): void =>
    requireNumber(action, field, "a positive finite number", value, (x) => x > 0 && x < Infinity);
  switch (distribution.kind) {
    case "lognormal": {
      const { median, sigma } = distribution;
      positive("distribution.median", median);
      positive("distribution.sigma", sigma);
      return {
        survival: (x) => (x <= 0 ? 1 : normalSurvival(Math.log(x / median) / sigma)),
        quantile: (p) => median * Math.exp(sigma * normalQuantile(p)),
      };
    }
    case "pareto": {
      const { minimum, shape } = distribution;
      positive("distribution.minimum", minimum);
      positive("distribution.shape", shape);
      return {
        survival: (x) => (x <= minimum ? 1 : (minimum / x) ** shape),
        quantile: (p) => minimum * (1 - p) ** (-1 / shape),
      };
    }
    case "pilot": {
      const { histogram } = distribution;
      requireNumber(action, "distribution.histogram.count", "at least 1", histogram.count, (count) => count >= 1);
      return pilotLaw(histogram.bins(), histogram.count);
    }
  }
}

/** Values spread evenly within each bin. */
function pilotLaw({ lower, upper, count }: ReturnType<PilotHistogram["bins"]>, total: number): LatencyLaw {
  const above = new Float64Array(count.length + 1);
  for (let i = count.length - 1; i >= 0; i--) above[i] = (above[i + 1] as number) + (count[i] as number);
  const binAt = (holds: (i: number) => boolean): number => {
    let low = 0;
    let high = count.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (holds(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  };
  return {
    survival: (x) => {
      const i = binAt((bin) => (upper[bin] as number) > x);
      if (i === count.length) return 0;
      const [from, to] = [lower[i] as number, upper[i] as number];
      const share = x <= from ? 1 : (to - x) / (to - from);
      return ((above[i + 1] as number) + share * (count[i] as number)) / total;
    },
    quantile: (p) => {
      const rest = (1 - p) * total;
      const i = Math.min(
        count.length - 1,
        binAt((bin) => (above[bin + 1] as number) <= rest),
      );
      const share = Math.min(1, Math.max(0, ((above[i] as number) - rest) / (count[i] as number)));
      return (lower[i] as number) + share * ((upper[i] as number) - (lower[i] as number));
    },
  };
}
