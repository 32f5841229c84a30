import type { Experiment } from "../experiment.ts";
import type { Verdict } from "./decision-document.ts";
import { sameSplit, splitOf } from "./split.ts";
import type { Split } from "./split.ts";

/** A step of an enactment: a split may be changed only while paused. */
export type EnactStep = "pause" | "update" | "resume";

/**
 * Which split does a verdict ask for?
 *
 * @param ramp - treatment shares to go through when shipping, ascending, e.g. [10, 25, 50, 100]
 * @returns the split, or `undefined` where there is nothing to change
 */
export function targetSplit(verdict: Verdict, current: Split, ramp: readonly number[]): Split | undefined {
  if (verdict === "rollback") return { control: 100, treatment: 0 };
  if (verdict !== "ship") return undefined;
  const next = ramp.find((share) => share > current.treatment + 1e-9);
  return next === undefined ? undefined : { control: 100 - next, treatment: next };
}

/** The step that brings an experiment nearer to a split; `undefined` when it is there and active. */
export function nextStep(experiment: Experiment, target: Split): EnactStep | undefined {
  const there = sameSplit(splitOf(experiment), target);
  if (experiment.status === "active") return there ? undefined : "pause";
  return there ? "resume" : "update";
}
