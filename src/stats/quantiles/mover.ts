import { type NotComputable, notComputable, requireNumber } from "../../errors.ts";
import type { Interval } from "../interval.ts";
import type { IntervalResult } from "../result.ts";

/** An estimate of one arm with its interval, which may be open at an end. */
export type ArmInterval = Pick<IntervalResult, "estimate" | "interval" | "level">;

/** What the combined interval reports, and how the two estimates correlate. */
export interface MoverOptions {
  readonly method: string;
  readonly assumptions: readonly string[];
  readonly guarantee?: IntervalResult["guarantee"];
  /** Correlation of the two estimates, in [-1, 1]; default 0 (independent arms). */
  readonly correlation?: number;
}

/**
 * By how much do two arms differ, given an interval of each? Method of variance estimates recovery.
 *
 * @param control - Estimate and interval of the control, any unit.
 * @param treatment - The same of the treatment, at the same level.
 * @param options - What to report; the correlation of the estimates.
 * @returns The difference treatment - control with an interval that is not symmetric where the arms' intervals are not;
 * open where theirs are.
 *
 * Asymptotic; no density estimate is involved.
 *
 * Source: G. Y. Zou and A. Donner 2008, doi:10.1002/sim.3095.
 *
 * @throws {RangeError} Levels that differ, a correlation outside [-1, 1].
 *
 * @example
 * ```ts
 * const controlP99 = { estimate: 900, interval: [870, 950], level: 0.95 } as const;
 * const treatmentP99 = { estimate: 980, interval: [940, 1050], level: 0.95 } as const;
 * moverDifference(controlP99, treatmentP99, { method: "quantile-difference-mover", assumptions: [] });
 * ```
 */
export function moverDifference(control: ArmInterval, treatment: ArmInterval, options: MoverOptions): IntervalResult {
  const action = "combine two intervals";
  const { correlation = 0, guarantee = "asymptotic", method, assumptions } = options;
  requireNumber(
    action,
    "treatment.level",
    `the control's level of ${control.level}`,
    treatment.level,
    (x) => x === control.level,
  );
  requireNumber(action, "correlation", "in [-1, 1]", correlation, (x) => x >= -1 && x <= 1);
  const reach = (up: number, down: number): number =>
    Math.max(up, down) === Infinity
      ? Infinity
      : Math.sqrt(Math.max(0, up * up - 2 * correlation * up * down + down * down));
  const estimate = treatment.estimate - control.estimate;
  const lower = estimate - reach(treatment.estimate - treatment.interval[0], control.interval[1] - control.estimate);
  const upper = estimate + reach(treatment.interval[1] - treatment.estimate, control.estimate - control.interval[0]);
  return { computable: true, method, guarantee, assumptions, estimate, interval: [lower, upper], level: control.level };
}

/**
 * By which factor do two arms differ, given an interval of each? {@link moverDifference} of the logarithms.
 *
 * @param control - Estimate and interval of the control; the estimate must be positive.
 * @param treatment - The same of the treatment.
 * @param options - As {@link moverDifference}.
 * @returns The ratio treatment / control with its interval; a lower end of an arm at or below 0 counts as open.
 * `NotComputable` where an estimate is not positive.
 *
 * Asymptotic.
 *
 * Source: G. Y. Zou and A. Donner 2008, doi:10.1002/sim.3095.
 *
 * @throws {RangeError} As {@link moverDifference}.
 *
 * @example
 * ```ts
 * const controlP99 = { estimate: 900, interval: [870, 950], level: 0.95 } as const;
 * const treatmentP99 = { estimate: 980, interval: [940, 1050], level: 0.95 } as const;
 * moverRatio(controlP99, treatmentP99, { method: "quantile-ratio-mover-log", assumptions: [] });
 * ```
 */
export function moverRatio(
  control: ArmInterval,
  treatment: ArmInterval,
  options: MoverOptions,
): IntervalResult | NotComputable {
  if (!(control.estimate > 0 && treatment.estimate > 0)) {
    return notComputable(
      "method-does-not-apply",
      `a ratio needs positive estimates, and they are ${control.estimate} and ${treatment.estimate}`,
    );
  }
  const result = moverDifference(logarithm(control), logarithm(treatment), options);
  const interval: Interval = [Math.exp(result.interval[0]), Math.exp(result.interval[1])];
  return { ...result, estimate: treatment.estimate / control.estimate, interval };
}

function logarithm(arm: ArmInterval): ArmInterval {
  return {
    ...arm,
    estimate: Math.log(arm.estimate),
    interval: [arm.interval[0] > 0 ? Math.log(arm.interval[0]) : -Infinity, Math.log(arm.interval[1])],
  };
}
