import type { Operator } from "./expression-tree.ts";

/**
 * Whether a raw value satisfies a comparison. An empty text counts as null; texts that are numbers compare as numbers.
 */
export function satisfies(raw: unknown, operator: Operator, literal: string | number | null): boolean {
  const value = raw === undefined || raw === "" ? null : raw;
  if (operator === "==" || operator === "!=") {
    const equal =
      literal === null
        ? value === null
        : typeof literal === "number"
          ? value !== null && Number(value) === literal
          : value !== null && String(value) === literal;
    return (operator === "==") === equal;
  }
  return value !== null && inOrder(Number(value), operator, literal as number);
}

/** Whether two numbers are in the order that an operator asks for; NaN is in none. */
export function inOrder(number: number, operator: Exclude<Operator, "==" | "!=">, bound: number): boolean {
  return operator === "<"
    ? number < bound
    : operator === "<="
      ? number <= bound
      : operator === ">"
        ? number > bound
        : number >= bound;
}
