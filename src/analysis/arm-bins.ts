import type { HistogramBins } from "../sketch/histogram.ts";
import type { ArmData } from "./arm-data.ts";

const known = new WeakMap<ArmData, (HistogramBins | null)[]>();

/** The bins of an arm's distribution in one epoch, listed once however many quantiles are read from them; `null` where there is none. */
export function armBins(arm: ArmData, epoch: number): HistogramBins | null {
  let lists = known.get(arm);
  if (lists === undefined) {
    lists = [];
    known.set(arm, lists);
  }
  const statistic = arm.epochs[epoch];
  return (lists[epoch] ??= statistic?.kind === "sketch" ? statistic.sketch.bins() : null);
}
