import type { MetricAnalysis } from "../analysis/analysis.ts";
import { isNotComputable } from "../errors.ts";
import type { DecidedMetric, MetricVerdict } from "./decision.ts";

/** A metric with its verdict. Before a planned look nothing is established, whatever the figures say. */
export function decidedMetric(metric: MetricAnalysis, beforeLook: boolean): DecidedMetric {
  const judged = beforeLook ? withoutVerdicts(metric) : metric;
  return { ...judged, verdict: beforeLook ? waitingVerdict(judged) : verdictOf(judged) };
}

/** The metric with no claim established and none ruled out: before a planned look a p-value promises nothing. */
function withoutVerdicts(metric: MetricAnalysis): MetricAnalysis {
  const open = <Evidence extends { readonly claim: MetricAnalysis["rules"][number]["claim"] }>(
    one: Evidence,
  ): Evidence => ({
    ...one,
    claim: isNotComputable(one.claim) ? one.claim : { ...one.claim, established: false },
  });
  return {
    ...metric,
    goal: metric.goal === null ? null : { ...open(metric.goal), ruledOut: false },
    limits: metric.limits.map((limit) => ({ ...open(limit), ruledOut: false })),
    rules: metric.rules.map(open),
  };
}

function waitingVerdict({ goal, limits, rules }: MetricAnalysis): MetricVerdict {
  return {
    goal: goal === null && limits.length === 0 ? "none" : "waiting",
    rollbackRule: rules.length === 0 ? "none" : "waiting",
  };
}

function verdictOf({ goal, limits, rules }: MetricAnalysis): MetricVerdict {
  const claims = rules.map(({ claim }) =>
    isNotComputable(claim)
      ? "not-computable"
      : claim.established
        ? "established"
        : claim.suspected
          ? "suspected"
          : "not-established",
  );
  const order = ["established", "suspected", "not-computable", "not-established"] as const;
  const wanted = [...(goal === null ? [] : [goal]), ...limits].map(({ claim }) =>
    isNotComputable(claim) ? "not-computable" : claim.established ? "reached" : "not-reached",
  );
  const worst = ["not-computable", "not-reached", "reached"] as const;
  return {
    goal: worst.find((state) => wanted.includes(state)) ?? "none",
    rollbackRule: order.find((state) => claims.includes(state)) ?? "none",
  };
}
