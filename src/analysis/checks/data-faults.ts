import type { Policy } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import type { MetricAnalysis } from "../analysis.ts";
import type { ArmReader } from "../data/arm-reader.ts";
import type { MetricContext } from "../evidence/claim-evaluator.ts";
import type { DataFault } from "./data-fault.ts";
import { implausibleValues } from "./implausible-values.ts";
import { oneSidedData } from "./one-sided-data.ts";
import { rowsWithoutArm } from "./rows-without-arm.ts";
import { unequalLosses } from "./unequal-losses.ts";
import { unusedUnit } from "./unused-unit.ts";

/** Everything in the data for which one treatment should not be judged by its figures; those that block come first. */
export function dataFaults(
  summary: Summary,
  read: ArmReader,
  policy: Policy,
  treatment: string,
  metrics: readonly MetricAnalysis[],
  context: MetricContext,
): DataFault[] {
  const faults = [
    ...unequalLosses(summary, read, policy, treatment),
    ...rowsWithoutArm(summary, read, policy, treatment, metrics, context),
    ...implausibleValues(read, policy, treatment),
    ...oneSidedData(read, policy, treatment),
    ...unusedUnit(summary, policy),
  ];
  return [...faults.filter(({ blocks }) => blocks), ...faults.filter(({ blocks }) => !blocks)];
}
