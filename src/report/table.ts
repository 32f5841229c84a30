import type { Analysis, MetricAnalysis } from "../analysis/analysis.ts";
import type { TrajectoryPoint } from "../analysis/trajectory.ts";
import type { DecidedMetric, Decision } from "../decision/decision.ts";
import { cannot, isNotComputable } from "../errors.ts";

/** One metric of one treatment as a flat row; `null` where a figure could not be computed or a side is unbounded. */
export interface MetricRecord {
  /** End of the period, milliseconds since 1970; only in the rows of a trajectory. */
  readonly until?: number | null;
  readonly treatment: string;
  readonly metric: string;
  readonly role: string;
  readonly control_n: number;
  readonly control: number | null;
  readonly treatment_n: number;
  readonly treatment_value: number | null;
  /** `difference` (treatment - control) or `ratio` (treatment / control). */
  readonly scale: string | null;
  readonly estimate: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** p-value against "no effect", valid at every look. */
  readonly anytime_p: number | null;
  readonly anytime_ln_p: number | null;
  /** Only of a decision. */
  readonly goal?: string;
  readonly rollback_rule?: string;
}

/** What is needed of the package `arquero`. */
export interface TableModule<Table> {
  readonly from: (rows: MetricRecord[]) => Table;
}

/**
 * A result as an arquero table: one row per treatment and metric, and per period for a trajectory.
 *
 * @param result - a decision, an analysis, or a trajectory.
 * @param arquero - the optional package: `await import("arquero")`.
 * @throws {TypeError} when the result is none of these.
 * @example
 * ```ts
 * toTable(decision, await import("arquero")).select("metric", "estimate", "lower", "upper").print();
 * ```
 */
export function toTable<Table>(
  result: Decision | Analysis | readonly TrajectoryPoint[],
  arquero: TableModule<Table>,
): Table {
  return arquero.from(metricRecords(result));
}

/** The rows of {@link toTable}, as plain objects. */
function metricRecords(result: Decision | Analysis | readonly TrajectoryPoint[]): MetricRecord[] {
  if (Array.isArray(result)) {
    return (result as readonly TrajectoryPoint[]).flatMap(({ until, analysis }) =>
      isNotComputable(analysis) ? [] : metricRecords(analysis).map((row) => ({ until, ...row })),
    );
  }
  const { comparisons } = result as Analysis;
  if (!Array.isArray(comparisons))
    throw new TypeError(cannot("make a table", "the result", "a decision, an analysis or a trajectory", result));
  return (comparisons as Analysis["comparisons"]).flatMap(({ treatment, metrics }) =>
    metrics.map((metric) => recordOf(treatment, metric)),
  );
}

function recordOf(treatment: string, metric: MetricAnalysis | DecidedMetric): MetricRecord {
  const effect = isNotComputable(metric.effect) ? null : metric.effect;
  const anytime = isNotComputable(metric.anytime) ? null : metric.anytime;
  return {
    treatment,
    metric: metric.metric,
    role: metric.role,
    control_n: metric.control.n,
    control: metric.control.value,
    treatment_n: metric.treatment.n,
    treatment_value: metric.treatment.value,
    scale: effect?.kind ?? null,
    estimate: effect?.estimate ?? null,
    lower: effect?.interval[0] ?? null,
    upper: effect?.interval[1] ?? null,
    anytime_p: anytime?.pValue ?? null,
    anytime_ln_p: anytime?.lnPValue ?? null,
    ...("verdict" in metric ? { goal: metric.verdict.goal, rollback_rule: metric.verdict.rollbackRule } : {}),
  };
}
