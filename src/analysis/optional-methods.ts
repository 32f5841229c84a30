import { exactMethods } from "./exact.ts";
import { levelsOfLook, reachedLook } from "./planned-look.ts";
import { segmentedEffects } from "./segments.ts";

/** What only some policies ask for: pages load it when theirs does; everywhere else it is there. */
export interface OptionalMethods {
  /** For `guarantee: "exact"`. */
  readonly exactMethods: typeof exactMethods;
  /** For `monitoring: { kind: "group-sequential" }`. */
  readonly reachedLook: typeof reachedLook;
  readonly levelsOfLook: typeof levelsOfLook;
  /** For `segments`. */
  readonly segmentedEffects: typeof segmentedEffects;
}

export const optionalMethods: OptionalMethods = { exactMethods, reachedLook, levelsOfLook, segmentedEffects };
