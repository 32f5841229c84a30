import { quantileSorted } from "simple-statistics";
import { cannot, type NotComputable, requireNumber } from "../../errors.ts";
import { fixedLook, independentRequests } from "../assumptions.ts";
import type { TTestResult } from "../result.ts";
import { finiteSample, momentsOf } from "./sample-moments.ts";
import { type WelchOptions, welchTest } from "./welch.ts";

/** Options of {@link winsorisedMeanTest}. */
export interface WinsorisedOptions extends WelchOptions {
  /** Quantile levels of all values together to which smaller and larger values are moved; default [0, 0.99]. */
  readonly levels?: readonly [lower: number, upper: number];
}

/** A comparison of winsorised means, with the values at which both arms were capped. */
export interface WinsorisedResult extends TTestResult {
  readonly caps: readonly [lower: number, upper: number];
}

/**
 * Do two arms differ in their mean, when a few extreme values would decide?
 *
 * @param control - Values of the control, finite, any order.
 * @param treatment - Values of the treatment.
 * @param options - Quantile `levels` of the caps, `nullDifference`, alternative, level.
 * @returns The difference of the capped means treatment - control in the unit of the values, with the Welch interval
 * and test, and the caps. Caps come from both arms together, so that under the null both are treated alike.
 * `NotComputable` as {@link welchTest}.
 *
 * Asymptotic, at one look, for independent values. It estimates the difference of the capped means, not of the means.
 *
 * Source: W. J. Dixon 1960, doi:10.1214/aoms/1177705900.
 *
 * @throws {RangeError} Values that are not finite, levels outside [0, 1] or in the wrong order.
 *
 * @example
 * ```ts
 * winsorisedMeanTest([10, 12, 11, 5000], [13, 15, 12, 14], { levels: [0, 0.9] });
 * ```
 */
export function winsorisedMeanTest(
  control: ArrayLike<number>,
  treatment: ArrayLike<number>,
  options: WinsorisedOptions = {},
): WinsorisedResult | NotComputable {
  const action = "compare winsorised means";
  const { levels = [0, 0.99] } = options;
  const [lower, upper] = levels;
  requireNumber(action, "levels[0]", "in [0, 1)", lower, (x) => x >= 0 && x < 1);
  requireNumber(action, "levels[1]", "in (0, 1]", upper, (x) => x > 0 && x <= 1);
  if (!(lower < upper)) throw new RangeError(cannot(action, "levels", "a lower and a larger upper level", levels));
  const [c, t] = [finiteSample(action, "control", control), finiteSample(action, "treatment", treatment)];
  if (c.length === 0 || t.length === 0) return welchTest(momentsOf(c), momentsOf(t)) as NotComputable;
  const pooled = [...c, ...t].sort((a, b) => a - b);
  const caps = [quantileSorted(pooled, lower), quantileSorted(pooled, upper)] as const;
  const capped = (values: readonly number[]): number[] =>
    values.map((value) => Math.min(caps[1], Math.max(caps[0], value)));
  const result = welchTest(momentsOf(capped(c)), momentsOf(capped(t)), {
    reportAs: { method: "winsorised-welch", assumptions: [independentRequests, fixedLook] },
    ...options,
  });
  return result.computable ? { ...result, caps } : result;
}
