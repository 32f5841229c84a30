import type { Direction, EffectKind, Margin } from "./policy.ts";

/** The scale a margin is stated on. */
export function effectKindOf(margin: Margin): EffectKind {
  return "absolute" in margin ? "difference" : "ratio";
}

/** The effect "none" on a scale: a difference of 0, a ratio of 1. */
export function noEffect(kind: EffectKind): number {
  return kind === "difference" ? 0 : 1;
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
