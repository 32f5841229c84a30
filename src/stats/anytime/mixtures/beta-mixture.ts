import { cannot } from "../../../errors.ts";
import { betaLogCdf, betaLogSurvival } from "../../../math/beta.ts";
import { logSumExp } from "../../../math/log-sum-exp.ts";
import type { Alternative } from "../../result.ts";
import { evidenceThreshold } from "../evidence.ts";
import { lnBetaBinomialFactor } from "./dirichlet-multinomial.ts";

/** At which sample sizes a sequence is to be at its tightest. */
export interface TuningOptions {
  /** Sample sizes; several are mixed with equal weights, which costs ln(how many) of evidence at each. */
  readonly tunedSampleSizes?: readonly number[];
}

/**
 * The concentration of a beta prior centred on the null under which a level-alpha sequence is tightest near
 * `sampleSize`.
 *
 * Source: S. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, Time-uniform, nonparametric, nonasymptotic confidence
 * sequences (2021), doi:10.1214/20-AOS1991, section 3.5.
 */
export function tunedConcentration(action: string, sampleSize: number, alpha: number): number {
  const twice = 2 * evidenceThreshold(alpha);
  const concentration = sampleSize / (twice + Math.log1p(twice)) - 1;
  if (!(concentration > 0 && Number.isFinite(concentration))) {
    throw new RangeError(
      cannot(
        action,
        "tunedSampleSizes",
        `above ${(twice + Math.log1p(twice)).toFixed(2)} at alpha ${alpha}`,
        sampleSize,
      ),
    );
  }
  return concentration;
}

/**
 * ln of the evidence of `successes` of `trials` against the proportion `p`, by a beta mixture centred on it. One-sided
 * alternatives use the half of the prior on their side.
 */
export function lnBetaMixtureEvidence(
  successes: number,
  trials: number,
  p: number,
  concentrations: readonly number[],
  alternative: Alternative = "two-sided",
): number {
  const terms = concentrations.map((s) => {
    const ln = lnBetaBinomialFactor(successes, trials, p, s);
    if (alternative === "two-sided") return ln;
    const side = alternative === "greater" ? betaLogSurvival : betaLogCdf;
    return ln + side(p, s * p + successes, s * (1 - p) + trials - successes) - side(p, s * p, s * (1 - p));
  });
  return logSumExp(terms) - Math.log(terms.length);
}
