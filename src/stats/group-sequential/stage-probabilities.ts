import type { Boundaries } from "./boundaries.ts";
import { probabilityAbove, probabilityBelow } from "./paths.ts";

/** The ways a trial can end at one look, with their probabilities under one drift. */
export interface StageProbabilities {
  /** Efficacy: z above the upper boundary. */
  readonly upper: number;
  /** Two-sided designs: z below the lower efficacy boundary; 0 for one-sided designs. */
  readonly lower: number;
  readonly futility: number;
  readonly harm: number;
}

/**
 * The probability of every way to stop, look by look, when all stops are obeyed.
 *
 * @param drift - the effect times the square root of the planned information; 0 is no effect
 */
export function stageProbabilities(boundaries: Boundaries, sides: 1 | 2, drift: number): StageProbabilities[] {
  return boundaries.looks.map((look, k) => {
    const paths = boundaries.arriving[k] as Boundaries["arriving"][number];
    const below = (z: number): number => probabilityBelow(paths, look.information, z, drift);
    const upper = probabilityAbove(paths, look.information, look.efficacy, drift);
    const lower = sides === 2 ? below(-look.efficacy) : 0;
    const harmBelow = look.harm === null ? 0 : below(look.harm);
    const harm = Math.max(0, harmBelow - lower);
    let futility = 0;
    if (look.futility !== null) {
      futility =
        sides === 1
          ? Math.max(0, below(look.futility) - harmBelow)
          : look.futility > 0
            ? below(look.futility) - below(-look.futility)
            : 0;
    }
    return { upper, lower, futility, harm };
  });
}

/** The probability to reject for efficacy at any look. */
export function rejectionProbability(stages: readonly StageProbabilities[]): number {
  return stages.reduce((sum, { upper, lower }) => sum + upper + lower, 0);
}

/** The probability to end at every look; the last look ends the trial whatever it shows. */
export function endProbabilities(stages: readonly StageProbabilities[]): number[] {
  let going = 1;
  return stages.map(({ upper, lower, futility, harm }, k) => {
    const ends = k === stages.length - 1 ? going : upper + lower + futility + harm;
    going -= ends;
    return ends;
  });
}
