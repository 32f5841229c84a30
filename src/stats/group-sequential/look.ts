import { normalCdf, normalSurvival } from "../../math/normal.ts";
import { findRoot } from "../../math/root.ts";
import type { Interval } from "../interval.ts";
import { type Boundary, type BoundaryRules, findBoundaries } from "./boundaries.ts";
import type { GroupSequentialDesign } from "./design.ts";
import { informationFractions, type ObservedLook } from "./look-fractions.ts";
import type { SpendingFunction } from "./spending.ts";

/** What a look at the data says. */
export type LookOutcome = "efficacy" | "futility" | "harm" | "continue" | "not-rejected";

/** One look, compared with its boundary. */
export interface AnalysedLook extends Boundary {
  readonly z: number;
  /** `not-rejected` only at the final look. Futility stops of a non-binding design may be overruled. */
  readonly outcome: LookOutcome;
  /** Repeated confidence interval of the effect (treatment - control): valid at all looks at once, stopped or not. */
  readonly repeatedInterval: Interval;
}

/** The state of a group-sequential experiment at its latest look. */
export interface GroupSequentialAnalysis {
  readonly looks: readonly AnalysedLook[];
  /** Outcome of the latest look. */
  readonly outcome: LookOutcome;
  /** First look whose boundary was crossed (0-based), or null. */
  readonly stoppedAt: number | null;
  /** Level of the repeated intervals, 1 - alpha. */
  readonly level: number;
  /** Smallest alpha at which the latest repeated interval would exclude no effect. */
  readonly repeatedPValue: number;
}

/** How the looks relate to the plan. */
export interface LookOptions {
  /** Information at which the experiment was planned to end. */
  readonly maximumInformation: number;
  /**
   * Whether the latest look is the last there will be; it spends all alpha that is left. Default: planned information
   * reached.
   */
  readonly final?: boolean;
}

/**
 * May a group-sequential experiment stop at this look, and what interval holds whether it stops or not?
 *
 * Looks need not be the planned ones: boundaries are recomputed from the information really seen. More information than
 * planned at the final look (overrunning) and an early final look (underrunning) spend the alpha that is left.
 *
 * @param design - a design of {@link groupSequentialDesign}; its error probabilities and spending are used, not its
 * looks
 * @param looks - every look taken so far, in order: information in 1 / (effect units)^2, z of treatment - control
 * @returns boundaries, outcomes and repeated intervals in effect units
 *
 * Guarantee: type I error alpha and simultaneous coverage 1 - alpha, asymptotically, when the times of looks do not
 * depend on the results.
 *
 * Source: C. Jennison, B. Turnbull, Interim analyses: the repeated confidence interval approach (1989),
 * doi:10.1111/j.2517-6161.1989.tb01433.x.
 *
 * @throws {RangeError} for information that does not ascend
 * @example
 * ```ts
 * const design = groupSequentialDesign({ looks: 2, alpha: 0.05 });
 * analyzeGroupSequential(design, [{ information: 50, z: 3.2 }], { maximumInformation: 100 }).outcome; // "efficacy"
 * ```
 */
export function analyzeGroupSequential(
  design: GroupSequentialDesign,
  looks: readonly ObservedLook[],
  options: LookOptions,
): GroupSequentialAnalysis {
  const { rules } = design;
  const fractions = informationFractions("analyse a group-sequential look", looks, options.maximumInformation);
  const last = looks.length - 1;
  const isFinal = options.final ?? (fractions[last] as number) >= 1;
  const boundaries = findBoundaries(rules, fractions, isFinal).looks;
  const analysed = boundaries.map((boundary, k): AnalysedLook => {
    const { information, z } = looks[k] as ObservedLook;
    const outcome = outcomeOf(rules, boundary, z);
    const standardError = 1 / Math.sqrt(information);
    const upper = rules.sides === 1 ? Infinity : (z + boundary.efficacy) * standardError;
    return {
      ...boundary,
      z,
      outcome: (outcome === "continue" || outcome === "futility") && isFinal && k === last ? "not-rejected" : outcome,
      repeatedInterval: [(z - boundary.efficacy) * standardError, upper],
    };
  });
  const stopped = analysed.findIndex((look) => look.outcome !== "continue" && look.outcome !== "not-rejected");
  return {
    looks: analysed,
    outcome: (analysed[last] as AnalysedLook).outcome,
    stoppedAt: stopped === -1 ? null : stopped,
    level: 1 - rules.alpha,
    repeatedPValue: repeatedPValue(rules, fractions, (looks[last] as ObservedLook).z, isFinal),
  };
}

function outcomeOf(rules: BoundaryRules, boundary: Boundary, z: number): LookOutcome {
  if (z >= boundary.efficacy || (rules.sides === 2 && z <= -boundary.efficacy)) return "efficacy";
  if (boundary.harm !== null && z <= boundary.harm) return "harm";
  if (boundary.futility !== null && (rules.sides === 1 ? z : Math.abs(z)) < boundary.futility) return "futility";
  return "continue";
}

/** The alpha whose boundary at the latest look is exactly |z|. */
function repeatedPValue(rules: BoundaryRules, fractions: readonly number[], z: number, isFinal: boolean): number {
  const size = rules.sides === 1 ? z : Math.abs(z);
  const excess = (alpha: number): number => {
    const scaled = { ...rules, alpha, spending: scaledSpending(rules.spending, alpha / rules.alpha) };
    const bound = findBoundaries(scaled, fractions, isFinal).looks[fractions.length - 1] as Boundary;
    return normalCdf(size) - normalCdf(bound.efficacy);
  };
  const smallest = Math.max(1e-12, normalSurvival(size));
  const largest = rules.sides === 1 ? 0.5 : 1 - 1e-9;
  if (excess(largest) < 0) return largest === 0.5 ? 1 : largest;
  if (excess(smallest) >= 0) return smallest;
  return Math.exp(findRoot((lnAlpha) => excess(Math.exp(lnAlpha)), Math.log(smallest), Math.log(largest)));
}

/** A table of cumulative probabilities belongs to one alpha; the other forms scale by themselves. */
function scaledSpending(spending: SpendingFunction, factor: number): SpendingFunction {
  return spending.kind === "table" ? { ...spending, cumulative: spending.cumulative.map((p) => p * factor) } : spending;
}
