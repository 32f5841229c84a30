import { devianceTerm } from "../../../math/deviance.ts";
import { stirlingError } from "../../../math/gamma.ts";

/**
 * ln of the Bayes factor of category counts: their probability averaged over a Dirichlet prior, over their probability
 * under fixed `probabilities`.
 *
 * Written in terms of the half deviance and Stirling's remainders, because the logarithms of the gamma functions
 * themselves would cancel to nothing at large counts.
 *
 * @param prior - Dirichlet parameters, all positive, one per category
 */
export function lnDirichletMultinomialFactor(
  counts: readonly number[],
  probabilities: readonly number[],
  prior: readonly number[],
): number {
  let concentration = 0;
  let trials = 0;
  for (let i = 0; i < counts.length; i++) {
    concentration += prior[i] as number;
    trials += counts[i] as number;
  }
  const total = concentration + trials;
  let ln = 0.5 * Math.log(total / concentration) + stirlingError(concentration) - stirlingError(total);
  for (let i = 0; i < counts.length; i++) {
    const p = probabilities[i] as number;
    const count = counts[i] as number;
    const before = prior[i] as number;
    const after = before + count;
    const off = concentration * p - before;
    ln += devianceTerm(after, total * p, off + (trials * p - count)) - devianceTerm(before, concentration * p, off);
    ln += stirlingError(after) - stirlingError(before) - 0.5 * Math.log(after / before);
  }
  return ln;
}

/** The same for two categories with a prior centred on the null: `successes` of `trials` against the proportion `p`. */
export function lnBetaBinomialFactor(successes: number, trials: number, p: number, concentration: number): number {
  const q = 1 - p;
  const total = concentration + trials;
  const a = concentration * p;
  const b = concentration * q;
  const off = trials * p - successes;
  return (
    devianceTerm(a + successes, total * p, off) +
    devianceTerm(b + trials - successes, total * q, -off) +
    stirlingError(concentration) -
    stirlingError(total) +
    stirlingError(a + successes) -
    stirlingError(a) +
    stirlingError(b + trials - successes) -
    stirlingError(b) -
    0.5 * (Math.log1p(successes / a) + Math.log1p((trials - successes) / b) - Math.log1p(trials / concentration))
  );
}
