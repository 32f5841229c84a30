import { readFileSync } from "node:fs";
import type { NotComputable } from "../../../src/errors.ts";
import { closeTo } from "../../helpers/close-to.ts";

/** One entry of fixtures/reference/engines. */
export interface Vector {
  readonly source: string;
  readonly name?: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly inputs: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly expected: any;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly expectedFull?: any;
  readonly knownDefect?: string;
  readonly tolerance: "exact" | string | { readonly abs?: number; readonly rel?: number };
}

export function vectors(file: string): Vector[] {
  return JSON.parse(
    readFileSync(new URL(`../../../fixtures/reference/engines/${file}.json`, import.meta.url), "utf8"),
  ) as Vector[];
}

/** The result of a computable outcome; fails on "could not compute". */
export function computed<T extends { readonly computable: true }>(result: T | NotComputable): T {
  if (!result.computable) throw new Error(`not computable: ${result.reason}, ${result.detail}`);
  return result;
}

/** Agrees within the tolerance that the vector states ("exact": to the last bits). */
export function agrees(actual: number, expected: unknown, tolerance: Vector["tolerance"], what: string): void {
  const allowed = typeof tolerance === "object" ? tolerance : { rel: 1e-13, abs: 1e-15 };
  closeTo(actual, Number(expected), allowed.rel ?? 0, allowed.abs ?? 0, what);
}

/** Arms of a table {x1, n1, x2, n2} whose difference is p1 - p2: the first is the treatment. */
export function armsOf(inputs: {
  x1: number;
  n1: number;
  x2: number;
  n2: number;
}): readonly [control: { successes: number; trials: number }, treatment: { successes: number; trials: number }] {
  return [
    { successes: inputs.x2, trials: inputs.n2 },
    { successes: inputs.x1, trials: inputs.n1 },
  ];
}
