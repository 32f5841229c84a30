import { isNotComputable, type NotComputable, notComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import { blockConfidenceSequence } from "../../stats/anytime/blocks/block-confidence-sequence.ts";
import { blockEProcess, type BlockEProcessOptions, blockMethod } from "../../stats/anytime/blocks/block-e-process.ts";
import {
  oneProportionConfidenceSequence,
  oneProportionEvidence,
} from "../../stats/anytime/proportions/one-proportion-sequence.ts";
import {
  oneQuantileSequence,
  type QuantileEpoch,
  quantileKernelEvidence,
  quantileKernelSequence,
} from "../../stats/anytime/quantiles/exact-quantile.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { Interval } from "../../stats/interval.ts";
import type { ProportionCounts } from "../../stats/proportions/counts.ts";
import { statisticIndex } from "../../summary/plan.ts";
import type { Statistic, Summary } from "../../summary/summary.ts";
import type { Evidence } from "../analysis.ts";
import type { ArmData } from "../data/arm-data.ts";
import { countsOf } from "./proportion.ts";

type Side = "above" | "below";

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

/** The exact methods of a metric; not computable for kinds that have none. */
export function exactMethods(
  metric: Metric,
  policy: Policy,
  summary: Summary,
  control: ArmData,
  treatment: ArmData,
): ExactMethods | NotComputable {
  if (metric.kind === "quantile") return quantileMethods(metric.probability, policy, control, treatment);
  if (metric.kind === "proportion" || metric.kind === "exceedance")
    return shareMethods(metric, policy, summary, treatment.arm);
  return notComputable("method-does-not-apply", `no exact method is known for a ${metric.kind}`);
}

function shareMethods(
  metric: Metric,
  policy: Policy,
  summary: Summary,
  treatment: string,
): ExactMethods | NotComputable {
  if (summary.cells.some(({ period }) => period === null))
    return notComputable(
      "method-does-not-apply",
      "exact evidence is gathered by closed periods, which need timestamps",
    );
  const control = closedBlocks(summary, metric, policy.control);
  const treated = closedBlocks(summary, metric, treatment);
  if (control.length === 0)
    return notComputable("no-data", "no period is closed yet; exact evidence is gathered by closed periods");
  const baseline = metric.better === "higher" ? { successes: 99, trials: 100 } : { successes: 1, trials: 100 };
  const evidence = (kind: EffectKind, bound: number, alternative: BlockEProcessOptions["alternative"]): Evidence =>
    blockEProcess(control, treated, {
      baseline,
      nullEffect: kind === "difference" ? { difference: bound } : { ratio: bound },
      alternative: alternative ?? "two-sided",
    });
  const total = (blocks: readonly ProportionCounts[]): ProportionCounts => ({
    trials: blocks.reduce((sum, { trials }) => sum + trials, 0),
    successes: blocks.reduce((sum, { successes }) => sum + successes, 0),
  });
  return {
    method: blockMethod,
    effect: (kind, bound, side) => evidence(kind, bound, side === "above" ? "greater" : "less").lnEvidence,
    level: (bound, side) =>
      oneProportionEvidence(total(treated), {
        nullProportion: bound,
        alternative: side === "above" ? "greater" : "less",
      }).lnEvidence,
    interval: (kind, alpha) => intervalOf(blockConfidenceSequence(control, treated, { baseline, effect: kind, alpha })),
    armInterval: (arm, alpha) =>
      intervalOf(oneProportionConfidenceSequence(total(arm === "control" ? control : treated), { alpha })),
    noEffect: (kind) => plain(evidence(kind, kind === "difference" ? 0 : 1, "two-sided")),
  };
}

/** Counts by closed period; the latest period may still grow, so it is left out. */
function closedBlocks({ cells, plan }: Summary, metric: Metric, arm: string): ProportionCounts[] {
  const index = statisticIndex(plan, metric);
  const whole = cells.filter(({ segment }) => segment === null);
  const latest = Math.max(...whole.map(({ period }) => period ?? 0));
  const slots = new Map<string, ProportionCounts>();
  for (const { epoch, period, arm: of, statistics } of whole) {
    if (period === latest && !(plan.end !== null && latest + plan.periodMs >= plan.end)) continue;
    const key = `${epoch} ${period}`;
    const counts = slots.get(key) ?? { trials: 0, successes: 0 };
    slots.set(key, of === arm ? countsOf(statistics[index] ?? null) : counts);
  }
  return [...slots.values()];
}

function quantileMethods(probability: number, policy: Policy, control: ArmData, treatment: ArmData): ExactMethods {
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
      return isNotComputable(found) ? found : plain(found);
    },
  };
}

function sketchOf(statistic: Statistic | null): Extract<Statistic, { kind: "sketch" }>["sketch"] | null {
  return statistic?.kind === "sketch" ? statistic.sketch : null;
}

function lnOf(evidence: Evidence | NotComputable): number | NotComputable {
  return isNotComputable(evidence) ? evidence : evidence.lnEvidence;
}

function intervalOf(result: { readonly interval: Interval } | NotComputable): Interval | NotComputable {
  return isNotComputable(result) ? result : result.interval;
}

function plain({ lnEvidence, pValue, lnPValue }: Evidence): Evidence {
  return { lnEvidence, pValue, lnPValue: Math.max(-Number.MAX_VALUE, lnPValue) };
}
