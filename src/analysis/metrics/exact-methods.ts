import { isNotComputable, type NotComputable } from "../../errors.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { Interval } from "../../stats/interval.ts";
import type { Evidence } from "../analysis.ts";

/** The side of a bound that is claimed. */
export type Side = "above" | "below";

/**
 * What the exact guarantee needs of a metric: proved at every sample size and any stopping rule, for independent
 * requests.
 */
export interface ExactMethods {
  readonly method: string;
  /** ln E of "the effect is above (below) the bound". */
  effect(kind: EffectKind, bound: number, side: Side): number | NotComputable;
  /** ln E of "the treatment's level is above (below) the bound". */
  level(bound: number, side: Side): number | NotComputable;
  interval(kind: EffectKind, alpha: number): Interval | NotComputable;
  armInterval(arm: "control" | "treatment", alpha: number): Interval | NotComputable;
  noEffect(kind: EffectKind): Evidence | NotComputable;
}

/** The interval of a result, or why there is none. */
export function intervalOf(result: { readonly interval: Interval } | NotComputable): Interval | NotComputable {
  return isNotComputable(result) ? result : result.interval;
}

/** Evidence as plain JSON, without an infinite logarithm. */
export function plainEvidence({ lnEvidence, pValue, lnPValue }: Evidence): Evidence {
  return { lnEvidence, pValue, lnPValue: Math.max(-Number.MAX_VALUE, lnPValue) };
}
