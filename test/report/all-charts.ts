import type { Verdict } from "../../src/index.ts";
import {
  characteristicsOf,
  type OperatingCharacteristics,
  type RunOutcome,
} from "../../src/planning/simulated-characteristics.ts";
import {
  type ChartOptions,
  type ChartSpec,
  operatingCharacteristicsChart,
  reportCharts,
  type ReportInput,
  spendingChart,
} from "../../src/report/index.ts";
import { groupSequentialDesign } from "../../src/stats/group-sequential/design.ts";
import { example } from "./example.ts";

/** 500 simulated experiments, of which so many shipped and rolled back. */
function outcomes(ship: number, rollback: number): OperatingCharacteristics {
  const run = (decision: Verdict): RunOutcome => ({
    decision,
    treatments: [decision],
    periods: 10,
    requests: 1000,
    failures: 3,
  });
  const verdicts = Array.from({ length: 500 }, (_, index): Verdict =>
    index < ship ? "ship" : index < ship + rollback ? "rollback" : "keep-running",
  );
  return characteristicsOf(verdicts.map(run));
}

/** One chart of every kind that the report can draw. */
export function allCharts(input: ReportInput = example(), options: ChartOptions = {}): ChartSpec[] {
  const design = groupSequentialDesign({
    looks: 5,
    futility: { spending: { kind: "obrien-fleming" } },
    harm: { alpha: 0.025, spending: { kind: "pocock" } },
  });
  return [
    ...reportCharts(input, options),
    spendingChart(
      design,
      [
        { informationFraction: 0.2, z: 0.8 },
        { informationFraction: 0.4, z: 2.1 },
      ],
      options,
    ),
    operatingCharacteristicsChart(
      [
        { scenario: "no effect", result: outcomes(480, 3) },
        { scenario: "P99 up 90 %", result: outcomes(0, 495) },
      ],
      0.05,
      options,
    ),
  ];
}
