/** The scale on which an effect is stated: treatment - control, or treatment / control. */
export type EffectKind = "difference" | "ratio";

/** The effect "none" on a scale: a difference of 0, a ratio of 1. */
export function noEffect(kind: EffectKind): number {
  return kind === "difference" ? 0 : 1;
}
