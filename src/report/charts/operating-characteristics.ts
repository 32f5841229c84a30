import { requireCount } from "../../errors.ts";
import { formatCount, formatNumber } from "../format.ts";
import { type ChartOptions, type ChartSpec, chartSpec, rounded } from "./spec.ts";

/** How often a policy came to each decision in simulations of one scenario. */
export interface SimulatedOutcomes {
  /** What was simulated, e.g. `no effect`. */
  readonly scenario: string;
  /** Simulated experiments, at least 1. */
  readonly runs: number;
  /** Runs that ended with this decision. */
  readonly ship: number;
  readonly rollback: number;
  /** Runs that reached the end with nothing established. */
  readonly inconclusive: number;
}

const outcomes = ["ship", "rollback", "inconclusive"] as const;

/**
 * How often would this policy be wrong? Shares of simulated experiments by decision, one bar per scenario.
 *
 * @param simulated - counts by scenario, in the order of the bars.
 * @param alpha - the policy's error bound, drawn as a line.
 * @returns a Vega-Lite specification; shares in percent, with the Monte-Carlo standard error in the table.
 * @throws RangeError for counts that are not whole, or that exceed the runs.
 */
export function operatingCharacteristicsChart(simulated: readonly SimulatedOutcomes[], alpha: number, options: ChartOptions = {}): ChartSpec {
  simulated.forEach((one, index) => {
    for (const key of ["runs", ...outcomes] as const) requireCount("draw simulated outcomes", `simulated[${index}].${key}`, one[key]);
    if (one.runs === 0 || one.ship + one.rollback + one.inconclusive > one.runs) {
      throw new RangeError(`Cannot draw simulated outcomes: simulated[${index}].runs must be at least 1 and at least ship + rollback + inconclusive (${one.ship + one.rollback + one.inconclusive}), current value is ${one.runs}`);
    }
  });
  const values = simulated.flatMap(({ scenario, runs, ...counts }) => outcomes.map((outcome) => ({ scenario, outcome, share: rounded((100 * counts[outcome]) / runs) })));
  return chartSpec(
    {
      chart: "operating-characteristics",
      finding: simulated.length === 0 ? "No simulation was run" : simulated.map(({ scenario, runs, ship, rollback }) => `${scenario}: ships ${percent(ship / runs)} %, rolls back ${percent(rollback / runs)} %`).join("; "),
      subtitle: `Simulated decisions by scenario, in percent of ${[...new Set(simulated.map(({ runs }) => formatCount(runs)))].join(" and ") || "0"} runs; line: alpha, ${percent(alpha)} %`,
      table: {
        columns: ["scenario", "runs", ...outcomes.map((outcome) => `${outcome}, %`)],
        rows: simulated.map(({ scenario, runs, ...counts }) => [scenario, formatCount(runs), ...outcomes.map((outcome) => withError(counts[outcome] / runs, runs))]),
      },
      margin: 24,
      body: (theme, plotWidth) => ({
        data: { values },
        width: plotWidth,
        height: Math.max(1, simulated.length) * 78,
        layer: [
          {
            mark: { type: "bar" },
            encoding: {
              y: { field: "scenario", type: "nominal", sort: null, title: null, axis: { labelAlign: "left", labelPadding: -6, labelBaseline: "bottom", labelOffset: -26, ticks: false, domain: false, labelLimit: plotWidth, zindex: 1 }, scale: { paddingInner: 0.4, paddingOuter: 0.3 } },
              yOffset: { field: "outcome", type: "nominal", sort: null },
              x: { field: "share", type: "quantitative", title: "share of runs, %", scale: { domain: [0, 100], nice: false } },
              color: { field: "outcome", type: "nominal", sort: null, scale: { domain: outcomes, range: [theme.good, theme.bad, theme.muted] }, legend: { title: null } },
            },
          },
          { data: { values: [{ alpha: rounded(100 * alpha) }] }, mark: { type: "rule", strokeDash: [6, 4], color: theme.ink }, encoding: { x: { field: "alpha", type: "quantitative" } } },
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
