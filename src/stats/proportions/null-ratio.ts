import { requireNumber } from "../../errors.ts";
import type { TestOptions } from "../result.ts";

/** Options of the methods for a ratio or an odds ratio. */
export interface RatioOptions extends TestOptions {
  /** Ratio treatment / control under the null, positive; default 1. */
  readonly nullRatio?: number;
}

/** Throws unless the null ratio is positive and finite. */
export function requireRatio(action: string, nullRatio: number): void {
  requireNumber(action, "nullRatio", "a positive finite number", nullRatio, (x) => x > 0 && x < Infinity);
}
