import { readFileSync } from "node:fs";

/** Reads fixtures/reference/<name>.json. */
export function reference<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../fixtures/reference/${name}.json`, import.meta.url), "utf8")) as T;
}

/** |a / b - 1|, or |a| where b is 0. */
export function relativeError(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : Math.abs(a / b - 1);
}
