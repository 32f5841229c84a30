import type { Split } from "./audit.ts";
import type { Verdict } from "./decision-document.ts";
import type { Experiment } from "./experiment.ts";

/** A step of an enactment: a split may be changed only while paused. */
export type EnactStep = "pause" | "update" | "resume";

/** An experiment's split in percent. */
export function splitOf(experiment: Experiment): Split {
  const { control, treatment } = experiment.traffic_allocation;
  return { control: control.percentage, treatment: treatment.percentage };
}

/** Whether two splits are the same, up to the rounding of decimal fractions. */
export function sameSplit(a: Split, b: Split): boolean {
  return Math.abs(a.control - b.control) <= 1e-9 && Math.abs(a.treatment - b.treatment) <= 1e-9;
}

/**
 * Which split does a verdict ask for?
 *
 * @param ramp treatment shares to go through when shipping, ascending, e.g. [10, 25, 50, 100]
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
