import type { ComparisonReport, MetricRow, Report } from "./report.ts";
import { displayWidth, wrap } from "./text-width.ts";

/** How a report is set as text. */
export interface TextOptions {
  /** Columns of the terminal, at least 60; default 80. */
  readonly width?: number;
}

const columns = ["metric", "control", "treatment", "effect", "interval", "verdict"] as const;
const headings: MetricRow = { metric: "metric", control: "control", treatment: "treatment", effect: "effect", interval: "interval", verdict: "verdict" };

/**
 * The report as text for a terminal, at most `width` columns wide.
 *
 * @returns lines that end in a newline: headline and reasons, the table of metrics, what the intervals promise, checks and
 * warnings.
 */
export function renderText(report: Report, options: TextOptions = {}): string {
  const width = Math.max(60, options.width ?? 80);
  const lines = report.comparisons.flatMap((comparison) => [...comparisonLines(comparison, width), ""]);
  lines.push(...wrap(report.promise, width, ""));
  for (const check of report.checks) lines.push(...wrap(check, width, ""));
  if (report.warnings.length > 0) lines.push("", "Warnings");
  for (const warning of report.warnings) lines.push(...wrap(`- ${warning}`, width, "  "));
  return `${lines.join("\n")}\n`;
}

function comparisonLines(comparison: ComparisonReport, width: number): string[] {
  const { headline, because, rows, next } = comparison;
  return [
    ...wrap(headline, width, ""),
    ...because.flatMap((reason) => wrap(`- ${reason}`, width, "  ")),
    ...(next === undefined ? [] : wrap(`- ${next}`, width, "  ")),
    "",
    ...table(rows, width),
  ];
}

/** Aligned columns; where they don't fit, the interval and the verdict of each metric go on a line of their own. */
function table(rows: readonly MetricRow[], width: number): string[] {
  const all = [headings, ...rows];
  const widths = columns.map((column) => Math.max(...all.map((row) => displayWidth(row[column]))));
  const total = widths.reduce((sum, one) => sum + one + 2, -2);
  if (total <= width) {
    const line = (row: MetricRow): string => columns.map((column, index) => pad(row[column], widths[index] as number)).join("  ").trimEnd();
    return [line(headings), "-".repeat(total), ...rows.map(line)];
  }
  return rows.flatMap((row) => [
    ...wrap(`${row.metric}: ${row.verdict}`, width, "  "),
    ...wrap(`  ${row.control} -> ${row.treatment}`, width, "    "),
    ...wrap(`  ${row.effect} ${row.interval}`, width, "    "),
  ]);
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
