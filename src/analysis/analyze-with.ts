import type { Policy } from "../policy/policy.ts";
import type { Summary } from "../summary/summary.ts";
import type { AnalysisFeatures } from "./all-features.ts";
import type { Analysis } from "./analysis.ts";
import { comparisonTable } from "./breakdowns/comparison-table.ts";
import { effectTrends } from "./breakdowns/effect-trends.ts";
import type { TimeParts } from "./data/time-parts.ts";
import { laterEvidence } from "./looks/later-evidence.ts";
import { type ComparisonView, prepareAnalysis } from "./prepare-analysis.ts";

/**
 * What do the data say about each treatment? As `analyze`, with these features only.
 *
 * @throws {PolicyError} when the policy asks for a feature that is not among them.
 */
export function analyzeWith(summary: Summary, policy: Policy, features: AnalysisFeatures | null): Analysis {
  const { analysis, views } = prepareAnalysis(summary, policy, features, false);
  return {
    ...analysis,
    comparisons: analysis.comparisons.map((comparison, index) => {
      const { treatment, sample } = comparison;
      if (sample.treatment === 0) return comparison;
      const { timeParts, read, look, contextOf } = views[index] as ComparisonView;
      const { whole, parts } = timeParts as TimeParts;
      const context = contextOf(null);
      return {
        ...comparison,
        table: comparisonTable(read, policy, treatment, context),
        segments: features?.segmentedEffects(whole, read, policy, treatment, context) ?? [],
        trends: effectTrends(parts, policy, treatment),
        later: laterEvidence(summary, policy, treatment, look),
      };
    }),
  };
}
