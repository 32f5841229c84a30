import { linearRegression } from "simple-statistics";
import { isNotComputable } from "../errors.ts";
import type { Metric, Policy } from "../policy/policy.ts";
import type { Summary } from "../summary/summary.ts";
import type { EffectTrend } from "./analysis.ts";
import { armData } from "./arm-data.ts";
import { symmetricPValue } from "./fixed/normal-test.ts";
import { displayScale } from "./metric-evidence.ts";
import { engineFor } from "./metrics/engine-for.ts";

const stretches = 8;
const millisecondsPerDay = 86_400_000;

/**
 * Does a metric's effect change over the experiment, as novelty wears off or users learn?
 *
 * The experiment is cut into eight stretches of about equally many records; the effect in each is regressed on time.
 */
export function effectTrends(summary: Summary, policy: Policy, treatment: string): EffectTrend[] {
  const parts = stretchesOf(summary);
  return parts === null ? [] : policy.metrics.filter(({ role }) => role !== "secondary").flatMap((metric) => trendOf(metric, parts, policy, treatment));
}

interface Stretch {
  readonly summary: Summary;
  /** Middle, days since 1970-01-01 UTC. */
  readonly day: number;
}

function stretchesOf(summary: Summary): Stretch[] | null {
  const records = new Map<number, number>();
  for (const { period, segment, records: count } of summary.cells) {
    if (period === null) return null;
    if (segment === null) records.set(period, (records.get(period) ?? 0) + count);
  }
  if (records.size < stretches) return null;
  const total = [...records.values()].reduce((sum, count) => sum + count, 0);
  const stretchOf = new Map<number, number>();
  let before = 0;
  for (const period of [...records.keys()].sort((a, b) => a - b)) {
    const count = records.get(period) as number;
    stretchOf.set(period, Math.min(stretches - 1, Math.floor(((before + count / 2) / total) * stretches)));
    before += count;
  }
  return Array.from({ length: stretches }, (_, index): Stretch => {
    const periods = [...stretchOf].filter(([, stretch]) => stretch === index).map(([period]) => period);
    const middle = periods.reduce((sum, period) => sum + period, 0) / periods.length + summary.plan.periodMs / 2;
    return { day: middle / millisecondsPerDay, summary: { ...summary, clusters: [], cells: summary.cells.filter(({ period, segment }) => segment === null && stretchOf.get(period as number) === index) } };
  }).filter(({ summary: part }) => part.cells.length > 0);
}

function trendOf(metric: Metric, parts: readonly Stretch[], policy: Policy, treatment: string): EffectTrend[] {
  const kind = displayScale(metric);
  const effects = parts.flatMap(({ summary, day }) => {
    const engine = engineFor(metric, armData(summary, metric, policy.control), armData(summary, metric, treatment));
    const effect = isNotComputable(engine) ? engine : engine.estimate(kind);
    if (isNotComputable(effect)) return [];
    const onScale = kind === "ratio" ? Math.log(effect) : effect;
    return Number.isFinite(onScale) ? [{ day, effect, onScale }] : [];
  });
  if (effects.length < stretches / 2) return [];
  const origin = (effects[0] as { day: number }).day;
  const { m, b } = linearRegression(effects.map(({ day, onScale }) => [day - origin, onScale]));
  const mean = effects.reduce((sum, { day }) => sum + day - origin, 0) / effects.length;
  const spread = effects.reduce((sum, { day }) => sum + (day - origin - mean) ** 2, 0);
  const residual = effects.reduce((sum, { day, onScale }) => sum + (onScale - b - m * (day - origin)) ** 2, 0);
  const degreesOfFreedom = effects.length - 2;
  const standardError = Math.sqrt(residual / degreesOfFreedom / spread);
  if (!(standardError > 0)) return [];
  return [
    {
      metric: metric.name,
      kind,
      slopePerDay: m,
      pValue: symmetricPValue(m / standardError, "two-sided", degreesOfFreedom).pValue,
      first: (effects[0] as { effect: number }).effect,
      last: (effects.at(-1) as { effect: number }).effect,
    },
  ];
}
