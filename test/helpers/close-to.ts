import { expect } from "vitest";

/** Expects two numbers to agree within a relative tolerance, or within an absolute one where that is given too. */
export function closeTo(
  actual: number,
  expected: number,
  relative: number,
  absolute: number = 0,
  what: string = "",
): void {
  if (Object.is(actual, expected) || actual === expected) return;
  const error = Math.abs(actual - expected);
  const allowed = Math.max(relative * Math.abs(expected), absolute);
  expect(
    error <= allowed,
    `${what} expected ${expected} within ${allowed}, got ${actual} (relative error ` +
      `${(error / Math.abs(expected)).toExponential(2)})`,
  ).toBe(true);
}
