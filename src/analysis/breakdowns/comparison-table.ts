import { isNotComputable, type NotComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import type { EffectEstimate, EffectInterval, TableRow } from "../analysis.ts";
import type { ArmReader } from "../data/arm-reader.ts";
import type { MetricContext } from "../evidence/claim-evaluator.ts";
import { effectOf, estimatesOf } from "../evidence/estimates.ts";
import { dependentEngine } from "../metrics/dependent-engine.ts";
import type { MetricEngine } from "../metrics/engine.ts";

const shownQuantiles = [
  ["p50", 0.5],
  ["p90", 0.9],
  ["p99", 0.99],
] as const;

/**
 * Levels and improvements of everything that was measured, once per field: for a distribution its mean and quantiles.
 */
export function comparisonTable(
  read: ArmReader,
  policy: Policy,
  treatment: string,
  context: MetricContext,
): TableRow[] {
  const rows = new Map<string, TableRow>();
  for (const metric of policy.metrics) {
    for (const { name, measure, engine } of measuresOf(metric, read, policy, treatment)) {
      const key = JSON.stringify([name, measure]);
      if (!rows.has(key)) rows.set(key, rowOf(name, measure, metric, engine, policy, context));
    }
  }
  return [...rows.values()];
}

interface Measure {
  readonly name: string;
  readonly measure: TableRow["measure"];
  readonly engine: MetricEngine;
}

function measuresOf(metric: Metric, read: ArmReader, policy: Policy, treatment: string): Measure[] {
  const [control, treated] = [read(metric, policy.control), read(metric, treatment)];
  const engineOf = (own: Metric): MetricEngine => dependentEngine(own, policy, control, treated).engine;
  switch (metric.kind) {
    case "proportion":
    case "exceedance":
      return [{ name: metric.name, measure: "share", engine: engineOf(metric) }];
    case "mean":
      return [{ name: metric.field, measure: "mean", engine: engineOf(metric) }];
    case "ratio":
    case "cost":
      return [{ name: metric.name, measure: metric.kind, engine: engineOf(metric) }];
    case "quantile":
      return [
        { name: metric.field, measure: "mean", engine: engineOf({ ...metric, kind: "mean" }) },
        ...shownQuantiles.map(([measure, probability]): Measure => ({
          name: metric.field,
          measure,
          engine: engineOf(probability === metric.probability ? metric : { ...metric, probability }),
        })),
      ];
  }
}

function rowOf(
  name: string,
  measure: TableRow["measure"],
  { better }: Metric,
  engine: MetricEngine,
  policy: Policy,
  context: MetricContext,
): TableRow {
  // The exact methods belong to the deciding metric; the table shows the asymptotic intervals.
  const { look } = context;
  const { control, treatment, effect } = estimatesOf(engine, "difference", policy, { look });
  const ratio = intervalOf(effectOf(engine, "ratio", policy, { look }));
  const improvementPercent =
    ratio === null ? null : 100 * (better === "higher" ? ratio.estimate - 1 : 1 - ratio.estimate);
  return {
    name,
    measure,
    better,
    control,
    treatment,
    difference: intervalOf(effect),
    ratio,
    improvementPercent: Number.isFinite(improvementPercent) ? improvementPercent : null,
  };
}

function intervalOf(effect: EffectEstimate | NotComputable): EffectInterval | null {
  return isNotComputable(effect) ? null : { estimate: effect.estimate, interval: effect.interval };
}
