import { definePolicy, type FieldMapping, type PolicyInput, policyPresets } from "../../index.ts";
import { planFor } from "../../index.ts";
import { fieldsOf } from "../../summary/statistic.ts";
import { UsageError } from "../cli-context.ts";

/**
 * The policy safe-rollout for these arms, as far as the mapping has the fields that it judges.
 *
 * @throws {UsageError} when the mapping has neither success nor latency.
 */
export function proposePolicy(arms: readonly string[], mapping: FieldMapping, unit: string | null): PolicyInput {
  const [control, ...treatments] = arms as [string, ...string[]];
  const whole = policyPresets["safe-rollout"]({ control, treatments });
  const has = (field: string): boolean => mapping.fields[field] !== undefined;
  const metrics = whole.metrics.filter((metric) =>
    planFor(definePolicy({ ...whole, metrics: [{ ...metric, role: "primary" }] }))
      .statistics.flatMap(fieldsOf)
      .every(has),
  );
  if (metrics.length === 0)
    throw new UsageError(
      "Cannot propose a policy: the log must say whether a request succeeded or how long it took. Map one: " +
        "--map success=COLUMN,latencyMs=COLUMN",
    );
  const primary = metrics.some(({ role }) => role === "primary");
  return {
    ...whole,
    metrics: primary ? metrics : metrics.map((metric) => ({ ...metric, role: "primary" as const })),
    ...(unit === null ? {} : { unit }),
  };
}
