import type { MeanEstimate } from "./common-effect.ts";

/** Degrees of freedom that the pooled variance counts for. */
const priorDegreesOfFreedom = 4;

/**
 * The estimate with its spread drawn towards that of all, as if four more degrees of freedom had shown theirs: a
 * handful of records are no longer taken for sure, and thousands stay what they are.
 *
 * Source: G. K. Smyth 2004, doi:10.2202/1544-6115.1027.
 */
export function moderatedVariance(estimate: MeanEstimate | null, all: readonly MeanEstimate[]): MeanEstimate | null {
  if (estimate === null) return null;
  const { n } = estimate;
  const pooled =
    all.reduce((sum, own) => sum + (own.n - 1) * own.spread, 0) / all.reduce((sum, own) => sum + own.n - 1, 0);
  const spread = ((n - 1) * estimate.spread + priorDegreesOfFreedom * pooled) / (n - 1 + priorDegreesOfFreedom);
  return { ...estimate, spread, variance: spread / n };
}
