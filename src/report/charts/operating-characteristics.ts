import type { OperatingCharacteristics } from "../../planning/simulated-characteristics.ts";
import { formatCount, formatNumber } from "../words/format.ts";
import { type ChartOptions, type ChartSpec, chartSpec, rounded } from "./spec.ts";

/** How a policy did on one scenario. */
export interface SimulatedScenario {
  /** What was simulated, e.g. `no effect`. */
  readonly scenario: string;
  /** From `simulate`. */
  readonly result: OperatingCharacteristics;
}

const outcomes = ["ship", "rollback", "neither"] as const;

/**
 * How often would this policy be wrong? Shares of simulated experiments by decision, one bar per scenario.
 *
 * @param simulated - results by scenario, in the order of the bars.
 * @param alpha - the policy's error bound, drawn as a line.
 * @returns a Vega-Lite specification; shares in percent, with the Monte-Carlo standard error in the table.
 */
export function operatingCharacteristicsChart(
  simulated: readonly SimulatedScenario[],
  alpha: number,
  options: ChartOptions = {},
): ChartSpec {
  const counted = simulated.map(({ scenario, result: { runs, ship, rollback } }) => ({
    scenario,
    runs,
    ship: ship.count,
    rollback: rollback.count,
    neither: runs - ship.count - rollback.count,
  }));
  const values = counted.flatMap(({ scenario, runs, ...counts }) =>
    outcomes.map((outcome) => ({ scenario, outcome, share: rounded((100 * counts[outcome]) / runs) })),
  );
  return chartSpec(
    {
      chart: "operating-characteristics",
      finding:
        counted.length === 0
          ? "No simulation was run"
          : counted
              .map(
                ({ scenario, runs, ship, rollback }) =>
                  `${scenario}: ships ${percent(ship / runs)} %, rolls back ${percent(rollback / runs)} %`,
              )
              .join("; "),
      subtitle:
        "Simulated decisions by scenario, in percent of " +
        `${[...new Set(counted.map(({ runs }) => formatCount(runs)))].join(" and ") || "0"} runs; line: alpha, ` +
        `${percent(alpha)} %`,
      table: {
        columns: ["scenario", "runs", ...outcomes.map((outcome) => `${outcome}, %`)],
        rows: counted.map(({ scenario, runs, ...counts }) => [
          scenario,
          formatCount(runs),
          ...outcomes.map((outcome) => withError(counts[outcome] / runs, runs)),
        ]),
      },
      margin: 24,
      body: (theme, plotWidth) => ({
        data: { values },
        width: plotWidth,
        height: Math.max(1, counted.length) * 78,
        layer: [
          {
            mark: { type: "bar" },
            encoding: {
              y: {
                field: "scenario",
                type: "nominal",
                sort: null,
                title: null,
                axis: {
                  labelAlign: "left",
                  labelPadding: -6,
                  labelBaseline: "bottom",
                  labelOffset: -26,
                  ticks: false,
                  domain: false,
                  labelLimit: plotWidth,
                  zindex: 1,
                },
                scale: { paddingInner: 0.4, paddingOuter: 0.3 },
              },
              yOffset: { field: "outcome", type: "nominal", sort: null },
              x: {
                field: "share",
                type: "quantitative",
                title: "share of runs, %",
                scale: { domain: [0, 100], nice: false },
              },
              color: {
                field: "outcome",
                type: "nominal",
                sort: null,
                scale: { domain: outcomes, range: [theme.good, theme.bad, theme.muted] },
                legend: { title: null },
              },
            },
          },
          {
            data: { values: [{ alpha: rounded(100 * alpha) }] },
            mark: { type: "rule", strokeDash: [6, 4], color: theme.ink },
            encoding: { x: { field: "alpha", type: "quantitative" } },
          },
        ],
      }),
    },
    options,
  );
}

function percent(share: number): string {
  return String(Number((100 * share).toPrecision(3)));
}

function withError(share: number, runs: number): string {
  return `${percent(share)} ± ${formatNumber(100 * Math.sqrt((share * (1 - share)) / runs), 2)}`;
}
