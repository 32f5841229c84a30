import type { Contradiction } from "./contradiction.ts";
import type { Metric, Policy } from "./policy.ts";

/** Whether a plausible range is empty, or of a field that no metric reads. */
export function plausibleContradiction({ plausible = {}, metrics }: Policy): Contradiction | undefined {
  const read = [...new Set(metrics.flatMap(fieldsOf))];
  for (const [field, { least, most }] of Object.entries(plausible)) {
    if (!read.includes(field))
      return {
        code: "plausible-range-unused",
        field: `plausible.${field}`,
        requirement: `of a field whose mean or quantile a metric reads (${read.join(", ") || "none"})`,
        value: plausible[field],
        fix: "Correct the field's name or remove the range",
      };
    if (least !== undefined && most !== undefined && least > most)
      return {
        code: "plausible-range-empty",
        field: `plausible.${field}.least`,
        requirement: `at most most (${most})`,
        value: least,
        fix: "Exchange the two ends",
      };
  }
  return undefined;
}

/** The fields whose values a metric keeps as a distribution or a mean. */
function fieldsOf(metric: Metric): string[] {
  return metric.kind === "quantile" || metric.kind === "mean" ? [metric.field] : [];
}
