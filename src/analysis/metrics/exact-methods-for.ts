import { type NotComputable, notComputable } from "../../errors.ts";
import type { Metric, Policy } from "../../policy/policy.ts";
import type { Summary } from "../../summary/summary.ts";
import type { ArmData } from "../data/arm-data.ts";
import type { ExactMethods } from "./exact-methods.ts";
import { exactProportion } from "./exact-proportion.ts";
import { exactQuantile } from "./exact-quantile.ts";

/** The exact methods of a metric; not computable for kinds that have none. */
export function exactMethodsFor(
  metric: Metric,
  policy: Policy,
  summary: Summary,
  control: ArmData,
  treatment: ArmData,
): ExactMethods | NotComputable {
  if (metric.kind === "quantile") return exactQuantile(metric.probability, policy, control, treatment);
  if (metric.kind === "proportion" || metric.kind === "exceedance")
    return exactProportion(metric, policy, summary, treatment.arm);
  return notComputable("method-does-not-apply", `no exact method is known for a ${metric.kind}`);
}
