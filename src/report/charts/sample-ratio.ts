import type { SampleRatioCheck } from "../../analysis/analysis.ts";
import type { TrajectoryPoint } from "../../analysis/trajectory.ts";
import { isNotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import { formatAlpha, formatCount, formatNumber, formatPValue } from "../words/format.ts";
import { formatInstant } from "../words/instant.ts";
import { domainAround } from "./domain.ts";
import { type ChartOptions, type ChartSpec, chartSpec, rounded } from "./spec.ts";
import { timeAxis } from "./time-axis.ts";

interface RatioStep {
  readonly until: number | null;
  readonly total: number;
  readonly check: SampleRatioCheck;
}

/**
 * Was traffic split as planned, all the time? Each treatment's share of all requests so far against its planned share.
 *
 * @param points - from `trajectory`.
 * @param policy - the same policy; without an allocation there is nothing to compare with, and the chart says so.
 * @returns a Vega-Lite specification; shares in percent.
 */
export function sampleRatioChart(
  points: readonly TrajectoryPoint[],
  policy: Policy,
  options: ChartOptions = {},
): ChartSpec {
  const steps = points.flatMap(({ until, analysis, records }): RatioStep[] => {
    if (isNotComputable(analysis) || isNotComputable(analysis.checks.sampleRatio)) return [];
    return [
      {
        until,
        total: Object.values(records).reduce((sum, count) => sum + count, 0),
        check: analysis.checks.sampleRatio,
      },
    ];
  });
  const timed = steps.every(({ until }) => until !== null);
  const { treatments } = policy;
  const share = (counts: Readonly<Record<string, number>>, arm: string): number =>
    rounded((100 * (counts[arm] ?? 0)) / Object.values(counts).reduce((sum, count) => sum + count, 0));
  const values = steps.flatMap(({ until, total, check }) =>
    treatments.map((arm) => ({
      at: timed ? until : total,
      arm,
      observed: share(check.observed, arm),
      planned: share(check.expected, arm),
    })),
  );
  const late = values.slice(Math.floor(values.length / 4));
  const domain = domainAround(
    late.flatMap(({ observed, planned }) => [observed, planned]).flatMap((value) => [value - 0.2, value + 0.2]),
    values.map(({ observed }) => observed),
  );
  return chartSpec(
    {
      chart: "sample-ratio",
      finding: findingOf(steps),
      subtitle:
        "Share of all requests so far by treatment; dashed: as planned (mismatch when p is at most " +
        `${formatAlpha(policy.sampleRatioAlpha)})`,
      table: {
        columns: [
          timed ? "until (UTC)" : "until",
          "requests",
          ...treatments.flatMap((arm) => [`${arm}, %`, `${arm} planned, %`]),
          "p",
        ],
        rows: steps.map(({ until, total, check }) => [
          until === null ? "the end" : formatInstant(until),
          formatCount(total),
          ...treatments.flatMap((arm) => [
            formatNumber(share(check.observed, arm)),
            formatNumber(share(check.expected, arm)),
          ]),
          formatPValue(check.lnPValue),
        ]),
      },
      margin: 70,
      body: (theme, plotWidth) => {
        const single = steps.length < 2;
        const x = timeAxis(
          steps.map(({ until }) => until),
          "end of period",
          plotWidth,
        );
        const y = (field: string): Readonly<Record<string, unknown>> => ({
          field,
          type: "quantitative",
          title: "share of requests, %",
          scale: { domain: domain.map(rounded), nice: false, zero: false },
        });
        const color = {
          field: "arm",
          type: "nominal",
          sort: null,
          scale: {
            domain: treatments,
            range: treatments.map((_, index) => theme.arms[(index + 1) % theme.arms.length]),
          },
          legend: { title: null },
        };
        return {
          data: { values },
          width: plotWidth,
          height: 160,
          layer: [
            {
              mark: single
                ? { type: "point", shape: "stroke", size: 600, strokeWidth: 1.5 }
                : { type: "line", strokeDash: [6, 4], strokeWidth: 1.5, clip: true },
              encoding: { x, y: y("planned"), color },
            },
            { mark: { type: "line", clip: true, point: single }, encoding: { x, y: y("observed"), color } },
          ],
        };
      },
    },
    options,
  );
}

function findingOf(steps: readonly RatioStep[]): string {
  const last = steps.at(-1);
  if (last === undefined)
    return "Sample ratio: not checked, the policy names no allocation or the arms have no records";
  const first = steps.find(({ check }) => check.mismatch);
  const p = `p = ${formatPValue(last.check.lnPValue)}`;
  if (first === undefined) return `Sample ratio: as planned (${p})`;
  return `Sample ratio: mismatch${first.until === null ? "" : ` since ${formatInstant(first.until)}`} (${p})`;
}
