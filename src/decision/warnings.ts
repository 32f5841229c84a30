import type { Analysis, MetricAnalysis } from "../analysis/analysis.ts";
import { isNotComputable } from "../errors.ts";
import type { Warning } from "./reasons.ts";

/** A rule whose p-value is this small, but not small enough, is worth a warning. */
const suspicion = 0.05;

/** What in the data deserves a second look, whatever the decision. */
export function warningsOf(analysis: Analysis): Warning[] {
  const { checks, quality } = analysis;
  const warnings: Warning[] = [];
  const said = new Set<string>();
  const add = (warning: Warning): void => {
    const key = JSON.stringify(warning);
    if (!said.has(key)) warnings.push(warning);
    said.add(key);
  };
  for (const { treatment, metrics } of analysis.comparisons) {
    for (const metric of metrics) {
      suspectedHarm(metric, treatment).forEach(add);
      metric.notes.forEach((note) => {
        if (note.code === "quantile-unbounded") add({ code: note.code, metric: metric.metric, arm: note.arm, records: note.n, needed: note.needed });
        else add({ code: note.code, metric: metric.metric, arm: note.arm, count: note.count });
      });
    }
  }
  for (const [arm, { count, zeroLatency }] of Object.entries(quality.failures)) {
    if (zeroLatency > 0) add({ code: "failures-with-zero-latency", arm, failures: count, zeroLatency });
  }
  const { sampleRatio } = checks;
  if (isNotComputable(sampleRatio)) add({ code: "sample-ratio-not-checked", detail: sampleRatio.detail });
  const rejected = Object.values(quality.rejected).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  if (rejected > 0) add({ code: "rejected-rows", count: rejected, rows: quality.rows - quality.filtered });
  if (Object.keys(quality.otherArms).length > 0) add({ code: "other-arms-left-out", arms: quality.otherArms });
  if (quality.outsideWindow > 0) add({ code: "outside-window", count: quality.outsideWindow });
  return warnings;
}

function suspectedHarm({ metric, rules }: MetricAnalysis, treatment: string): Warning[] {
  return rules.flatMap(({ rule, claim }): Warning[] => {
    if (isNotComputable(claim) || claim.established || !claim.suspected || claim.pValue > suspicion) return [];
    return [{ code: "harm-suspected", metric, treatment, rule, pValue: claim.pValue }];
  });
}
