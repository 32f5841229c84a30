import { linearRegression } from "simple-statistics";
import { isNotComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import { symmetricPValue } from "../../stats/p-value.ts";
import type { EffectTrend } from "../analysis.ts";
import { armData } from "../data/arm-data.ts";
import type { TimePart } from "../data/time-parts.ts";
import { displayScale } from "../evidence/goals-and-rules.ts";
import { engineFor } from "../metrics/engine-for.ts";

/** Effects in fewer stretches than this make no trend. */
const fewestStretches = 4;

/**
 * Does a metric's effect change over the experiment, as novelty wears off or users learn?
 *
 * The experiment is cut into stretches of about equally many records; the effect in each is regressed on time.
 */
export function effectTrends(parts: readonly TimePart[] | null, policy: Policy, treatment: string): EffectTrend[] {
  return parts === null
    ? []
    : policy.metrics
        .filter(({ role }) => role !== "secondary")
        .flatMap((metric) => trendOf(metric, parts, policy, treatment));
}

function trendOf(metric: Metric, parts: readonly TimePart[], policy: Policy, treatment: string): EffectTrend[] {
  const kind = displayScale(metric);
  const effects = parts.flatMap(({ summary, day }) => {
    const engine = engineFor(metric, armData(summary, metric, policy.control), armData(summary, metric, treatment));
    const effect = isNotComputable(engine) ? engine : engine.estimate(kind);
    if (isNotComputable(effect)) return [];
    const onScale = kind === "ratio" ? Math.log(effect) : effect;
    return Number.isFinite(onScale) ? [{ day, effect, onScale }] : [];
  });
  if (effects.length < fewestStretches) return [];
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
