import { normalSurvival } from "../../math/normal.ts";
import type { GroupSequentialMonitoring, Policy } from "../../policy/policy.ts";
import { findBoundaries } from "../../stats/group-sequential/boundaries.ts";
import type { Summary } from "../../summary/summary.ts";
import type { PlannedLook } from "../analysis.ts";
import { summaryUntil } from "../data/summary-until.ts";

/** A planned look that was reached, and the data as they were then. */
export interface ReachedLook extends PlannedLook {
  /** Shares of the maximum sample size at the looks so far, this one last. */
  readonly fractions: readonly number[];
  readonly summary: Summary;
  /** End of the last period of the look, milliseconds since 1970-01-01 UTC; `null` without timestamps. */
  readonly until: number | null;
}

/** The shares of the maximum sample size at which a policy looks. */
export function lookFractions({ looks }: GroupSequentialMonitoring): readonly number[] {
  return typeof looks === "number" ? Array.from({ length: looks }, (_, index) => (index + 1) / looks) : looks;
}

/**
 * Which planned look have these arms reached?
 *
 * A look closes with the first period in which each of the arms has its share, so that the answer does not depend on
 * when it is asked: between two looks it is that of the earlier. Records without timestamps are taken as seen at the
 * moment of looking.
 *
 * @returns `null` before the first look, and under other monitoring.
 */
export function reachedLook(
  summary: Summary,
  policy: Policy,
  arms: readonly string[],
  reachedEnd: boolean,
): ReachedLook | null {
  const { monitoring, maximumSampleSize } = policy;
  if (monitoring.kind !== "group-sequential" || maximumSampleSize === null) return null;
  const planned = lookFractions(monitoring);
  const course = courseOf(summary, arms);
  const taken: { fraction: number; period: number | null; number: number }[] = [];
  for (const [index, share] of planned.entries()) {
    const at = course.find(({ least }) => least >= share * maximumSampleSize * (1 - 1e-12));
    if (at === undefined) break;
    const fraction = at.least / maximumSampleSize;
    const before = taken.at(-1);
    if (before !== undefined && fraction - before.fraction < 1e-4) taken.pop();
    taken.push({ fraction, period: at.period, number: index + 1 });
  }
  const end = course.at(-1);
  const ended = reachedEnd && end !== undefined && (taken.at(-1)?.number ?? 0) < planned.length;
  if (ended) {
    const before = taken.at(-1);
    if (before !== undefined && end.least / maximumSampleSize - before.fraction < 1e-4) taken.pop();
    taken.push({ fraction: Math.max(1e-4, end.least / maximumSampleSize), period: end.period, number: planned.length });
  }
  const last = taken.at(-1);
  if (last === undefined) return null;
  return {
    number: last.number,
    of: planned.length,
    fraction: last.fraction,
    final: last.number === planned.length,
    fractions: taken.map(({ fraction }) => fraction),
    summary: last.period === null ? summary : summaryUntil(summary, last.period + summary.plan.periodMs),
    until: last.period === null ? null : last.period + summary.plan.periodMs,
  };
}

/** Records of the smallest of these arms by the end of each period. */
function courseOf(
  { cells }: Summary,
  arms: readonly string[],
): { readonly period: number | null; readonly least: number }[] {
  const byPeriod = new Map<number | null, Map<string, number>>();
  for (const { period, segment, arm, records } of cells) {
    if (segment !== null || !arms.includes(arm)) continue;
    const counts = byPeriod.get(period) ?? new Map<string, number>();
    counts.set(arm, (counts.get(arm) ?? 0) + records);
    byPeriod.set(period, counts);
  }
  const totals = new Map(arms.map((arm) => [arm, 0]));
  return [...byPeriod.keys()]
    .sort((a, b) => (a ?? 0) - (b ?? 0))
    .map((period) => {
      for (const [arm, count] of byPeriod.get(period) ?? []) totals.set(arm, (totals.get(arm) ?? 0) + count);
      return { period, least: Math.min(...totals.values()) };
    });
}

/**
 * The one-sided level that a look grants to a claim with error probability alpha, and the statistic it needs two-sided.
 */
export function levelsOfLook(
  { fractions, final }: ReachedLook,
  { spending }: GroupSequentialMonitoring,
): { readonly oneSided: (alpha: number) => number; readonly criticalTwoSided: (alpha: number) => number } {
  return {
    oneSided: remembered((alpha) =>
      Math.max(Number.MIN_VALUE, normalSurvival(lastBound({ sides: 1, alpha, spending }, fractions, final))),
    ),
    criticalTwoSided: remembered((alpha) => lastBound({ sides: 2, alpha, spending }, fractions, final)),
  };
}

function lastBound(rules: Parameters<typeof findBoundaries>[0], fractions: readonly number[], final: boolean): number {
  return findBoundaries(rules, fractions, final).looks.at(-1)?.efficacy ?? Infinity;
}

function remembered(compute: (alpha: number) => number): (alpha: number) => number {
  const known = new Map<number, number>();
  return (alpha) => {
    const found = known.get(alpha) ?? compute(alpha);
    known.set(alpha, found);
    return found;
  };
}
