import { requireProbability } from "../../errors.ts";
import type { Interval } from "../interval.ts";

/**
 * What a sequential method promises when it is looked at after every request, forever.
 *
 * - `anytime-exact`: P(ever reject | null) <= alpha at every finite sample size, under the assumptions the method
 *   states.
 * - `anytime-asymptotic`: the same in the limit; the error at finite sizes is measured in docs/guarantees.md, not
 *   proved.
 */
export type AnytimeGuarantee = "anytime-exact" | "anytime-asymptotic";

/**
 * The one form in which every sequential method states its evidence against a null hypothesis.
 *
 * Evidence E is an e-value: under the null its expectation is at most 1 at any stopping time, so the null is rejected
 * at level alpha the first time `lnEvidence >= evidenceThreshold(alpha)`, and the p-value stays valid under continuous
 * looking.
 */
export interface SequentialEvidence {
  /** Name of the method, e.g. `block-reverse-information-projection`. */
  readonly method: string;
  readonly guarantee: AnytimeGuarantee;
  /** Natural logarithm of the evidence at this look. */
  readonly lnEvidence: number;
  /** Always-valid p-value: min(1, 1 / largest evidence so far), or 1 / evidence where the past is not kept. */
  readonly pValue: number;
  /** Natural logarithm of the p-value; finite where the p-value itself underflows. */
  readonly lnPValue: number;
}

/** An interval that contains the true effect at all times at once with probability `level`. */
export interface ConfidenceSequenceResult {
  readonly computable: true;
  /** Name of the method. */
  readonly method: string;
  readonly guarantee: AnytimeGuarantee;
  /** Point estimate of the effect, or null where there is none. */
  readonly estimate: number | null;
  /** Lower and upper end; -Infinity or Infinity where the data do not bound that side. */
  readonly interval: Interval;
  /** 1 - alpha. */
  readonly level: number;
}

/** The value that `lnEvidence` must reach to reject at level `alpha`: ln(1 / alpha). */
export function evidenceThreshold(alpha: number): number {
  requireProbability("compute the evidence threshold", "alpha", alpha);
  return -Math.log(alpha);
}

/** Whether the always-valid p-value is at most `alpha`. */
export function isRejected(evidence: Pick<SequentialEvidence, "lnPValue">, alpha: number): boolean {
  return -evidence.lnPValue >= evidenceThreshold(alpha);
}

/**
 * Builds a {@link SequentialEvidence}.
 *
 * @param lnLargestEvidence - the largest ln E over all looks so far, where the method keeps it; the p-value follows it.
 */
export function sequentialEvidence(
  method: string,
  guarantee: AnytimeGuarantee,
  lnEvidence: number,
  lnLargestEvidence: number = lnEvidence,
): SequentialEvidence {
  const lnPValue = Math.min(0, -Math.max(lnEvidence, lnLargestEvidence));
  return { method, guarantee, lnEvidence, pValue: Math.exp(lnPValue), lnPValue: lnPValue === 0 ? 0 : lnPValue };
}
