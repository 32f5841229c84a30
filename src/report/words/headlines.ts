import type { DecidedComparison, Verdict } from "../../decision/decision.ts";

/** What a decision asks for, in one sentence. */
export function headline(
  { decision, treatment, reasons }: Pick<DecidedComparison, "decision" | "treatment" | "reasons">,
  control: string,
): string {
  if (reasons.some(({ code }) => code === "no-data-yet")) return `NO DATA YET for ${treatment}: it has no records.`;
  return headlines[decision](treatment, control);
}

const headlines: Readonly<Record<Verdict, (treatment: string, control: string) => string>> = {
  ship: (treatment, control) => `SHIP ${treatment}: it may replace ${control}.`,
  rollback: (treatment) => `ROLL BACK ${treatment}: harm against the policy is established.`,
  "keep-running": (treatment) => `KEEP RUNNING ${treatment}: nothing is established yet.`,
  inconclusive: (treatment) => `INCONCLUSIVE for ${treatment}: the end is reached and nothing is established.`,
  invalid: (treatment) => `INVALID: the data can't be used to judge ${treatment}.`,
};
