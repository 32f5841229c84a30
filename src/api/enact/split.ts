import type { Experiment } from "../experiment.ts";

/** A split of the traffic, in percent. */
export interface Split {
  readonly control: number;
  readonly treatment: number;
}

/** An experiment's split. */
export function splitOf(experiment: Experiment): Split {
  const { control, treatment } = experiment.traffic_allocation;
  return { control: control.percentage, treatment: treatment.percentage };
}

/** Whether two splits are the same, up to the rounding of decimal fractions. */
export function sameSplit(a: Split, b: Split): boolean {
  return Math.abs(a.control - b.control) <= 1e-9 && Math.abs(a.treatment - b.treatment) <= 1e-9;
}

/** A split in words. */
export function shownSplit({ control, treatment }: Split): string {
  return `${control} % control / ${treatment} % treatment`;
}
