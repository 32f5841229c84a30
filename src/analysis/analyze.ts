import type { Policy } from "../policy/policy.ts";
import type { Summary } from "../summary/summary.ts";
import { analysisFeatures } from "./all-features.ts";
import type { Analysis } from "./analysis.ts";
import { analyzeWith } from "./analyze-with.ts";
import { prepareAnalysis, type PreparedAnalysis } from "./prepare-analysis.ts";

/**
 * What do the data say about each treatment?
 *
 * @param summary - of a plan made by `planFor` from the same policy.
 * @param policy - metrics, margins, rules, monitoring.
 * @returns per treatment and metric: levels, effect with interval (treatment - control, or treatment / control),
 * evidence for its goal and its rules, and the checks of the data. It judges nothing; `decide` does.
 *
 * Under `anytime` monitoring every interval and p-value in `anytime`, `effect`, `goal` and `rules` stays valid at all
 * looks (asymptotic, see docs/guarantees.md); `fixedHorizon` holds for one planned look.
 * @throws {SummaryError} when the summary was made for other arms or lacks a metric's statistic.
 * @example
 * ```ts
 * const analysis = analyze(summarize(records, planFor(policy)), policy);
 * analysis.comparisons[0].metrics[0].effect;
 * ```
 */
export function analyze(summary: Summary, policy: Policy): Analysis {
  return analyzeWith(summary, policy, analysisFeatures);
}

/** Analyses what a decision needs; `claimsOnly` leaves out even intervals and tests. */
export function analyzeClaims(summary: Summary, policy: Policy, claimsOnly = false): PreparedAnalysis {
  return prepareAnalysis(summary, policy, analysisFeatures, claimsOnly);
}
