import type { Metric, Policy } from "../../policy/policy.ts";
import { unitOf } from "./format.ts";

/** The unit of a metric's values. */
export function metricUnit(name: string, policy: Policy): string {
  const metric: Metric | undefined = policy.metrics.find((one) => one.name === name);
  if (metric === undefined || metric.kind === "ratio") return "";
  return metric.kind === "cost" ? "USD" : unitOf(metric.field);
}
