import type { Analysis, Comparison } from "../analysis/analysis.ts";
import type { Claim } from "../analysis/evidence/claim.ts";
import { isNotComputable } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import type { Forecast } from "./decision.ts";

const millisecondsPerHour = 3_600_000;

/**
 * When every goal and limit would be established, were the estimates to stay: the slowest sets the pace; a wrong-sided
 * one never is.
 */
export function shipForecast(comparison: Comparison, analysis: Analysis, policy: Policy): Forecast | null {
  const wanted = comparison.metrics
    .filter(({ role }) => role !== "secondary")
    .flatMap(({ goal, limits }) => [...(goal === null ? [] : [goal]), ...limits]);
  if (wanted.some(({ ruledOut }) => ruledOut)) return null;
  const growths = wanted.map(({ claim }) => growthOf(claim));
  if (growths.some((growth) => growth === null)) return null;
  const { minimum, hours, minimumHours } = analysis.checks.sampleSize;
  const { coverage } = analysis.checks;
  const toMinimum = countsOf(comparison, analysis).map((count) => (count === 0 ? Infinity : minimum / count));
  const neededHours = Math.max(minimumHours, coverage === null ? 0 : coverage.minimumCycles * coverage.cycleHours);
  const toDuration = neededHours === 0 || hours === null || hours === 0 ? 1 : neededHours / hours;
  return forecastOf(Math.max(1, toDuration, ...toMinimum, ...(growths as number[])), comparison, analysis, policy);
}

/** When the first of the suspected harms would be established, were the estimates to stay. */
export function harmForecast(comparison: Comparison, analysis: Analysis, policy: Policy): Forecast | null {
  const growths = comparison.metrics.flatMap(({ rules }) => rules.flatMap(({ claim }) => growthOf(claim) ?? []));
  return growths.length === 0 ? null : forecastOf(Math.min(...growths), comparison, analysis, policy);
}

function growthOf(claim: Claim): number | null {
  return isNotComputable(claim) ? null : claim.neededGrowth;
}

function countsOf({ treatment }: Comparison, { control, checks }: Analysis): number[] {
  return [control, treatment].map((arm) => checks.sampleSize.records[arm] ?? 0);
}

function forecastOf(growth: number, comparison: Comparison, analysis: Analysis, policy: Policy): Forecast | null {
  const { hours, recordsPerHour, records: byArm } = analysis.checks.sampleSize;
  const counts = countsOf(comparison, analysis);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const all = Object.values(byArm).reduce((sum, count) => sum + count, 0);
  const records = Math.ceil(growth * total);
  if (!Number.isSafeInteger(records)) return null;
  const remaining = records - total;
  const beyondPlan = planEnd(growth, counts, hours, policy);
  // The rate of all arms, of which this comparison gets the share that it had so far.
  const rate = recordsPerHour ?? policy.requestsPerHour;
  const fromRate = rate === null || total === 0 ? null : (remaining * all) / (rate * total);
  return { records, remaining, hours: hours === null || hours === 0 ? fromRate : (growth - 1) * hours, beyondPlan };
}

/**
 * What of the plan ends before the records have grown so far: the experiment ends when its smaller arm has the maximum.
 */
function planEnd(
  growth: number,
  counts: readonly number[],
  hours: number | null,
  { maximumSampleSize, start, end }: Policy,
): Forecast["beyondPlan"] {
  if (maximumSampleSize !== null && growth * Math.min(...counts) > maximumSampleSize) return "maximum-sample";
  if (start === null || end === null || hours === null) return null;
  const planned = (Date.parse(end) - Date.parse(start)) / millisecondsPerHour;
  return growth * hours > planned ? "end" : null;
}
