import type { ComparisonReport, Report } from "./report.ts";
import { escapeMarkdown } from "./words/escape.ts";

/**
 * The report as GitHub-flavoured Markdown, for pull requests, issues and job summaries.
 *
 * @returns headline and reasons, one table per treatment, what the intervals promise, checks and warnings; names are
 * escaped.
 */
export function renderMarkdown(report: Report): string {
  const parts = report.comparisons.flatMap(comparisonParts);
  parts.push(escapeMarkdown(report.promise));
  parts.push(report.checks.map((check) => `- ${escapeMarkdown(check)}`).join("\n"));
  if (report.warnings.length > 0)
    parts.push("**Warnings**", report.warnings.map((warning) => `- ${escapeMarkdown(warning)}`).join("\n"));
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function comparisonParts({ headline, because, next, rows }: ComparisonReport): string[] {
  const reasons = [...because, ...(next === undefined ? [] : [next])];
  const cells = (values: readonly string[]): string => `| ${values.map(escapeMarkdown).join(" | ")} |`;
  return [
    `## ${escapeMarkdown(headline)}`,
    reasons.map((reason) => `- ${escapeMarkdown(reason)}`).join("\n"),
    [
      cells(["metric", "control", "treatment", "effect", "interval", "what decides", "verdict"]),
      "| --- | ---: | ---: | ---: | :---: | --- | --- |",
      ...rows.map(({ metric, control, treatment, effect, interval, decides, verdict }) =>
        cells([metric, control, treatment, effect, interval, decides, verdict]),
      ),
    ].join("\n"),
  ];
}
