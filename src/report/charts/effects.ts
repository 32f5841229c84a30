import type { DecidedMetric, Decision } from "../../decision/decision.ts";
import type { Policy } from "../../policy/policy.ts";
import { buildReport } from "../build.ts";
import { type EffectPicture, effectPicture } from "../pictures/effect-scale.ts";
import type { MetricRow } from "../report.ts";
import { domainAround } from "./domain.ts";
import { type ChartOptions, type ChartSpec, chartSpec, linesOf, rounded } from "./spec.ts";
import type { ChartTheme } from "./theme.ts";

interface EffectRow {
  readonly treatment: string;
  readonly row: MetricRow;
  readonly metric: DecidedMetric;
  readonly picture: EffectPicture | undefined;
}

/**
 * How large is each effect, and on which side of the lines that decide? A forest plot: one panel per metric, one row
 * per treatment.
 *
 * @param decision - from `decide`.
 * @param policy - the same policy.
 * @returns a Vega-Lite specification; effects are treatment - control in percentage points or units, or treatment /
 * control - 1 in percent. Intervals are the policy's; a side that the data do not bound ends in an arrow at the edge.
 */
export function effectsChart(decision: Decision, policy: Policy, options: ChartOptions = {}): ChartSpec {
  const report = buildReport(decision, policy);
  const rows = decision.comparisons.flatMap(({ treatment, metrics }, at) =>
    metrics.map((metric, index): EffectRow => ({
      treatment,
      metric,
      row: report.comparisons[at]?.rows[index] as MetricRow,
      picture: effectPicture(metric, policy),
    })),
  );
  const names = [...new Set(rows.map(({ metric }) => metric.metric))];
  const several = decision.comparisons.length > 1;
  return chartSpec(
    {
      chart: "effects",
      finding: report.comparisons.map(({ headline }) => headline.replace(/\.$/u, "")).join("; "),
      subtitle: `Effects against ${decision.control} with their intervals; an arrow: not bounded on that side`,
      table: {
        columns: ["metric", "treatment", "effect", "interval", "verdict"],
        rows: rows.map(({ treatment, row }) => [row.metric, treatment, row.effect, row.interval, row.verdict]),
      },
      margin: several ? 150 : 24,
      body: (theme, plotWidth) => ({
        spacing: 14,
        vconcat: names.map((name, index) =>
          panel(
            rows.filter(({ metric }) => metric.metric === name),
            several,
            index === 0,
            theme,
            plotWidth,
          ),
        ),
      }),
    },
    options,
  );
}

const lineKinds = ["no effect", "margin", "roll back beyond"] as const;

