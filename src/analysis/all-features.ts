import { segmentedEffects } from "./breakdowns/segment-effects.ts";
import { levelsOfLook, reachedLook } from "./looks/planned-look.ts";
import { exactMethodsFor } from "./metrics/exact-methods-for.ts";

/**
 * What only some policies ask for: pages load it when theirs does; everywhere else it is there. Pages hand it on as it
 * is, so its members are not part of the public interface.
 */
export interface AnalysisFeatures {
  /** For `guarantee: "exact"`. @internal */
  readonly exactMethodsFor: typeof exactMethodsFor;
  /** For `monitoring: { kind: "group-sequential" }`. @internal */
  readonly reachedLook: typeof reachedLook;
  /** @internal */
  readonly levelsOfLook: typeof levelsOfLook;
  /** For `segments`. @internal */
  readonly segmentedEffects: typeof segmentedEffects;
}

export const analysisFeatures: AnalysisFeatures = { exactMethodsFor, reachedLook, levelsOfLook, segmentedEffects };
