import { isNotComputable, type NotComputable, notComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import { oneProportionEvidence } from "../../stats/anytime/proportions/one-proportion-sequence.ts";
import {
  oneQuantileSequence,
  type QuantileEpoch,
  quantileKernelEvidence,
  quantileKernelSequence,
} from "../../stats/anytime/quantiles/exact-quantile.ts";
import type { Statistic } from "../../summary/summary.ts";
import type { Evidence } from "../analysis.ts";
import type { ArmData } from "../data/arm-data.ts";
import { type ExactMethods, intervalOf, plainEvidence } from "./exact-methods.ts";

/** The exact methods of a quantile: a beta mixture over the ranks. */
export function exactQuantile(probability: number, policy: Policy, control: ArmData, treatment: ArmData): ExactMethods {
  const pairs: QuantileEpoch[] = control.epochs.flatMap((statistic, epoch) => {
    const [first, second] = [sketchOf(statistic), sketchOf(treatment.epochs[epoch] ?? null)];
    return first === null || second === null ? [] : [{ control: first, treatment: second }];
  });
  const whole = (data: ArmData): ReturnType<typeof sketchOf> =>
    data.epochs
      .map(sketchOf)
      .reduce((merged, next) => (merged === null ? next : next === null ? merged : merged.merge(next)), null);
  const wholes = { control: whole(control), treatment: whole(treatment) };
  const terms = { probability, alpha: policy.alpha };
  return {
    method: "beta-mixture-quantile-kernel",
    effect: (effect, nullEffect, side) =>
      lnOf(
        quantileKernelEvidence(pairs, {
          ...terms,
          effect,
          nullEffect,
          alternative: side === "above" ? "greater" : "less",
        }),
      ),
    level: (bound, side) => {
      const sketch = wholes.treatment;
      if (sketch === null || sketch.count === 0) return notComputable("no-data", "the treatment has no values");
      const { lower, upper } = sketch.countAbove(bound);
      // The quantile is above the bound when more than 1 - p of the values are.
      return oneProportionEvidence(
        { successes: side === "above" ? lower : upper, trials: sketch.count },
        { nullProportion: 1 - probability, alternative: side === "above" ? "greater" : "less" },
      ).lnEvidence;
    },
    interval: (effect, alpha) => intervalOf(quantileKernelSequence(pairs, { ...terms, effect, alpha })),
    armInterval: (arm, alpha) => {
      const sketch = wholes[arm];
      return sketch === null
        ? notComputable("no-data", `the ${arm} has no values`)
        : intervalOf(oneQuantileSequence(sketch, { probability, alpha }));
    },
    noEffect: (effect) => {
      const found = quantileKernelEvidence(pairs, { ...terms, effect });
      return isNotComputable(found) ? found : plainEvidence(found);
    },
  };
}

function sketchOf(statistic: Statistic | null): Extract<Statistic, { kind: "sketch" }>["sketch"] | null {
  return statistic?.kind === "sketch" ? statistic.sketch : null;
}

function lnOf(evidence: Evidence | NotComputable): number | NotComputable {
  return isNotComputable(evidence) ? evidence : evidence.lnEvidence;
}
