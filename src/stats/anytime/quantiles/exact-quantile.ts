import { cannot, type NotComputable, notComputable, requireProbability } from "../../../errors.ts";
import type { Histogram } from "../../../sketch/histogram.ts";
import type { EffectKind } from "../../effect.ts";
import type { Alternative } from "../../result.ts";
import {
  type ConfidenceSequenceResult,
  evidenceThreshold,
  type SequentialEvidence,
  sequentialEvidence,
} from "../evidence.ts";
import { tunedConcentration } from "../mixtures/beta-mixture.ts";
import { lnBetaBinomialFactor } from "../mixtures/dirichlet-multinomial.ts";
import { type QuantileRegions, quantileRegions, type QuantileStratum } from "./quantile-positions.ts";
import { quantileCost, quantileCostInterval } from "./quantile-profile.ts";

const method = "beta-mixture-quantile-kernel";

/** The measurements of both arms in one allocation epoch. */
export interface QuantileEpoch {
  readonly control: Histogram;
  readonly treatment: Histogram;
}

/** What the quantile kernel is for. */
export interface QuantileKernelOptions {
  /** Which quantile, in (0, 1), e.g. 0.99. */
  readonly probability: number;
  /** `ratio` is treatment / control (values must not be negative), `difference` is treatment - control. */
  readonly effect: EffectKind;
  /** 1 - coverage, and the level the sequence is tuned for. Default 0.05. */
  readonly alpha?: number;
  /** Sample size per arm at which the sequence is tightest. Default 10,000. */
  readonly tunedSampleSize?: number;
}

/**
 * Which ratios (or differences) of two quantiles are compatible with the data, exactly and at all times at once?
 *
 * Each arm bets on how many values exceed its quantile (a beta mixture around the known probability); an effect is kept
 * unless every control quantile costs it evidence of 1 / alpha. Evidence multiplies over epochs, each with a quantile
 * of its own.
 *
 * @param epochs - histograms of both arms, one pair per allocation epoch
 * @param options - probability, effect, alpha, tuning
 * @returns interval as treatment / control or treatment - control, unbounded where the sample is too small (about
 * 10,000 values for a P99 at the default tuning); the estimate is null: the interval is what is known. "Could not
 * compute" without an epoch in which both arms have values, or when no constant effect fits all epochs.
 *
 * Guarantee: anytime-exact for independent values with one distribution per arm and epoch, ties and gaps included.
 * Not for values clustered by user.
 *
 * Source: S. Howard, A. Ramdas, Sequential estimation of quantiles with applications to A/B testing and best-arm
 * identification (2022), doi:10.3150/21-BEJ1388.
 *
 * @throws {RangeError} for a probability or alpha outside (0, 1), a tuning that is too small, negative values with
 * `ratio`
 * @example
 * ```ts
 * const [control, treatment] = [new QuantileSketch(), new QuantileSketch()];
 * control.addAll(Float64Array.from(controlLatencies));
 * treatment.addAll(Float64Array.from(treatmentLatencies));
 * quantileKernelSequence([{ control, treatment }], { probability: 0.99, effect: "ratio" });
 * ```
 */
export function quantileKernelSequence(
  epochs: readonly QuantileEpoch[],
  options: QuantileKernelOptions,
): ConfidenceSequenceResult | NotComputable {
  const action = "compute a quantile confidence sequence";
  const alpha = options.alpha ?? 0.05;
  const strata = strataOf(action, epochs, options);
  if (strata.length === 0) return notComputable("no-data", "no epoch has values of both arms");
  const interval = quantileCostInterval(strata, options.effect, evidenceThreshold(alpha));
  if (!(interval[0] <= interval[1]))
    return notComputable("not-identified", "no constant effect is compatible with all epochs");
  return { computable: true, method, guarantee: "anytime-exact", estimate: null, interval, level: 1 - alpha };
}

/** What the quantile kernel tests. */
export interface QuantileKernelTestOptions extends QuantileKernelOptions {
  /** The effect under the null hypothesis. Default 1 for a ratio, 0 for a difference. */
  readonly nullEffect?: number;
  /** `greater` tests effect <= null, `less` tests effect >= null. Default `two-sided`. */
  readonly alternative?: Alternative;
}

