import { type NotComputable, notComputable, requireCount, requireNumber } from "../../errors.ts";

/** What one arm showed: how many of its trials succeeded. */
export interface ProportionCounts {
  readonly successes: number;
  readonly trials: number;
}

/** Throws unless the counts of an arm are non-negative integers with successes <= trials. */
export function requireCounts(action: string, arm: string, counts: ProportionCounts): void {
  requireCount(action, `${arm}.trials`, counts.trials);
  requireCount(action, `${arm}.successes`, counts.successes);
  requireNumber(
    action,
    `${arm}.successes`,
    `at most ${arm}.trials (${counts.trials})`,
    counts.successes,
    (x) => x <= counts.trials,
  );
}

/** Checks the counts of both arms, and tells when one of them is empty. */
export function checkArms(
  action: string,
  control: ProportionCounts,
  treatment: ProportionCounts,
): NotComputable | undefined {
  requireCounts(action, "control", control);
  requireCounts(action, "treatment", treatment);
  if (control.trials > 0 && treatment.trials > 0) return undefined;
  return notComputable("no-data", `control has ${control.trials} trials and treatment has ${treatment.trials}`);
}

/** The counts of both arms in words, for the detail of an outcome. */
export function showArms(control: ProportionCounts, treatment: ProportionCounts): string {
  return (
    `control has ${control.successes} successes of ${control.trials} and treatment has ${treatment.successes} of ` +
    `${treatment.trials}`
  );
}

/** The failures of an arm. */
export function failures(counts: ProportionCounts): number {
  return counts.trials - counts.successes;
}
