import { requireNumber } from "../errors.ts";
import { labelledRandom } from "./random.ts";

/** What can go wrong on the way. `-after` = the server acted, but its answer never arrived whole. */
export type FaultKind =
  | "latency"
  | "rate-limited"
  | "server-error"
  | "server-error-after"
  | "drop"
  | "drop-after"
  | "truncated"
  | "stale"
  | "clock-skew";

/** How often what goes wrong. */
export interface FaultPlan {
  /** Chance per request of each kind; at most one happens to a request, so they add to at most 1. */
  readonly rates: Readonly<Partial<Record<FaultKind, number>>>;
  readonly seed?: number;
  /** Added to an answer with the `latency` fault, in milliseconds; 200 where absent. */
  readonly latencyMs?: number;
  /** What a 429 asks the client to wait, in seconds; 1 where absent. */
  readonly retryAfterSeconds?: number;
  /** How wrong the `Date` header is with `clock-skew`, in milliseconds; 6 hours where absent. */
  readonly clockSkewMs?: number;
}

/** Draws what happens to the next request. */
export type FaultSource = () => FaultKind | undefined;

/**
 * A repeatable series of faults.
 *
 * @throws {RangeError} unless the rates are chances that add to at most 1
 */
export function faultSource(plan: FaultPlan | undefined): FaultSource {
  const rates = Object.entries(plan?.rates ?? {}) as [FaultKind, number][];
  for (const [kind, rate] of rates)
    requireNumber("inject faults", `rates.${kind}`, "from 0 to 1", rate, (x) => x >= 0 && x <= 1);
  requireNumber(
    "inject faults",
    "the sum of rates",
    "at most 1",
    rates.reduce((sum, [, rate]) => sum + rate, 0),
    (x) => x <= 1 + 1e-12,
  );
  const random = labelledRandom("faults", plan?.seed ?? 1);
  return () => {
    let place = random();
    return rates.find(([, rate]) => (place -= rate) < 0)?.[0];
  };
}
