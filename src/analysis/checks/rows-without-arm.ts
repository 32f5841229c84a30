import { isNotComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import type { Statistic, Summary } from "../../summary/summary.ts";
import type { ClaimEvidence, MetricAnalysis } from "../analysis.ts";
import { analyzeMetric } from "../analyze-metric.ts";
import type { ArmData } from "../data/arm-data.ts";
import type { ArmReader } from "../data/arm-reader.ts";
import type { MetricContext } from "../evidence/claim-evaluator.ts";
import type { Claim } from "../evidence/claim.ts";
import type { DataFault } from "./data-fault.ts";

/**
 * Could rejected rows whose arm is unknown change the verdict?
 *
 * A line that can't be taken apart belongs to no arm, and a version may write such lines exactly when it fails. So
 * every goal that is established is asked again as if all of them had been bad requests of the treatment: failed, and
 * slower than all others. Means can't be asked so, since one value may be anything.
 */
export function rowsWithoutArm(
  { quality }: Summary,
  read: ArmReader,
  policy: Policy,
  treatment: string,
  metrics: readonly MetricAnalysis[],
  context: MetricContext,
): DataFault[] {
  const rejected = Object.values(quality.records.rejected).reduce((sum, count) => sum + count, 0);
  const rows = rejected - Object.values(quality.byArm).reduce((sum, arm) => sum + arm.rejected, 0);
  if (rows <= 0) return [];
  const changed = policy.metrics.filter((metric) => {
    const found = metrics.find((one) => one.metric === metric.name);
    if (found === undefined || metric.role === "secondary") return false;
    const worst = withBadRequests(read(metric, treatment), metric, rows);
    if (worst === undefined) return false;
    const other = analyzeMetric(metric, policy, read(metric, policy.control), worst, {
      look: context.look,
      claimsOnly: true,
    });
    return claimsOf(found).some((claim, index) => isLost(claim, claimsOf(other)[index]));
  });
  return changed.length === 0
    ? []
    : [{ code: "rows-without-arm", blocks: true, rows, metrics: changed.map(({ name }) => name) }];
}

/** What must be established before the treatment ships. */
function claimsOf({ goal, limits }: MetricAnalysis): readonly Claim[] {
  return [...(goal === null ? [] : [goal.claim]), ...limits.map(({ claim }) => claim)];
}

function isLost(before: Claim, after: Claim | undefined): boolean {
  if (isNotComputable(before) || !before.established) return false;
  return after === undefined || isNotComputable(after) || !reaches(after, before.alpha);
}

function reaches({ lnPValue }: ClaimEvidence, alpha: number): boolean {
  return lnPValue <= Math.log(alpha);
}

/** The arm with so many more bad requests, in the epoch that has most; `undefined` where a bad one has no number. */
function withBadRequests(arm: ArmData, metric: Metric, rows: number): ArmData | undefined {
  const sizes = arm.epochs.map((statistic) =>
    statistic?.kind === "count" ? statistic.trials : statistic?.kind === "sketch" ? statistic.sketch.count : 0,
  );
  const at = sizes.indexOf(Math.max(...sizes));
  const statistic = arm.epochs[at];
  if (statistic === null || statistic === undefined) return undefined;
  const worse = worseStatistic(statistic, metric, rows);
  return worse === undefined
    ? undefined
    : { ...arm, records: arm.records + rows, epochs: arm.epochs.map((one, index) => (index === at ? worse : one)) };
}

function worseStatistic(statistic: Statistic, { better }: Metric, rows: number): Statistic | undefined {
  if (statistic.kind === "count")
    return {
      kind: "count",
      trials: statistic.trials + rows,
      successes: statistic.successes + (better === "lower" ? rows : 0),
    };
  if (statistic.kind !== "sketch") return undefined;
  const sketch = statistic.sketch.clone();
  sketch.add(better === "lower" ? Infinity : 0, rows);
  return { kind: "sketch", sketch };
}
