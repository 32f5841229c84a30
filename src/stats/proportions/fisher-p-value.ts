import { log1mexp, logSumExp } from "../../math/log-sum-exp.ts";
import type { NoncentralHypergeometric } from "../../math/noncentral-hypergeometric.ts";
import type { PValue } from "../p-value.ts";
import type { Alternative } from "../result.ts";
import { fromLog, tieSlack } from "./binomial-test.ts";

/**
 * What counts as "as extreme as observed" on both sides: tables no more probable than the observed one (Irwin, Freeman
 * and Halton; R's fisher.test), twice the smaller tail, or the smaller tail plus the largest opposite tail that is not
 * larger (Blaker 2000, doi:10.2307/3315916).
 */
export type TwoSidedDefinition = "minimum-likelihood" | "doubled" | "blaker";

/** The p-value of the observed count under its conditional distribution; `midP` counts the observed table half. */
export function fisherPValue(
  distribution: NoncentralHypergeometric,
  observed: number,
  alternative: Alternative,
  definition: TwoSidedDefinition = "minimum-likelihood",
  midP: boolean = false,
): PValue {
  const lnHalf = distribution.logProbability(observed) - Math.LN2;
  const less = distribution.logCdf(observed);
  const greater = distribution.logSurvival(observed - 1);
  const finish = (ln: number): PValue => fromLog(midP ? withoutHalf(ln, lnHalf) : ln);
  if (alternative === "less") return finish(less);
  if (alternative === "greater") return finish(greater);
  if (definition === "doubled") {
    const smaller = Math.min(less, greater);
    return fromLog((midP ? withoutHalf(smaller, lnHalf) : smaller) + Math.LN2);
  }
  const below = less < greater;
  const tail = below ? less : greater;
  const bound = definition === "blaker" ? tail + tieSlack : distribution.logProbability(observed) + tieSlack;
  const counts = (k: number): boolean =>
    definition === "blaker"
      ? (below ? distribution.logSurvival(k - 1) : distribution.logCdf(k)) <= bound
      : distribution.logProbability(k) <= bound;
  const edge = nearestBeyond(distribution, observed, below, counts);
  // The bisection met the observed side: every table counts.
  if (edge === undefined) return finish(0);
  const opposite = below ? distribution.logSurvival(edge - 1) : distribution.logCdf(edge);
  return finish(Math.min(0, logSumExp([tail, opposite])));
}

/** The nearest count across the mode from which on, outwards, tables count; undefined when that covers the mode. */
function nearestBeyond(
  distribution: NoncentralHypergeometric,
  observed: number,
  below: boolean,
  counts: (k: number) => boolean,
): number | undefined {
  const [smallest, largest] = distribution.support;
  let outside = below ? largest + 1 : smallest - 1;
  // Across the mode probabilities only fall; between the observed count and the mode they are no smaller than observed.
  let inside = mirrorStart(distribution, observed, below);
  if (counts(inside)) return undefined;
  while (Math.abs(outside - inside) > 1) {
    const middle = Math.floor((inside + outside) / 2);
    if (counts(middle)) outside = middle;
    else inside = middle;
  }
  return outside;
}

/** The most probable count on the far side of the observed one. */
function mirrorStart(distribution: NoncentralHypergeometric, observed: number, below: boolean): number {
  const [smallest, largest] = distribution.support;
  const mode = Math.min(largest, Math.max(smallest, distribution.mode));
  return below ? Math.max(mode, Math.min(largest, observed + 1)) : Math.min(mode, Math.max(smallest, observed - 1));
}

function withoutHalf(ln: number, lnHalf: number): number {
  return ln + log1mexp(lnHalf - ln);
}
