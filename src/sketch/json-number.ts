/** A number, with the infinities spelled out, which JSON lacks. */
export type JsonNumber = number | "Infinity" | "-Infinity";

export function toJsonNumber(value: number): JsonNumber {
  return value === Infinity ? "Infinity" : value === -Infinity ? "-Infinity" : value;
}

/** Whether a value is a number, or an infinity spelled out; `Number(value)` is what it says. */
export function isJsonNumber(value: unknown): value is JsonNumber {
  return value === "Infinity" || value === "-Infinity" || (typeof value === "number" && !Number.isNaN(value));
}
