import type { EffectKind } from "../../policy/policy.ts";

/** How an effect carries a control quantile over to a treatment quantile: by multiplication, or by addition. */
export interface QuantileScale {
  readonly kind: EffectKind;
  /** The treatment quantile that belongs to a control quantile. */
  carry(control: number, effect: number): number;
  /** The effect between two quantiles. */
  between(control: number, treatment: number): number;
  /** Ends of the range of effects. */
  readonly range: readonly [number, number];
}

/** treatment - control. */
const difference: QuantileScale = {
  kind: "difference",
  carry: (control, effect) => control + effect,
  between: (control, treatment) => treatment - control,
  range: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
};

/** treatment / control, for quantiles that are not negative. */
const ratio: QuantileScale = {
  kind: "ratio",
  carry: (control, effect) => Math.max(0, control) * effect,
  between: (control, treatment) => (treatment <= 0 ? 0 : control <= 0 ? Number.POSITIVE_INFINITY : treatment / control),
  range: [0, Number.POSITIVE_INFINITY],
};

/** The scale of an effect on a quantile. */
export function quantileScale(kind: EffectKind): QuantileScale {
  return kind === "difference" ? difference : ratio;
}
