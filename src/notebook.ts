/**
 * The core for notebooks and consoles: the same names, with results that show themselves as the last line of a cell, in
 * `console.log`, and as a table by `toTable`.
 */
import * as core from "./index.ts";
import type { Policy } from "./policy/policy.ts";
import { type ChartSpec, shown } from "./report/index.ts";
import * as report from "./report/index.ts";
import * as stats from "./stats/index.ts";

export * from "./index.ts";
export * from "./stats/index.ts";
export { type MetricRecord, type MimeBundle, mimeBundle, shown, toTable, trajectory } from "./report/index.ts";

/** The same function, with a result that shows itself. The policy among the arguments tells units and margins. */
function showing<Call extends (...args: never[]) => object>(call: Call): Call {
  return ((...args: never[]) => shown(call(...args), args.find(isPolicy))) as unknown as Call;
}

function isPolicy(value: unknown): value is Policy {
  return (
    typeof value === "object" && value !== null && "control" in value && "treatments" in value && "metrics" in value
  );
}

/** As in the core; the decision shows itself with the units of the completed policy. */
export const assess: typeof core.assess = (records, policy, options) =>
  shown(core.assess(records, policy, options), core.definePolicy(policy));
/** As in the core. */
export const analyze: typeof core.analyze = showing(core.analyze);
/** As in the core. */
export const decide: typeof core.decide = showing(core.decide);
/** As in the core. */
export const definePolicy: typeof core.definePolicy = (value) => shown(core.definePolicy(value));
/** As in `assay/stats`. */
export const twoProportionZTest: typeof stats.twoProportionZTest = showing(stats.twoProportionZTest);

const drawn = <Call extends (...args: never[]) => ChartSpec>(call: Call): Call => showing(call);

/** As in `assay/report`; the chart is drawn by the notebook. */
export const effectsChart: typeof report.effectsChart = drawn(report.effectsChart);
/** As in `assay/report`. */
export const sequenceChart: typeof report.sequenceChart = drawn(report.sequenceChart);
/** As in `assay/report`. */
export const distributionChart: typeof report.distributionChart = drawn(report.distributionChart);
/** As in `assay/report`. */
export const quantileDifferenceChart: typeof report.quantileDifferenceChart = drawn(report.quantileDifferenceChart);
/** As in `assay/report`. */
export const rateChart: typeof report.rateChart = drawn(report.rateChart);
/** As in `assay/report`. */
export const sampleRatioChart: typeof report.sampleRatioChart = drawn(report.sampleRatioChart);
/** As in `assay/report`. */
export const operatingCharacteristicsChart: typeof report.operatingCharacteristicsChart = drawn(
  report.operatingCharacteristicsChart,
);
