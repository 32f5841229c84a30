import { type ArmDistribution, armDistributions } from "../../analysis/breakdowns/distributions.ts";
import type { QuantileMetric } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import { formatCount, formatNumber, unitOf } from "../words/format.ts";
import { type ChartOptions, type ChartSpec, chartSpec, rounded } from "./spec.ts";

const marked = [0.5, 0.9, 0.99] as const;

/**
 * How are the values, such as latencies, spread in each arm, and where do P50, P90 and P99 lie?
 *
 * @param summary - of a plan that keeps the metric's distribution.
 * @param metric - a quantile metric.
 * @returns a Vega-Lite specification: share of requests per tenth of a doubling over a logarithmic axis. Values of 0
 * and below, which a logarithmic axis can't show, are counted in the subtitle. Descriptive, no intervals.
 */
export function distributionChart(summary: Summary, metric: QuantileMetric, options: ChartOptions = {}): ChartSpec {
  const distributions = armDistributions(summary, metric, marked);
  const unit = unitOf(metric.field);
  const named = unit === "" ? metric.field : `${metric.field.replace(/(Ms|Usd)$/u, "")}, ${unit}`;
  const arms = distributions.map(({ arm }) => arm);
  const quantiles = distributions.flatMap(({ arm, quantiles }) =>
    quantiles.map(({ probability, value }) => ({ arm, label: `P${rounded(100 * probability)}`, value })),
  );
  return chartSpec(
    {
      chart: "distribution",
      finding: findingOf(distributions, metric.field, unit),
      subtitle: subtitleOf(distributions),
      table: {
        columns: [
          "arm",
          "values",
          ...marked.map((probability) => `P${100 * probability}${unit === "" ? "" : `, ${unit}`}`),
        ],
        rows: distributions.map(({ arm, n, quantiles }) => [
          arm,
          formatCount(n),
          ...quantiles.map(({ value }) => formatNumber(value)),
        ]),
      },
      margin: 70,
      body: (theme, plotWidth) => {
        const color = {
          field: "arm",
          type: "nominal",
          sort: null,
          scale: { domain: arms, range: arms.map((_, index) => theme.arms[index % theme.arms.length]) },
          legend: { title: null },
        };
        const strokeDash = {
          field: "arm",
          type: "nominal",
          sort: null,
          scale: { domain: arms, range: arms.map((_, index) => dashes[index % dashes.length]) },
          legend: { title: null, symbolType: "stroke", symbolSize: 300 },
        };
        const outlines = distributions.flatMap(outline);
        const x = (field: string): Readonly<Record<string, unknown>> => ({
          field,
          type: "quantitative",
          title: named,
          scale: { type: "log", nice: false, ...(outlines.length === 0 ? { domain: [1, 1000] } : {}) },
          axis: { grid: false, labelOverlap: true, format: "~s", tickCount: plotWidth < 400 ? 4 : 8 },
        });
        const room = [0, rounded(1.3 * Math.max(0.1, ...outlines.map(({ density }) => density)))];
        const shown = quantiles
          .filter(({ value }) => value > 0 && Number.isFinite(value))
          .map(({ arm, label, value }) => ({ arm, label, value: rounded(value) }));
        return {
          width: plotWidth,
          height: 220,
          layer: [
            {
              data: { values: outlines },
              mark: { type: "line" },
              encoding: {
                x: x("value"),
                y: {
                  field: "density",
                  type: "quantitative",
                  title: "requests per 10 % step, %",
                  scale: { domain: room, nice: false },
                  axis: { tickCount: 5 },
                },
                color,
                strokeDash,
              },
            },
            {
              data: { values: shown },
              mark: { type: "rule", strokeWidth: 1 },
              encoding: { x: x("value"), color, strokeDash },
            },
            {
              data: { values: shown },
              mark: { type: "text", align: "left", dx: 3, baseline: "top", fontSize: 11 },
              encoding: {
                x: x("value"),
                y: {
                  field: "arm",
                  type: "nominal",
                  sort: null,
                  axis: null,
                  scale: { type: "point", padding: 0, domain: arms, range: [2, 2 + 14 * (arms.length - 1)] },
                },
                text: { field: "label", type: "nominal" },
                color,
              },
            },
          ],
          resolve: { scale: { y: "independent" }, axis: { y: "independent" } },
        };
      },
    },
    options,
  );
}

const dashes = [
  [1, 0],
  [7, 4],
  [2, 2],
  [9, 3, 2, 3],
  [4, 2],
  [1, 3],
];

/** The outline of a distribution's bars over the logarithm of the value, as points from left to right. */
function outline({
  arm,
  bins,
}: ArmDistribution): { readonly arm: string; readonly value: number; readonly density: number }[] {
  const positive = bins.filter(({ lower, upper }) => upper > 0 && Number.isFinite(upper) && lower >= 0);
  const points: { arm: string; value: number; density: number }[] = [];
  let before = 0;
  for (const { lower, upper, share } of positive) {
    const from = lower > 0 ? lower : upper / 1.09;
    const wide = Math.max(Math.log(upper / from), Math.log(1.005));
    const density = rounded((100 * share * Math.log(1.1)) / wide);
    const [left, right] = upper > from ? [from, upper] : [upper / 1.0025, upper * 1.0025];
    if (left > before)
      points.push(...(before > 0 ? [{ arm, value: rounded(before), density: 0 }] : []), {
        arm,
        value: rounded(left),
        density: 0,
      });
    points.push({ arm, value: rounded(left), density }, { arm, value: rounded(right), density });
    before = right;
  }
  if (before > 0) points.push({ arm, value: rounded(before), density: 0 });
  return points;
}

function findingOf(distributions: readonly ArmDistribution[], field: string, unit: string): string {
  const [control, ...treatments] = distributions;
  if (control === undefined) return `${field}: no arm has values`;
  const end = unit === "" ? "" : ` ${unit}`;
  const of = ({ arm, quantiles }: ArmDistribution): string =>
    `${arm} ${formatNumber(quantiles.at(-1)?.value ?? Number.NaN)}${end}`;
  return `P99: ${[control, ...treatments].map(of).join(", ")}`;
}

function subtitleOf(distributions: readonly ArmDistribution[]): string {
  const hidden = distributions.flatMap(({ arm, bins }) => {
    const share = bins
      .filter(({ lower, upper }) => upper <= 0 || lower < 0 || !Number.isFinite(upper))
      .reduce((sum, bin) => sum + bin.share, 0);
    return share > 0
      ? [`${arm}: ${formatNumber(100 * share, 3)} % of values are 0, negative or infinite and not drawn`]
      : [];
  });
  return ["Distribution by arm, logarithmic axis; lines mark P50, P90 and P99", ...hidden].join("; ");
}
