import type { NotComputable } from "../../errors.ts";
import type { EffectPrior } from "../../stats/anytime/mixtures/normal-mixture.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { Interval } from "../../stats/interval.ts";
import type { SmallCounts } from "./small-counts.ts";

/**
 * What the analysis needs of a metric kind: estimates, and how badly a hypothesis fits. Everything else (thresholds,
 * p-values, claims) is the same for all kinds.
 */
export interface MetricEngine {
  readonly arms: { readonly control: ArmEngine; readonly treatment: ArmEngine };
  /** The effect, on a scale; not computable where it is not identified. */
  estimate(kind: EffectKind): number | NotComputable;
  /** How badly "the effect is `value`" fits, and on which side of it the estimate lies. */
  deviance(kind: EffectKind, value: number): Deviance;
  /** The effects whose half deviance stays below a threshold. */
  interval(kind: EffectKind, threshold: number): Interval;
  /** How much the data say about the effect, in the units of the prior. */
  readonly information: number;
  /** Of the effect, and of an arm's level. */
  readonly prior: EffectPrior;
  readonly method: string;
  /** Name of the test of a fixed horizon. */
  readonly fixedTest: string;
  /** The counts of independent requests, where they are too small for the formulas above at planned looks. */
  readonly smallCounts?: SmallCounts | undefined;
}

/** One arm on its own. */
export interface ArmEngine {
  readonly n: number;
  readonly value: number | null;
  readonly information: number;
  /** How badly a level fits; not computable where the values say nothing of how far they spread. */
  deviance(level: number): Deviance | NotComputable;
  interval(threshold: number): Interval;
}

/** Misfit of a hypothesis. */
export interface Deviance {
  /** Twice the log-likelihood lost. */
  readonly deviance: number;
  /** Whether the estimate is above the hypothesised value. */
  readonly above: boolean;
}