/**
 * How strong is the evidence, at this look and valid at every look, against a null effect on a quantile?
 *
 * @returns ln E; one-sided alternatives take the least over all effects of the null's side. Arguments, guarantee,
 * source and errors as for {@link quantileKernelSequence}.
 *
 * @example
 * ```ts
 * const [control, treatment] = [new QuantileSketch(), new QuantileSketch()];
 * control.addAll(Float64Array.from(controlLatencies));
 * treatment.addAll(Float64Array.from(treatmentLatencies));
 * const hypothesis = { effect: "ratio", nullEffect: 1.1, alternative: "greater" } as const;
 * quantileKernelEvidence([{ control, treatment }], { probability: 0.99, ...hypothesis });
 * ```
 */
export function quantileKernelEvidence(
  epochs: readonly QuantileEpoch[],
  options: QuantileKernelTestOptions,
): SequentialEvidence | NotComputable {
  const action = "compute the evidence on a quantile";
  const { effect, alternative = "two-sided", nullEffect = effect === "ratio" ? 1 : 0 } = options;
  if (!Number.isFinite(nullEffect) || (effect === "ratio" && nullEffect <= 0)) {
    throw new RangeError(
      cannot(action, "nullEffect", effect === "ratio" ? "a positive finite number" : "a finite number", nullEffect),
    );
  }
  const strata = strataOf(action, epochs, options);
  if (strata.length === 0) return notComputable("no-data", "no epoch has values of both arms");
  const lowest = effect === "ratio" ? 0 : -Number.MAX_VALUE;
  const from = alternative === "greater" ? lowest : nullEffect;
  const to = alternative === "less" ? Number.MAX_VALUE : nullEffect;
  return sequentialEvidence(method, "anytime-exact", quantileCost(strata, effect, from, to));
}

/**
 * Where does one arm's quantile lie, exactly and at all times at once?
 *
 * @param histogram - the measurements so far
 * @param options - probability, alpha, tuning
 * @returns interval in the units of the values, unbounded where the sample is too small; the estimate is null, as the
 * interval is what is known. Guarantee, source and errors as for {@link quantileKernelSequence}.
 *
 * @example
 * ```ts
 * const histogram = new QuantileSketch();
 * histogram.addAll(Float64Array.from(latencies));
 * oneQuantileSequence(histogram, { probability: 0.5 }).interval; // contains the median
 * ```
 */
export function oneQuantileSequence(
  histogram: Histogram,
  options: Omit<QuantileKernelOptions, "effect">,
): ConfidenceSequenceResult | NotComputable {
  const action = "compute a quantile confidence sequence";
  const { probability, alpha = 0.05, tunedSampleSize = 10_000 } = options;
  requireProbability(action, "probability", probability);
  requireProbability(action, "alpha", alpha);
  if (histogram.count === 0) return notComputable("no-data", "a quantile of no values");
  const regions = regionsOf(histogram, probability, tunedConcentration(action, tunedSampleSize, alpha));
  const threshold = evidenceThreshold(alpha);
  let first = regions.valley;
  let last = regions.valley;
  while (first > 0 && regions.cost(first - 1) < threshold) first--;
  while (last + 1 < regions.size && regions.cost(last + 1) < threshold) last++;
  return {
    computable: true,
    method,
    guarantee: "anytime-exact",
    estimate: null,
    interval: [regions.lower(first), regions.upper(last)],
    level: 1 - alpha,
  };
}

function strataOf(action: string, epochs: readonly QuantileEpoch[], options: QuantileKernelOptions): QuantileStratum[] {
  const { probability, effect, alpha = 0.05, tunedSampleSize = 10_000 } = options;
  requireProbability(action, "probability", probability);
  requireProbability(action, "alpha", alpha);
  const concentration = tunedConcentration(action, tunedSampleSize, alpha);
  return epochs
    .filter(({ control, treatment }) => control.count > 0 && treatment.count > 0)
    .map(({ control, treatment }) => {
      if (effect === "ratio" && Math.min(control.min, treatment.min) < 0) {
        throw new RangeError(
          `${cannot(action, "the smallest value", "0 or more for a ratio", Math.min(control.min, treatment.min))}. ` +
            `Use the effect "difference"`,
        );
      }
      return {
        control: regionsOf(control, probability, concentration),
        treatment: regionsOf(treatment, probability, concentration),
      };
    });
}

function regionsOf(histogram: Histogram, probability: number, concentration: number): QuantileRegions {
  const n = histogram.count;
  const lnEvidence = (above: number): number => lnBetaBinomialFactor(above, n, 1 - probability, concentration);
  // One more above costs less exactly while there are fewer than (n - 1)(1 - p), whatever the concentration.
  const cheapest = Math.ceil((n - 1) * (1 - probability));
  return quantileRegions(histogram, cheapest, lnEvidence);
}
