import type { Verdict } from "../../decision/decision.ts";

/** How parts of a text report may be emphasised. */
export type Emphasis = "bold" | "dim" | "good" | "bad" | "warn";

const codes: Readonly<Record<Emphasis, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
};

/** Sets a text off by terminal colours, or leaves it as it is. */
export type Paint = (emphasis: Emphasis, text: string) => string;

/** A {@link Paint} that colours, or that does nothing. */
export function paintWith(colours: boolean): Paint {
  return (emphasis, text) => {
    const [on, off] = codes[emphasis];
    return colours && text !== "" ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  };
}

/** The colour of a decision. */
export function emphasisOf(decision: Verdict): Emphasis {
  if (decision === "ship") return "good";
  return decision === "rollback" || decision === "invalid" ? "bad" : "warn";
}

/** The colour of a metric's verdict. */
export function emphasisOfVerdict(verdict: string): Emphasis | undefined {
  if (verdict === "goal reached") return "good";
  if (verdict === "roll back") return "bad";
  return verdict === "harm suspected" ? "warn" : undefined;
}
