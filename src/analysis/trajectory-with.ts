import { type NotComputable, notComputable, requireNumber } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import type { Summary } from "../summary/summary.ts";
import type { Analysis } from "./analysis.ts";
import { recordsByArm } from "./data/record-counts.ts";
import { endOfCell, summaryUntil } from "./data/summary-until.ts";

/** What the data said at the end of a period. */
export interface TrajectoryPoint {
  /**
   * End of the period, milliseconds since 1970-01-01 UTC; of the last period the last record's instant. `null` without
   * timestamps.
   */
  readonly until: number | null;
  /** Records of each arm up to then. */
  readonly records: Readonly<Record<string, number>>;
  /** The analysis of all records up to then; not computable while no treatment can be compared. */
  readonly analysis: Analysis | NotComputable;
}

/** How a trajectory is sampled. */
export interface TrajectoryOptions {
  /** Largest number of points, from 2; of more periods evenly spaced ones are taken, always the last. Default 60. */
  readonly maximumPoints?: number;
}

/**
 * How did estimates, intervals and checks develop, period by period? As `trajectory`, with another analysis of each
 * point's records.
 */
export function trajectoryWith(
  summary: Summary,
  policy: Policy,
  analysisOf: (summary: Summary, policy: Policy) => Analysis,
  options: TrajectoryOptions,
): TrajectoryPoint[] {
  const maximum = options.maximumPoints ?? 60;
  requireNumber(
    "follow the trajectory",
    "maximumPoints",
    "an integer from 2",
    maximum,
    (x) => Number.isInteger(x) && x >= 2,
  );
  const ends = evenly(periodEnds(summary), maximum);
  const pointOf = (seen: Summary, until: number | null): TrajectoryPoint => {
    const records = recordsByArm(seen);
    const comparable = records[policy.control] !== 0 && policy.treatments.some((arm) => records[arm] !== 0);
    const empty = comparable ? [] : seen.plan.arms.filter((arm) => records[arm] === 0);
    return {
      until,
      records,
      analysis:
        empty.length === 0
          ? analysisOf(seen, policy)
          : notComputable("no-data", `no records of ${empty.join(", ")} yet`),
    };
  };
  return ends.map((until, index) =>
    index === ends.length - 1
      ? pointOf(summary, lastInstant(summary, until))
      : pointOf(summaryUntil(summary, until as number), until),
  );
}

/** How many periods hold records: as many points a trajectory could have. */
export function periodCount(summary: Summary): number {
  return periodEnds(summary).length;
}

function periodEnds(summary: Summary): (number | null)[] {
  const ends = new Set(summary.cells.map((cell) => (cell.period === null ? null : endOfCell(cell, summary))));
  return [...ends].sort((a, b) => (a ?? 0) - (b ?? 0));
}

function lastInstant(summary: Summary, until: number | null): number | null {
  return until === null ? null : Math.min(until, summary.quality.extent?.last ?? until);
}

function evenly<Value>(values: readonly Value[], maximum: number): Value[] {
  if (values.length <= maximum) return [...values];
  return Array.from(
    { length: maximum },
    (_, index) => values[Math.round(((index + 1) * values.length) / maximum) - 1] as Value,
  );
}
