import { cannot } from "../../../errors.ts";
import { type ProportionCounts, requireCounts } from "../../proportions/counts.ts";

/**
 * Checks the counts of closed blocks (one entry per block, the same blocks in both arms).
 *
 * A block is a run of requests whose end was fixed without looking at outcomes: a closed period, cut again wherever the
 * allocation changes. An open period must not be passed: its end is the moment of looking.
 *
 * @throws {RangeError} when the arms have different numbers of blocks, or a count is not a non-negative integer, or
 * successes exceed trials.
 */
export function requireBlocks(
  action: string,
  control: readonly ProportionCounts[],
  treatment: readonly ProportionCounts[],
): void {
  if (control.length !== treatment.length) {
    throw new RangeError(
      `${cannot(action, "treatment.length", `the number of control blocks (${control.length})`, treatment.length)}. ` +
        "Pass one entry per block for both arms, with zero trials where an arm had no traffic",
    );
  }
  control.forEach((counts, i) => requireCounts(action, `control[${i}]`, counts));
  treatment.forEach((counts, i) => requireCounts(action, `treatment[${i}]`, counts));
}

/**
 * Blocks in which both arms have traffic, weighted by how much they say: the pooled difference of the arms'
 * proportions, or null.
 */
export function stratifiedDifference(
  control: readonly ProportionCounts[],
  treatment: readonly ProportionCounts[],
): number | null {
  let weights = 0;
  let sum = 0;
  for (let i = 0; i < control.length; i++) {
    const c = control[i] as ProportionCounts;
    const t = treatment[i] as ProportionCounts;
    if (c.trials === 0 || t.trials === 0) continue;
    const weight = (c.trials * t.trials) / (c.trials + t.trials);
    weights += weight;
    sum += weight * (t.successes / t.trials - c.successes / c.trials);
  }
  return weights === 0 ? null : sum / weights;
}

/** The Mantel-Haenszel estimate of the ratio of proportions, treatment / control; null where it is not defined. */
export function stratifiedRatio(
  control: readonly ProportionCounts[],
  treatment: readonly ProportionCounts[],
): number | null {
  let above = 0;
  let below = 0;
  for (let i = 0; i < control.length; i++) {
    const c = control[i] as ProportionCounts;
    const t = treatment[i] as ProportionCounts;
    if (c.trials === 0 || t.trials === 0) continue;
    above += (t.successes * c.trials) / (c.trials + t.trials);
    below += (c.successes * t.trials) / (c.trials + t.trials);
  }
  return below === 0 ? null : above / below;
}

/** The Mantel-Haenszel estimate of the odds ratio, treatment / control; null where it is not defined. */
export function stratifiedOddsRatio(
  control: readonly ProportionCounts[],
  treatment: readonly ProportionCounts[],
): number | null {
  let above = 0;
  let below = 0;
  for (let i = 0; i < control.length; i++) {
    const c = control[i] as ProportionCounts;
    const t = treatment[i] as ProportionCounts;
    const trials = c.trials + t.trials;
    if (c.trials === 0 || t.trials === 0) continue;
    above += (t.successes * (c.trials - c.successes)) / trials;
    below += (c.successes * (t.trials - t.successes)) / trials;
  }
  return below === 0 ? null : above / below;
}
