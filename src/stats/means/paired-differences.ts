import { finiteSample, requireSameLength } from "./sample-moments.ts";

/**
 * The differences treatment - control within pairs.
 *
 * @param action - What the caller wants to do, for error messages.
 * @param control - Values of the control, one per pair.
 * @param treatment - Values of the treatment in the same order.
 * @returns One difference per pair, in the unit of the values.
 * @throws {RangeError} Values that are not finite, samples of different lengths.
 */
export function pairedDifferences(action: string, control: ArrayLike<number>, treatment: ArrayLike<number>): number[] {
  const [c, t] = [finiteSample(action, "control", control), finiteSample(action, "treatment", treatment)];
  requireSameLength(action, "treatment", t, c.length);
  return t.map((value, i) => value - (c[i] as number));
}
