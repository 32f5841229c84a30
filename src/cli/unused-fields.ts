import type { FieldMapping, Plan } from "../index.ts";
import { printableLines } from "../report/words/escape.ts";
import { fieldsOf } from "../summary/statistic.ts";
import type { CliContext } from "./cli-context.ts";

/**
 * One warning for each field that is mapped although nothing uses it, with the line of a policy that would.
 */
function unusedFields(plan: Plan, { fields }: FieldMapping): string[] {
  const used = new Set([
    ...["arm", "timestamp", "requestId", "success", "latencyMs"],
    ...plan.statistics.flatMap(fieldsOf),
    ...(plan.units ? ["unit"] : []),
    ...(plan.dependence ? ["instance"] : []),
    ...plan.segments.map((name) => `segment.${name}`),
  ]);
  return Object.keys(fields)
    .filter((field) => !used.has(field))
    .map((field) => {
      if (field === "unit")
        return 'unit is mapped, but the policy names no unit: add "unit": "user" to the policy, or leave it out';
      return field.startsWith("segment.")
        ? `${field} is mapped, but the policy looks at no such segment: add ` +
            `"segments": [${JSON.stringify(field.slice("segment.".length))}] to the policy, or leave it out`
        : `${field} is mapped, but no metric of the policy reads it: add a metric with ` +
            `"field": ${JSON.stringify(field)}, or leave it out`;
    });
}

/** Writes these warnings, unless the options ask for no progress. */
export function warnUnusedFields(
  plan: Plan,
  mapping: FieldMapping,
  { quiet }: { readonly quiet?: boolean },
  { stderr }: CliContext,
): void {
  if (quiet === true) return;
  for (const warning of unusedFields(plan, mapping)) stderr.write(`warning: ${printableLines(warning)}\n`);
}
