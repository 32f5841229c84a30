import { cannot } from "../../errors.ts";
import { walkUntil } from "../../math/bracket.ts";
import { findRoot } from "../../math/root.ts";
import type { Interval } from "../interval.ts";
import { findBoundaries } from "./boundaries.ts";
import type { GroupSequentialDesign } from "./design.ts";
import { informationFractions, type ObservedLook } from "./look-fractions.ts";
import { probabilityAbove } from "./paths.ts";

/** Inference after a group-sequential experiment has ended, corrected for the chance to end early. */
export interface AfterStopping {
  /** Median-unbiased estimate of the effect (treatment - control). */
  readonly estimate: number;
  /** Interval of the effect by the stagewise ordering. */
  readonly interval: Interval;
  /** 1 - alpha, the design's. */
  readonly level: number;
  /** p-value by the stagewise ordering: two-sided for two-sided designs, of treatment > control for one-sided ones. */
  readonly pValue: number;
}

/** How the end relates to the plan. */
export interface AfterStoppingOptions {
  /** Information at which the experiment was planned to end. */
  readonly maximumInformation: number;
  /**
   * All data including those that came in after the decision to stop (overrunning). The look that stopped the
   * experiment is then deleted and this one put in its place (Whitehead's deletion method).
   */
  readonly overrun?: ObservedLook;
}

/**
 * What is the effect, once the experiment has stopped at its last look?
 *
 * Outcomes are ordered by the look at which they stopped, then by z: stopping early above the boundary is the strongest
 * evidence for a positive effect. Futility stops of a non-binding design and harm stops are ignored, so that the
 * p-value is at most alpha exactly when the efficacy boundary was crossed.
 *
 * @param design - a design of {@link groupSequentialDesign}
 * @param looks - all looks taken, the last being the one that stopped; information in 1 / (effect units)^2
 * @returns median-unbiased estimate, interval and p-value, in effect units
 *
 * Guarantee: exact for the normal statistic under the stagewise ordering, hence asymptotic; fixed at the stopped look.
 *
 * Source: A. Tsiatis, G. Rosner, C. Mehta, Exact confidence intervals following a group sequential test (1984),
 * doi:10.2307/2531009; J. Whitehead, Overrunning and underrunning in sequential clinical trials (1992),
 * doi:10.1016/0197-2456(92)90017-T.
 *
 * @throws {RangeError} for information that does not ascend
 * @example
 * ```ts
 * const design = groupSequentialDesign({ looks: 2, sides: 1, alpha: 0.025 });
 * estimateAfterStopping(design, [{ information: 50, z: 3.2 }], { maximumInformation: 100 }).pValue < 0.025; // true
 * ```
 */
export function estimateAfterStopping(
  design: GroupSequentialDesign,
  looks: readonly ObservedLook[],
  options: AfterStoppingOptions,
): AfterStopping {
  const action = "estimate after stopping";
  const all = options.overrun === undefined ? looks : [...looks.slice(0, -1), options.overrun];
  if (
    options.overrun !== undefined &&
    !(options.overrun.information >= ((looks[looks.length - 1] as ObservedLook | undefined)?.information ?? 0))
  ) {
    throw new RangeError(
      cannot(action, "overrun.information", "at least that of the look that stopped", options.overrun.information),
    );
  }
  const fractions = informationFractions(action, all, options.maximumInformation);
  const last = all.length - 1;
  const futility = design.rules.futility?.binding === true ? design.rules.futility : undefined;
  const { looks: boundaries, arriving } = findBoundaries(
    { ...design.rules, futility, harm: undefined },
    fractions,
    true,
  );
  const observed = all[last] as ObservedLook;
  const above = (drift: number): number => {
    let sum = 0;
    for (let k = 0; k < last; k++) {
      sum += probabilityAbove(
        arriving[k] as never,
        fractions[k] as number,
        (boundaries[k] as { efficacy: number }).efficacy,
        drift,
      );
    }
    return sum + probabilityAbove(arriving[last] as never, fractions[last] as number, observed.z, drift);
  };
  const scale = 1 / Math.sqrt(options.maximumInformation);
  const driftWhere = (probability: number): number =>
    driftOf(above, probability, observed.z / Math.sqrt(fractions[last] as number));
  const { alpha, sides } = design.rules;
  const upperTail = above(0);
  return {
    estimate: driftWhere(0.5) * scale,
    interval: [driftWhere(alpha / sides) * scale, sides === 1 ? Infinity : driftWhere(1 - alpha / 2) * scale],
    level: 1 - alpha,
    pValue: sides === 1 ? upperTail : Math.min(1, 2 * Math.min(upperTail, 1 - upperTail)),
  };
}

/**
 * The drift under which an outcome at least as high has the given probability; the probability increases with the
 * drift.
 */
function driftOf(above: (drift: number) => number, probability: number, guess: number): number {
  const low = walkUntil((drift) => above(drift) <= probability, guess, -1)?.far ?? -Infinity;
  const high = walkUntil((drift) => above(drift) >= probability, guess, 1)?.far ?? Infinity;
  return findRoot((drift) => above(drift) - probability, low, high);
}
