import type { Direction, Margin } from "./policy.ts";

/** The scale a margin is stated on. */
export function effectKindOf(margin: Margin): "difference" | "ratio" {
  return "absolute" in margin ? "difference" : "ratio";
}

/**
 * The effect at which a treatment is worse than the control by exactly `margin`.
 *
 * @returns a difference (treatment - control) for an absolute margin, a ratio (treatment / control) for a relative one.
 */
export function effectAtMargin(margin: Margin, better: Direction): number {
  const sign = better === "higher" ? -1 : 1;
  return "absolute" in margin ? sign * margin.absolute : 1 + sign * margin.relative;
}