function panel(
  rows: readonly EffectRow[],
  several: boolean,
  first: boolean,
  theme: ChartTheme,
  plotWidth: number,
): Readonly<Record<string, unknown>> {
  const shown = rows.flatMap((one) => (one.picture === undefined ? [] : [{ ...one, picture: one.picture }]));
  const lines = decidingLines(shown.map(({ picture }) => picture));
  const domain = domainAround(
    [...lines.map(({ value }) => value), ...shown.map(({ picture }) => picture.estimate)],
    shown.flatMap(({ picture }) => picture.interval.filter((end) => end !== null)),
  );
  const inside = (value: number | null, edge: number): number =>
    rounded(Math.min(domain[1], Math.max(domain[0], value ?? edge)));
  const values = shown.map(
    ({
      treatment,
      metric,
      picture: {
        estimate,
        interval: [lower, upper],
      },
    }) => ({
      treatment,
      estimate: inside(estimate, domain[0]),
      lower: inside(lower, domain[0]),
      upper: inside(upper, domain[1]),
      colour: theme[toneOf(metric)],
    }),
  );
  const arrows = shown.flatMap(
    ({
      treatment,
      picture: {
        interval: [lower, upper],
      },
    }) => [
      ...(lower === null || lower < domain[0] ? [{ treatment, at: rounded(domain[0]), angle: 270 }] : []),
      ...(upper === null || upper > domain[1] ? [{ treatment, at: rounded(domain[1]), angle: 90 }] : []),
    ],
  );
  const x = (field: string): Readonly<Record<string, unknown>> => ({
    field,
    type: "quantitative",
    title: linesOf(axisTitle(rows), plotWidth, 9),
    scale: { domain: domain.map(rounded), nice: false, zero: false },
  });
  const y = {
    field: "treatment",
    type: "nominal",
    sort: null,
    axis: several
      ? { title: null, ticks: false, domain: false, minExtent: 110, maxExtent: 110, labelLimit: 105 }
      : null,
  };
  const color = { field: "colour", type: "nominal", scale: null };
  return {
    title: {
      text: panelTitle(rows, plotWidth),
      anchor: "start",
      frame: "group",
      fontSize: 12,
      fontWeight: 600,
      lineHeight: 15,
      offset: first ? 4 : 2,
    },
    width: plotWidth,
    height: Math.max(1, shown.length) * 26,
    layer: [
      {
        data: { values: lines.map(({ kind, value }) => ({ line: kind, value: rounded(value) })) },
        mark: { type: "rule", strokeWidth: 1.5, clip: true },
        encoding: {
          x: x("value"),
          strokeDash: {
            field: "line",
            type: "nominal",
            scale: {
              domain: lineKinds,
              range: [
                [1, 0],
                [6, 4],
                [2, 3],
              ],
            },
            legend: first ? { title: null, symbolType: "stroke", symbolSize: 300 } : null,
          },
          stroke: {
            field: "line",
            type: "nominal",
            scale: { domain: lineKinds, range: [theme.muted, theme.ink, theme.bad] },
            legend: first ? { title: null } : null,
          },
        },
      },
      {
        data: { values },
        layer: [
          { mark: { type: "rule", strokeWidth: 3 }, encoding: { x: x("lower"), x2: { field: "upper" }, y, color } },
          { mark: { type: "point", filled: true, size: 90, opacity: 1 }, encoding: { x: x("estimate"), y, color } },
        ],
      },
      {
        data: { values: arrows },
        mark: { type: "point", shape: "triangle", filled: true, size: 70, opacity: 1, color: theme.ink },
        encoding: { x: x("at"), y, angle: { field: "angle", type: "quantitative", scale: null } },
      },
    ],
  };
}

function toneOf({ verdict }: DecidedMetric): "good" | "neutral" | "bad" {
  if (verdict.rollbackRule === "established") return "bad";
  return verdict.goal === "reached" ? "good" : "neutral";
}

function decidingLines(
  pictures: readonly EffectPicture[],
): { readonly kind: (typeof lineKinds)[number]; readonly value: number }[] {
  const [first] = pictures;
  const lines: { kind: (typeof lineKinds)[number]; value: number }[] = [{ kind: "no effect", value: 0 }];
  if (first !== undefined && first.margin !== null) lines.push({ kind: "margin", value: first.margin });
  if (first !== undefined && first.rollback !== null) lines.push({ kind: "roll back beyond", value: first.rollback });
  return lines;
}

function axisTitle(rows: readonly EffectRow[]): string {
  const picture = rows.find((row) => row.picture !== undefined)?.picture;
  if (picture === undefined) return "";
  const scale =
    picture.unit === "%"
      ? "treatment / control - 1, %"
      : "treatment - " +
        `control${picture.unit === "" ? "" : picture.unit === "points" ? ", percentage points" : `, ${picture.unit}`}`;
  return `${scale} (${picture.better} is better)`;
}

function panelTitle(rows: readonly EffectRow[], plotWidth: number): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { row } = first;
  const text = rows.length > 1 ? row.metric : `${row.metric}: ${row.effect} ${row.interval}, ${row.verdict}`;
  return linesOf(text, plotWidth, 8);
}
