import { segmentedEffects } from "./breakdowns/segment-effects.ts";
import { levelsOfLook, reachedLook } from "./looks/planned-look.ts";
import { exactMethodsFor } from "./metrics/exact-methods-for.ts";

/** What only some policies ask for: pages load it when theirs does; everywhere else it is there. */
export interface AnalysisFeatures {
  /** For `guarantee: "exact"`. */
  readonly exactMethodsFor: typeof exactMethodsFor;
  /** For `monitoring: { kind: "group-sequential" }`. */
  readonly reachedLook: typeof reachedLook;
  readonly levelsOfLook: typeof levelsOfLook;
  /** For `segments`. */
  readonly segmentedEffects: typeof segmentedEffects;
}

export const analysisFeatures: AnalysisFeatures = { exactMethodsFor, reachedLook, levelsOfLook, segmentedEffects };
