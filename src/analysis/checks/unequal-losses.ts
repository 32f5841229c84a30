import type { Metric, Policy } from "../../policy/policy.ts";
import { equalSharesEvidence } from "../../stats/anytime/proportions/equal-shares.ts";
import type { ProportionCounts } from "../../stats/proportions/counts.ts";
import { statisticFor } from "../../summary/plan.ts";
import { fieldsOf } from "../../summary/statistic.ts";
import type { Statistic, Summary } from "../../summary/summary.ts";
import type { ArmData } from "../data/arm-data.ts";
import type { ArmReader } from "../data/arm-reader.ts";
import type { CountOf, DataFault } from "./data-fault.ts";
import { countDispersion } from "./sample-ratio.ts";

/**
 * Did the arms lose different shares of their rows, or of a value that decides?
 *
 * What is lost is often what failed, so a treatment that loses more looks better than it is. Both are tested at all
 * looks by {@link equalSharesEvidence}, at the level of the sample ratio divided by the number of tests. Counts are
 * divided by how much more they vary than those of independent requests would.
 *
 * A request that failed may have no latency and no score: its failure is counted already. So of every field but the
 * outcome itself, only the values are counted that are missing beyond the number of failures.
 */
export function unequalLosses(summary: Summary, read: ArmReader, policy: Policy, treatment: string): DataFault[] {
  const metrics = policy.metrics.filter(({ role }) => role !== "secondary");
  const names = [...new Map(metrics.map((metric) => [lossName(metric), metric]))];
  const lnAlpha = Math.log(policy.sampleRatioAlpha / (names.length + 1));
  const dispersion = countDispersion(summary);
  const differ = (control: CountOf, treated: CountOf): number | undefined => {
    if (control.count + treated.count === 0 || control.of === 0 || treated.of === 0) return undefined;
    const { lnPValue } = equalSharesEvidence(scaled(control, dispersion), scaled(treated, dispersion));
    return lnPValue <= lnAlpha ? lnPValue : undefined;
  };
  const faults: DataFault[] = [];
  const [control, treated] = [rejectedOf(summary, policy.control), rejectedOf(summary, treatment)];
  const lnPValue = differ(control, treated);
  if (lnPValue !== undefined)
    faults.push({ code: "rejections-differ", blocks: true, control, treatment: treated, lnPValue });
  for (const [field, metric] of names) {
    const missing = (arm: string): CountOf => missingOf(read(metric, arm), metric, summary);
    const [ofControl, ofTreatment] = [missing(policy.control), missing(treatment)];
    const found = differ(ofControl, ofTreatment);
    if (found === undefined) continue;
    faults.push({
      code: "missing-values-differ",
      blocks: true,
      field,
      control: ofControl,
      treatment: ofTreatment,
      lnPValue: found,
    });
  }
  return faults;
}

/** The fields whose values a metric needs. */
function lossName(metric: Metric): string {
  return fieldsOf(statisticFor(metric)).join(" or ");
}

function rejectedOf({ quality: { byArm } }: Summary, arm: string): CountOf {
  const { accepted, rejected } = (Object.hasOwn(byArm, arm) ? byArm[arm] : undefined) ?? { accepted: 0, rejected: 0 };
  return { count: rejected, of: accepted + rejected };
}

/** Records without the metric's values, beyond those that failed. */
function missingOf({ arm, epochs, records }: ArmData, metric: Metric, { quality }: Summary): CountOf {
  const isOutcome = metric.kind === "proportion" && metric.field === "success";
  const failures = isOutcome ? 0 : (quality.failures[arm]?.count ?? 0);
  const present = epochs.reduce((sum, statistic) => sum + (statistic === null ? 0 : valuesOf(statistic)), 0);
  return { count: Math.max(0, records - present - failures), of: records };
}

function valuesOf(statistic: Statistic): number {
  switch (statistic.kind) {
    case "count":
      return statistic.trials;
    case "sketch":
      return statistic.sketch.count;
    case "moments":
      return statistic.moments.count;
    case "comoments":
      return statistic.comoments.count;
  }
}

/** As many independent requests as these are worth, with the same share. */
function scaled({ count, of }: CountOf, dispersion: number): ProportionCounts {
  const trials = Math.max(1, Math.round(of / dispersion));
  return { trials, successes: Math.min(trials, Math.round(count / dispersion)) };
}
