import { requireNumber } from "../errors.ts";

/** Throws unless `value` is a number (infinities included). */
export function requireArgument(action: string, field: string, value: number): void {
  requireNumber(action, field, "a number", value, () => true);
}

/** Throws unless `value` is positive and finite. */
export function requirePositive(action: string, field: string, value: number): void {
  requireNumber(action, field, "a positive finite number", value, (x) => x > 0 && x < Infinity);
}

/** Throws unless `value` lies in [0, 1]. */
export function requireUnitInterval(action: string, field: string, value: number): void {
  requireNumber(action, field, "a probability in [0, 1]", value, (x) => x >= 0 && x <= 1);
}

/** Throws unless `value` is the logarithm of a probability. */
export function requireLogProbability(action: string, field: string, value: number): void {
  requireNumber(action, field, "the logarithm of a probability, at most 0", value, (x) => x <= 0);
}
