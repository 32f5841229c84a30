import { cannot, requireProbability } from "../errors.ts";
import type { Alternative, TestOptions } from "./result.ts";

/** The options of a test with their defaults, checked. */
export function testOptions(
  action: string,
  options: TestOptions,
): { readonly alternative: Alternative; readonly level: number } {
  const { alternative = "two-sided", level = 0.95 } = options;
  requireOneOf(action, "alternative", alternative, ["two-sided", "less", "greater"]);
  requireProbability(action, "level", level);
  return { alternative, level };
}

/** Throws unless `value` is one of `choices`. */
export function requireOneOf<T extends string>(action: string, field: string, value: T, choices: readonly T[]): void {
  if (!choices.includes(value))
    throw new RangeError(
      cannot(action, field, `one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`, value),
    );
}
