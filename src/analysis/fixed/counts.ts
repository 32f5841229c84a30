import { requireCount, requireNumber } from "../../errors.ts";

/** What one arm showed: how many of its trials succeeded. */
export interface ProportionCounts {
  readonly successes: number;
  readonly trials: number;
}

/** Throws unless the counts of an arm are non-negative integers with successes <= trials. */
export function requireCounts(action: string, arm: string, counts: ProportionCounts): void {
  requireCount(action, `${arm}.trials`, counts.trials);
  requireCount(action, `${arm}.successes`, counts.successes);
  requireNumber(action, `${arm}.successes`, `at most ${arm}.trials (${counts.trials})`, counts.successes, (x) => x <= counts.trials);
}
