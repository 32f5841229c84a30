import { quantileEffects } from "../../analysis/breakdowns/distributions.ts";
import { isNotComputable } from "../../errors.ts";
import type { Policy, QuantileMetric } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import { intervalOnScale, scaleOf } from "../pictures/effect-scale.ts";
import { formatEffect, formatInterval, unitOf } from "../words/format.ts";
import { domainAround } from "./domain.ts";
import { type ChartOptions, type ChartSpec, chartSpec, rounded } from "./spec.ts";

/** Which quantiles are compared; the spacing follows the axis, which spreads the upper tail. */
const probabilities: readonly number[] = [
  0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995,
];

/**
 * Is the treatment slower everywhere, or only in the tail? The effect on every quantile with a pointwise band.
 *
 * @param summary - of a plan that keeps the metric's distribution.
 * @param policy - its alpha and monitoring set the band.
 * @param metric - a quantile metric of the policy; its scale is kept.
 * @returns a Vega-Lite specification; each interval holds on its own, not all at once.
 */
export function quantileDifferenceChart(
  summary: Summary,
  policy: Policy,
  metric: QuantileMetric,
  treatment: string,
  options: ChartOptions = {},
): ChartSpec {
  const unit = unitOf(metric.field);
  const found = quantileEffects(summary, policy, metric, treatment, probabilities).flatMap(({ probability, effect }) =>
    isNotComputable(effect) ? [] : [{ probability, effect }],
  );
  const points = found.map(({ probability, effect }) => ({
    probability,
    estimate: scaleOf("quantile", effect.kind)(effect.estimate),
    interval: intervalOnScale("quantile", effect),
  }));
  const ratio = found[0]?.effect.kind !== "difference";
  const domain = domainAround(
    [0, ...points.map(({ estimate }) => estimate)],
    points.flatMap(({ interval }) => interval.filter((end) => end !== null)),
  );
  const inside = (value: number): number => rounded(Math.min(domain[1], Math.max(domain[0], value)));
  const values = points.map(({ probability, estimate, interval: [lower, upper] }) => ({
    tail: rounded(100 * (1 - probability)),
    estimate: inside(estimate),
    lower: inside(lower ?? domain[0]),
    upper: inside(upper ?? domain[1]),
  }));
  return chartSpec(
    {
      chart: "quantile-difference",
      finding: findingOf(points, metric.field, treatment),
      subtitle:
        `Effect against ${policy.control} at every quantile, with the ` +
        `${Number((100 * (1 - policy.alpha)).toPrecision(4))} % interval of each one on its own`,
      table: {
        columns: ["quantile", "effect", "interval"],
        rows: found.map(({ probability, effect }) => [
          `P${rounded(100 * probability)}`,
          formatEffect("quantile", effect.kind, effect.estimate, unit),
          formatInterval("quantile", effect.kind, effect.interval),
        ]),
      },
      margin: 74,
      body: (theme, plotWidth) => {
        const x = {
          field: "tail",
          type: "quantitative",
          title: "quantile",
          scale: { type: "log", reverse: true, nice: false, domain: [0.5, 95] },
          axis: {
            values: [95, 50, 10, 1, 0.5].filter((tail) => tail !== 0.5 || plotWidth > 400),
            labelExpr: "'P' + format(100 - datum.value, '~r')",
            grid: true,
          },
        };
        const y = (field: string): Readonly<Record<string, unknown>> => ({
          field,
          type: "quantitative",
          title: ratio ? "treatment / control - 1, %" : `treatment - control${unit === "" ? "" : `, ${unit}`}`,
          scale: { domain: domain.map(rounded), nice: false, zero: false },
        });
        return {
          width: plotWidth,
          height: 200,
          layer: [
            {
              data: { values: [{ none: 0 }] },
              mark: { type: "rule", color: theme.muted, strokeWidth: 1.5 },
              encoding: { y: y("none") },
            },
            {
              data: { values },
              mark: { type: "area", color: theme.arms[1], opacity: 0.25 },
              encoding: { x, y: y("lower"), y2: { field: "upper" } },
            },
            {
              data: { values },
              mark: { type: "line", color: theme.arms[1], point: { filled: true, color: theme.arms[1], size: 28 } },
              encoding: { x, y: y("estimate") },
            },
          ],
        };
      },
    },
    options,
  );
}

interface Point {
  readonly probability: number;
  readonly interval: readonly [number | null, number | null];
}

function findingOf(points: readonly Point[], field: string, treatment: string): string {
  const above = points.filter(({ interval: [lower] }) => lower !== null && lower > 0);
  const below = points.filter(({ interval: [, upper] }) => upper !== null && upper < 0);
  const name = ({ probability }: Point): string => `P${rounded(100 * probability)}`;
  const stretch = (some: readonly Point[]): string =>
    some.length === 1
      ? `at ${name(some[0] as Point)}`
      : `at ${some.length} of ${points.length} quantiles, ${name(some[0] as Point)} to ${name(some.at(-1) as Point)}`;
  if (points.length === 0) return `${field} of ${treatment}: no quantile can be compared`;
  if (above.length > 0 && below.length > 0)
    return `${field} of ${treatment}: lower ${stretch(below)}, higher ${stretch(above)}`;
  if (above.length > 0) return `${field} of ${treatment}: higher ${stretch(above)}`;
  if (below.length > 0) return `${field} of ${treatment}: lower ${stretch(below)}`;
  return `${field} of ${treatment}: no quantile is shown to differ`;
}
