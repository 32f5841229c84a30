import { isNotComputable } from "../../errors.ts";
import type { ExceedanceMetric, ProportionMetric } from "../../policy/policy.ts";
import { wilsonInterval } from "../../stats/proportions/wilson.ts";
import { statisticIndex } from "../../summary/plan.ts";
import type { Summary } from "../../summary/summary.ts";
import { formatCount, formatLevel } from "../words/format.ts";
import { formatInstant } from "../words/instant.ts";
import { domainAround } from "./domain.ts";
import { type ChartOptions, type ChartSpec, chartSpec, rounded } from "./spec.ts";
import { timeAxis } from "./time-axis.ts";

interface Rate {
  readonly arm: string;
  readonly period: number | null;
  readonly trials: number;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * How did the success rate of each arm run from period to period?
 *
 * @param summary - of a plan that counts the metric.
 * @param metric - a success rate, or a share of requests beyond a threshold.
 * @returns a Vega-Lite specification with a 95 % Wilson interval of each period on its own, requests taken as
 * independent: descriptive, not what the decision rests on.
 */
export function rateChart(
  summary: Summary,
  metric: ProportionMetric | ExceedanceMetric,
  options: ChartOptions = {},
): ChartSpec {
  const rates = ratesOf(summary, metric);
  const { arms } = summary.plan;
  const timed = rates.every(({ period }) => period !== null);
  const floor = metric.rollbackWhen?.below;
  const percent = (value: number): number => rounded(100 * value);
  const domain = domainAround(
    [...rates.map(({ value }) => percent(value)), ...(floor === undefined ? [] : [percent(floor)])],
    rates.flatMap(({ lower, upper }) => [percent(lower), percent(upper)]),
  );
  const shown = [Math.max(0, domain[0]), Math.min(100, domain[1])];
  const inside = (value: number): number => Math.min(shown[1] as number, Math.max(shown[0] as number, percent(value)));
  return chartSpec(
    {
      chart: "rate",
      finding: findingOf(rates, metric, arms),
      subtitle: "By period, with 95 % Wilson intervals of each period on its own",
      table: {
        columns: [timed ? "period (UTC)" : "period", "arm", "requests", metric.name],
        rows: rates.map(({ arm, period, trials, value }) => [
          period === null ? "all" : formatInstant(period),
          arm,
          formatCount(trials),
          formatLevel({ kind: metric.kind, metric: metric.name }, value, ""),
        ]),
      },
      margin: 70,
      body: (theme, plotWidth) => {
        const x = timed
          ? timeAxis(
              rates.map(({ period }) => period),
              "period",
              plotWidth,
            )
          : { field: "arm", type: "nominal", sort: null, title: null, axis: { labelAngle: 0, labelLimit: 120 } };
        const y = (field: string): Readonly<Record<string, unknown>> => ({
          field,
          type: "quantitative",
          title: `${metric.name}, %`,
          scale: { domain: shown.map(rounded), nice: false, zero: false },
        });
        const color = {
          field: "arm",
          type: "nominal",
          sort: null,
          scale: { domain: arms, range: arms.map((_, index) => theme.arms[index % theme.arms.length]) },
          legend: { title: null },
        };
        const shape = {
          field: "arm",
          type: "nominal",
          sort: null,
          scale: { domain: arms, range: arms.map((_, index) => shapes[index % shapes.length]) },
          legend: { title: null },
        };
        const values = rates.map(({ arm, period, value, lower, upper }) => ({
          at: period === null ? null : period + shift(arms.indexOf(arm), arms.length, summary.plan.periodMs),
          arm,
          value: inside(value),
          lower: inside(lower),
          upper: inside(upper),
        }));
        return {
          width: plotWidth,
          height: 200,
          layer: [
            ...(floor === undefined
              ? []
              : [
                  {
                    data: { values: [{ floor: percent(floor) }] },
                    mark: { type: "rule", strokeDash: [2, 3], color: theme.bad, strokeWidth: 1.5 },
                    encoding: { y: y("floor") },
                  },
                ]),
            {
              data: { values },
              mark: { type: "rule", strokeWidth: 1.5, opacity: 0.6 },
              encoding: { x, y: y("lower"), y2: { field: "upper" }, color },
            },
            {
              data: { values },
              mark: { type: "point", filled: true, size: 45, opacity: 1 },
              encoding: { x, y: y("value"), color, shape },
            },
          ],
        };
      },
    },
    options,
  );
}

const shapes = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"] as const;

/** Arms stand side by side within a period. */
function shift(index: number, arms: number, periodMs: number): number {
  return Math.round(periodMs * (0.5 + (index - (arms - 1) / 2) * 0.3));
}

function ratesOf(summary: Summary, metric: ProportionMetric | ExceedanceMetric): Rate[] {
  const at = statisticIndex(summary.plan, metric);
  const counts = new Map<string, { arm: string; period: number | null; trials: number; successes: number }>();
  for (const { arm, period, segment, statistics } of summary.cells) {
    const statistic = statistics[at];
    if (segment !== null || statistic?.kind !== "count") continue;
    const key = JSON.stringify([period, arm]);
    const sum = counts.get(key) ?? { arm, period, trials: 0, successes: 0 };
    counts.set(key, { ...sum, trials: sum.trials + statistic.trials, successes: sum.successes + statistic.successes });
  }
  return [...counts.values()].flatMap(({ arm, period, trials, successes }): Rate[] => {
    const found = wilsonInterval({ trials, successes });
    return isNotComputable(found)
      ? []
      : [{ arm, period, trials, value: found.estimate, lower: found.interval[0], upper: found.interval[1] }];
  });
}

function findingOf(
  rates: readonly Rate[],
  metric: ProportionMetric | ExceedanceMetric,
  arms: readonly string[],
): string {
  const whole = arms.flatMap((arm) => {
    const own = rates.filter((rate) => rate.arm === arm);
    const trials = own.reduce((sum, rate) => sum + rate.trials, 0);
    if (trials === 0) return [];
    const level = own.reduce((sum, rate) => sum + rate.value * rate.trials, 0) / trials;
    return [`${arm} ${formatLevel({ kind: metric.kind, metric: metric.name }, level, "")}`];
  });
  return whole.length === 0 ? `${metric.name}: no values` : `${metric.name}: ${whole.join(", ")} over all periods`;
}
