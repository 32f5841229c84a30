/** A confidence interval; an end that the data don't bound is -Infinity or Infinity. */
export type Interval = readonly [lower: number, upper: number];
