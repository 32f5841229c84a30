import { isNotComputable } from "../../errors.ts";
import {
  correctedDeviance,
  correctedThreshold,
  precisionShare,
  type VarianceCorrection,
} from "../../stats/dependence/variance-correction.ts";
import type { Dependence } from "../data/dependence.ts";
import type { ArmEngine, Deviance, MetricEngine } from "./engine.ts";

/**
 * An engine whose deviances, intervals and information count requests as the data show that they depend on each other.
 */
export function correctedEngine(engine: MetricEngine, { shown, levels }: Dependence): MetricEngine {
  return {
    ...engine,
    arms: {
      control: correctedArm(engine.arms.control, levels.control),
      treatment: correctedArm(engine.arms.treatment, levels.treatment),
    },
    deviance: (kind, value) => corrected(engine.deviance(kind, value), shown),
    interval: (kind, threshold) => engine.interval(kind, correctedThreshold(2 * threshold, shown) / 2),
    information: engine.information * precisionShare(shown),
    smallCounts: precisionShare(shown) === 1 ? engine.smallCounts : undefined,
  };
}

function correctedArm(arm: ArmEngine, correction: VarianceCorrection): ArmEngine {
  return {
    ...arm,
    deviance: (level) => {
      const found = arm.deviance(level);
      return isNotComputable(found) ? found : corrected(found, correction);
    },
    interval: (threshold) => arm.interval(correctedThreshold(2 * threshold, correction) / 2),
    information: arm.information * precisionShare(correction),
  };
}

function corrected({ deviance, above }: Deviance, correction: VarianceCorrection): Deviance {
  return { deviance: correctedDeviance(deviance, correction), above };
}
