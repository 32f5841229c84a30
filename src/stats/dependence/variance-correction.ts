import { logSumExp } from "../../math/log-sum-exp.ts";
import { normalLogQuantile, normalLogSurvival } from "../../math/normal.ts";
import { findRoot } from "../../math/root.ts";

/** How much larger the variance of an effect may be than that of independent requests, and how probable that is. */
export interface CorrectionPart {
  /** Probability of this part; those of a correction add up to 1. */
  readonly weight: number;
  /** Variance of the effect over the variance under independence. */
  readonly factor: number;
  /** Degrees of freedom of an estimated factor; infinite where it is taken as known. */
  readonly degreesOfFreedom: number;
}

/** What is known of a variance: a mixture of factors. */
export type VarianceCorrection = readonly CorrectionPart[];

/** No correction: requests are independent. */
export const independent: VarianceCorrection = [{ weight: 1, factor: 1, degreesOfFreedom: Infinity }];

/** Below it an estimate of a variance says nothing but that there was too little to estimate it from. */
const leastFactor = 0.05;

/**
 * The deviance that counts, when the variance is only known as a mixture of factors.
 *
 * The tail area of the deviance is averaged over the factors, and turned back into a deviance. Where a factor is
 * estimated with few degrees of freedom, Wallace's transformation first makes a Student variable a normal one. The
 * result is never above the given deviance: clusters make nothing more certain.
 *
 * Asymptotic. Source: D. L. Wallace 1959, doi:10.1214/aoms/1177706197, for the transformation.
 *
 * @param deviance - under independence, 0 or more; may be infinite.
 * @param correction - of the variance.
 * @returns the corrected deviance, at most `deviance`.
 */
export function correctedDeviance(deviance: number, correction: VarianceCorrection): number {
  if (!(deviance > 0) || deviance === Infinity) return deviance;
  const [only, ...others] = correction;
  if (others.length === 0) return devianceOf(deviance, only as CorrectionPart);
  return Math.min(deviance, normalLogQuantile(Math.min(lnTailOf(deviance, correction), -Math.LN2)) ** 2);
}

/** ln of the tail area beyond the root of a deviance, averaged over the factors. */
function lnTailOf(deviance: number, correction: VarianceCorrection): number {
  return logSumExp(
    correction.map((part) => Math.log(part.weight) + normalLogSurvival(Math.sqrt(devianceOf(deviance, part)))),
  );
}

/**
 * The deviance under independence at which the corrected one reaches a threshold: the inverse of
 * {@link correctedDeviance}.
 *
 * @param threshold - on the corrected deviance, 0 or more; may be infinite.
 * @param correction - of the variance.
 * @returns the threshold on the deviance under independence, at least `threshold`.
 */
export function correctedThreshold(threshold: number, correction: VarianceCorrection): number {
  if (!(threshold > 0) || threshold === Infinity) return threshold;
  const ends = correction.map((part) => thresholdOf(threshold, part));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (correction.length === 1 || !(high > low)) return high;
  const wanted = normalLogSurvival(Math.sqrt(threshold));
  const excess = (deviance: number): number => wanted - lnTailOf(deviance, correction);
  if (excess(high) <= 0) return high;
  return excess(low) >= 0 ? low : findRoot(excess, low, high, { tolerance: 1e-10 * high });
}

/** By how much information shrinks: the mean of 1 / factor, at most 1. */
export function precisionShare(correction: VarianceCorrection): number {
  const mean = correction.reduce((sum, { weight, factor }) => sum + weight / Math.max(1, factor), 0);
  return Math.min(1, mean);
}

/** The mean factor of a correction, at least 1. */
export function meanFactor(correction: VarianceCorrection): number {
  const mean = correction.reduce((sum, { weight, factor }) => sum + weight * Math.max(1, factor), 0);
  // Weights add up to 1 but for rounding.
  return Math.max(1, mean);
}

function devianceOf(deviance: number, { factor, degreesOfFreedom }: CorrectionPart): number {
  if (degreesOfFreedom === Infinity) return deviance / Math.max(1, factor);
  return Math.min(
    deviance,
    shrinkage(degreesOfFreedom) *
      degreesOfFreedom *
      Math.log1p(deviance / (Math.max(leastFactor, factor) * degreesOfFreedom)),
  );
}

function thresholdOf(threshold: number, { factor, degreesOfFreedom }: CorrectionPart): number {
  if (degreesOfFreedom === Infinity) return threshold * Math.max(1, factor);
  const reach = threshold / (shrinkage(degreesOfFreedom) * degreesOfFreedom);
  return Math.max(threshold, Math.max(leastFactor, factor) * degreesOfFreedom * Math.expm1(reach));
}

/** The square of Wallace's factor. */
function shrinkage(degreesOfFreedom: number): number {
  return ((8 * degreesOfFreedom + 1) / (8 * degreesOfFreedom + 3)) ** 2;
}

/**
 * The correction for two kinds of clusters at once, such as slices of time and replicas: each adds what it has beyond
 * independence, and the larger alone is the least. Degrees of freedom are Satterthwaite's.
 */
export function combinedCorrection(first: VarianceCorrection, second: VarianceCorrection): VarianceCorrection {
  return first.flatMap((a) =>
    second.map((b): CorrectionPart => {
      const factor = Math.max(a.factor + b.factor - 1, a.factor, b.factor);
      const uncertainty = a.factor ** 2 / a.degreesOfFreedom + b.factor ** 2 / b.degreesOfFreedom;
      return {
        weight: a.weight * b.weight,
        factor,
        degreesOfFreedom: uncertainty > 0 ? Math.max(1, factor ** 2 / uncertainty) : Infinity,
      };
    }),
  );
}
