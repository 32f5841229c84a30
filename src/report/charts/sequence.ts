import type { TrajectoryPoint } from "../../analysis/trajectory.ts";
import type { Verdict } from "../../decision/decision.ts";
import { isNotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import { sequenceOf, type SequenceStep } from "../pictures/sequence.ts";
import { formatCount, formatEffect, formatInterval } from "../words/format.ts";
import { formatInstant } from "../words/instant.ts";
import { metricUnit } from "../words/metric-unit.ts";
import { domainAround } from "./domain.ts";
import { type ChartOptions, type ChartSpec, chartSpec, type ChartTable, rounded } from "./spec.ts";
import { timeAxis } from "./time-axis.ts";

/**
 * How did the interval of an effect close in on the decision? The confidence sequence over the periods, with the moment
 * of the verdict marked: the first that ended the experiment, or with fixed monitoring that of its one look, the last.
 *
 * @param points - from `trajectory`.
 * @param policy - the same policy.
 * @param treatment - one of its treatments; `metric` one of its metrics.
 * @returns a Vega-Lite specification; time is UTC, and records in all where there are no timestamps.
 */
export function sequenceChart(
  points: readonly TrajectoryPoint[],
  policy: Policy,
  treatment: string,
  metric: string,
  options: ChartOptions = {},
): ChartSpec {
  const steps = sequenceOf(points, policy, treatment, metric);
  const drawn = steps.flatMap((step) => (step.picture === undefined ? [] : [{ ...step, picture: step.picture }]));
  const timed = steps.every(({ until }) => until !== null);
  const at = ({ until, records }: Pick<SequenceStep, "until" | "records">): number =>
    timed ? (until as number) : records;
  const last = drawn.at(-1);
  const { margin = null, rollback = null } = last?.picture ?? {};
  const lines = [
    { line: "no effect", value: 0 },
    ...(margin === null ? [] : [{ line: "margin", value: rounded(margin) }]),
    ...(rollback === null ? [] : [{ line: "roll back beyond", value: rounded(rollback) }]),
  ];
  const domain = domainAround(
    [
      ...lines.map(({ value }) => value),
      ...drawn.slice(-Math.ceil(drawn.length / 2)).map(({ picture }) => picture.estimate),
      ...(last === undefined ? [] : last.picture.interval.filter((end) => end !== null)),
    ],
    drawn.flatMap(({ picture }) => [picture.estimate, ...picture.interval.filter((end) => end !== null)]),
  );
  const inside = (value: number): number => rounded(Math.min(domain[1], Math.max(domain[0], value)));
  const values = drawn.map((step) => ({
    at: at(step),
    estimate: inside(step.picture.estimate),
    lower: inside(step.picture.interval[0] ?? domain[0]),
    upper: inside(step.picture.interval[1] ?? domain[1]),
  }));
  const looks = steps.flatMap(({ verdict, ...step }) => (verdict === null ? [] : [{ ...step, verdict }]));
  // Without an effect at any time there is no axis to mark it on.
  const moment = drawn.length === 0 ? undefined : looks.find(({ verdict }) => verdict !== "keep-running");
  const single = drawn.length < 3;
  return chartSpec(
    {
      chart: "sequence",
      finding: findingOf(looks, metric, treatment),
      subtitle: subtitleOf(steps, policy, timed),
      table: tableOf(drawn, policy, timed),
      margin: 74,
      body: (theme, plotWidth) => {
        // A verdict can come though this effect was never computable; its mark must lie on the axis.
        const marked = drawn.length === 0 && moment !== undefined ? [moment] : drawn;
        const x = timeAxis(
          marked.map(({ until }) => until),
          "end of period",
          plotWidth,
        );
        const y = (field: string): Readonly<Record<string, unknown>> => ({
          field,
          type: "quantitative",
          title: last === undefined ? "effect" : `effect${last.picture.unit === "" ? "" : `, ${last.picture.unit}`}`,
          scale: { domain: domain.map(rounded), nice: false, zero: false },
        });
        const kinds = ["no effect", "margin", "roll back beyond"];
        return {
          width: plotWidth,
          height: 220,
          layer: [
            {
              data: { values },
              mark: single
                ? { type: "rule", strokeWidth: 3, color: theme.neutral }
                : { type: "area", color: theme.neutral, opacity: 0.25, clip: true, line: false },
              encoding: { x, y: y("lower"), y2: { field: "upper" } },
            },
            {
              data: { values },
              mark: {
                type: "line",
                color: theme.neutral,
                point: single ? { filled: true, size: 80, color: theme.neutral } : false,
                clip: true,
              },
              encoding: { x, y: y("estimate") },
            },
            {
              data: { values: lines },
              mark: { type: "rule", strokeWidth: 1.5 },
              encoding: {
                y: y("value"),
                strokeDash: {
                  field: "line",
                  type: "nominal",
                  scale: {
                    domain: kinds,
                    range: [
                      [1, 0],
                      [6, 4],
                      [2, 3],
                    ],
                  },
                  legend: { title: null, symbolType: "stroke", symbolSize: 300 },
                },
                color: {
                  field: "line",
                  type: "nominal",
                  scale: { domain: kinds, range: [theme.muted, theme.ink, theme.bad] },
                  legend: { title: null },
                },
              },
            },
            ...(moment === undefined
              ? []
              : momentLayers(
                  at(moment),
                  moment.verdict,
                  x,
                  at(moment) > (at(steps[0] as SequenceStep) + at(steps.at(-1) as SequenceStep)) / 2,
                  moment.verdict === "ship" ? theme.good : theme.bad,
                )),
          ],
        };
      },
    },
    options,
  );
}

function momentLayers(
  at: number,
  verdict: Verdict,
  x: Readonly<Record<string, unknown>>,
  late: boolean,
  color: string,
): Readonly<Record<string, unknown>>[] {
  const data = { values: [{ at, label: verdict }] };
  return [
    { data, mark: { type: "rule", strokeWidth: 2, color }, encoding: { x } },
    {
      data,
      mark: {
        type: "text",
        align: late ? "right" : "left",
        dx: late ? -6 : 6,
        baseline: "top",
        fontWeight: 600,
        color,
      },
      encoding: { x, y: { value: 4 }, text: { field: "label", type: "nominal" } },
    },
  ];
}

const ruleEstablished = ({ metric }: SequenceStep): boolean =>
  metric.rules.some(({ claim }) => !isNotComputable(claim) && claim.established);
const goalEstablished = ({ metric: { goal } }: SequenceStep): boolean =>
  goal !== null && !isNotComputable(goal.claim) && goal.claim.established;

function findingOf(steps: readonly SequenceStep[], name: string, treatment: string): string {
  const last = steps.at(-1);
  if (last === undefined) return `${name} of ${treatment}: no period has records of both arms`;
  const when = (step: SequenceStep): string =>
    step.until === null ? `with ${formatCount(step.records)} records` : `at ${formatInstant(step.until)}`;
  for (const [what, holds] of [
    ["rollback rule", ruleEstablished],
    ["goal", goalEstablished],
  ] as const) {
    const first = steps.find(holds);
    if (first !== undefined)
      return (
        `${name} of ${treatment}: ${what} established ` + `${when(first)}${holds(last) ? "" : ", not at the last look"}`
      );
  }
  if (last.picture === undefined) return `${name} of ${treatment}: the effect can't be computed`;
  if (last.metric.goal === null) return `${name} of ${treatment}: for information`;
  return `${name} of ${treatment}: not settled ${when(last)}`;
}

function subtitleOf(steps: readonly SequenceStep[], { control, alpha, monitoring }: Policy, timed: boolean): string {
  const level = Number((100 * (1 - alpha)).toPrecision(4));
  const kind =
    monitoring.kind === "anytime"
      ? `${level} % confidence sequence, valid at every look`
      : `${level} % intervals, each valid at one planned look`;
  const periods = steps.length === 1 ? (timed ? "; only one period" : "; no timestamps, so only one point") : "";
  return `Effect against ${control} from all records so far; ${kind}${periods}`;
}

function tableOf(steps: readonly SequenceStep[], policy: Policy, timed: boolean): ChartTable {
  return {
    columns: [timed ? "until (UTC)" : "until", "records", "effect", "interval", "verdict then"],
    rows: steps.map(({ until, records, metric, verdict }) => {
      const { kind, effect } = metric;
      const unit = metricUnit(metric.metric, policy);
      return [
        until === null ? "the end" : formatInstant(until),
        formatCount(records),
        isNotComputable(effect) ? "not computable" : formatEffect(kind, effect.kind, effect.estimate, unit),
        isNotComputable(effect) ? "" : formatInterval(kind, effect.kind, effect.interval),
        verdict ?? "no look",
      ];
    }),
  };
}
