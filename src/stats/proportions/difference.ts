import { productMinus } from "../../math/exact-product.ts";
import type { ProportionCounts } from "./counts.ts";

/** The observed share of successes. */
export function proportion(counts: ProportionCounts): number {
  return counts.successes / counts.trials;
}

/** treatment - control of the shares of successes, without the cancellation of subtracting two quotients. */
export function differenceOfProportions(control: ProportionCounts, treatment: ProportionCounts): number {
  const reference = control.successes * treatment.trials;
  const cross =
    productMinus(treatment.successes, control.trials, reference) -
    productMinus(control.successes, treatment.trials, reference);
  return cross / control.trials / treatment.trials;
}

/** The binomial variance p (1 - p) / n of one arm's share, at the observed p. */
export function varianceOfProportion({ successes, trials }: ProportionCounts): number {
  return ((successes / trials) * ((trials - successes) / trials)) / trials;
}
