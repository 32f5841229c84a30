import { SummaryError, cannot } from "../errors.ts";
import type { Metric, Policy } from "../policy/policy.ts";
import { planFor } from "../summary/plan.ts";
import type { Summary } from "../summary/summary.ts";
import type { Analysis, Comparison, QualityReport } from "./analysis.ts";
import { analyzeMetric } from "./analyze-metric.ts";
import { armData } from "./arm-data.ts";
import { sampleRatioCheck } from "./checks/sample-ratio.ts";
import { sampleSizeCheck } from "./checks/sample-size.ts";

/**
 * What do the data say about each treatment?
 *
 * @param summary - of a plan made by `planFor` from the same policy.
 * @param policy - metrics, margins, rules, monitoring.
 * @returns per treatment and metric: levels, effect with interval (treatment - control, or treatment / control), evidence
 * for its goal and its rules, and the checks of the data. It judges nothing; `decide` does.
 *
 * Under `anytime` monitoring every interval and p-value in `anytime`, `effect`, `goal` and `rules` stays valid at all looks
 * (asymptotic, see docs/guarantees.md); `fixedHorizon` holds for one planned look.
 * @throws SummaryError when the summary was made for other arms or lacks a metric's statistic.
 * @example
 * ```ts
 * const analysis = analyze(summarize(records, planFor(policy)), policy);
 * analysis.comparisons[0].metrics[0].effect;
 * ```
 */
export function analyze(summary: Summary, policy: Policy): Analysis {
  requireArms(summary, policy);
  return {
    specVersion: 1,
    control: policy.control,
    comparisons: policy.treatments.map((treatment) => compare(summary, policy, treatment)),
    checks: { sampleRatio: sampleRatioCheck(summary, policy), sampleSize: sampleSizeCheck(summary, policy) },
    quality: qualityReport(summary),
  };
}

function compare(summary: Summary, policy: Policy, treatment: string): Comparison {
  const metrics = policy.metrics.map((metric: Metric) =>
    analyzeMetric(metric, policy, armData(summary, metric, policy.control), armData(summary, metric, treatment)),
  );
  return { treatment, metrics };
}

function requireArms(summary: Summary, policy: Policy): void {
  const planned = planFor(policy).arms;
  if (JSON.stringify(summary.plan.arms) !== JSON.stringify(planned)) {
    throw new SummaryError(cannot("analyze the summary", "plan.arms", `the policy's arms ${JSON.stringify(planned)}`, summary.plan.arms), {
      code: "different-arms", field: "plan.arms", value: summary.plan.arms, fix: "Summarize the records again with this policy",
    });
  }
  const records = new Map(planned.map((arm) => [arm, 0]));
  for (const { arm, segment, records: count } of summary.cells) if (segment === null) records.set(arm, (records.get(arm) ?? 0) + count);
  const empty = [...records].filter(([, count]) => count === 0).map(([arm]) => arm);
  if (empty.length === 0) return;
  const seen = Object.keys(summary.quality.otherArms);
  const present = [...records].filter(([, count]) => count > 0).map(([arm]) => arm);
  const field = empty.includes(policy.control) ? "control" : `treatments[${policy.treatments.indexOf(empty[0] as string)}]`;
  throw new SummaryError(
    cannot("analyze the records", field, `an arm that has records; the data hold ${JSON.stringify([...present, ...seen].slice(0, 20))}`, empty[0]),
    { code: "arm-without-records", field, value: empty[0], fix: "Correct the arm's name in the policy, or the mapping of arm" },
  );
}

function qualityReport({ quality }: Summary): QualityReport {
  const { records, otherArms, outsideWindow, failures } = quality;
  return { ...records, otherArms, outsideWindow, failures };
}
