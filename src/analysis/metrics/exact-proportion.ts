import { type NotComputable, notComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import { blockConfidenceSequence } from "../../stats/anytime/blocks/block-confidence-sequence.ts";
import { blockEProcess, type BlockEProcessOptions, blockMethod } from "../../stats/anytime/blocks/block-e-process.ts";
import {
  oneProportionConfidenceSequence,
  oneProportionEvidence,
} from "../../stats/anytime/proportions/one-proportion-sequence.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { ProportionCounts } from "../../stats/proportions/counts.ts";
import { statisticIndex } from "../../summary/plan.ts";
import type { Summary } from "../../summary/summary.ts";
import type { Evidence } from "../analysis.ts";
import { type ExactMethods, intervalOf, plainEvidence } from "./exact-methods.ts";
import { countsOf } from "./proportion.ts";

/** The exact methods of a share of requests: block e-processes over closed periods. */
export function exactProportion(
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
    noEffect: (kind) => plainEvidence(evidence(kind, kind === "difference" ? 0 : 1, "two-sided")),
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
