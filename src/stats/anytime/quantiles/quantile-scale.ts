import type { EffectKind } from "../../effect.ts";

/** How an effect carries a control quantile over to a treatment quantile: by multiplication, or by addition. */
export interface QuantileScale {
  readonly kind: EffectKind;
  /**
   * The treatment quantile that belongs to a control quantile: finite where both are, `NaN` where any would do, as an
   * endless multiple of 0.
   */
  carry(control: number, effect: number): number;
  /** The effect between two quantiles; `NaN` where any would do, as between 0 and 0. */
  between(control: number, treatment: number): number;
  /** Ends of the range of effects. */
  readonly range: readonly [number, number];
}

/** treatment - control. */
const difference: QuantileScale = {
  kind: "difference",
  carry: (control, effect) => finiteAs(control, effect, control + effect),
  between: (control, treatment) => treatment - control,
  range: [-Infinity, Infinity],
};

/** treatment / control, for quantiles that are not negative. */
const ratio: QuantileScale = {
  kind: "ratio",
  // Below all values, where no ratio leads out of.
  carry: (control, effect) => (control < 0 ? control : finiteAs(control, effect, control * effect)),
  between: (control, treatment) => Math.max(0, treatment) / Math.max(0, control),
  range: [0, Infinity],
};

/** The scale of an effect on a quantile. */
export function quantileScale(kind: EffectKind): QuantileScale {
  return kind === "difference" ? difference : ratio;
}

/** What only overflows is not infinite. */
function finiteAs(control: number, effect: number, carried: number): number {
  return Number.isFinite(control) && Number.isFinite(effect)
    ? Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, carried))
    : carried;
}
