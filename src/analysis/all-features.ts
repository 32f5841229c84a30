import { segmentedEffects } from "./breakdowns/segment-effects.ts";
import { levelsOfLook, reachedLook } from "./looks/planned-look.ts";
import { exactMethods } from "./metrics/exact.ts";

/** What only some policies ask for: pages load it when theirs does; everywhere else it is there. */
export interface AnalysisFeatures {
  /** For `guarantee: "exact"`. */
  readonly exactMethods: typeof exactMethods;
  /** For `monitoring: { kind: "group-sequential" }`. */
  readonly reachedLook: typeof reachedLook;
  readonly levelsOfLook: typeof levelsOfLook;
  /** For `segments`. */
  readonly segmentedEffects: typeof segmentedEffects;
}

export const analysisFeatures: AnalysisFeatures = { exactMethods, reachedLook, levelsOfLook, segmentedEffects };
