import { emphasisOf, emphasisOfVerdict, type Paint, paintWith } from "./pictures/colour.ts";
import { sparkline } from "./pictures/sparkline.ts";
import type { ComparisonReport, MetricRow, Report } from "./report.ts";
import { printable } from "./words/escape.ts";
import { displayWidth, shorten, wrap } from "./words/text-width.ts";

/** How a report is set as text. */
export interface TextOptions {
  /** Columns of the terminal, at least 60; default 80. */
  readonly width?: number;
  /** Whether to emphasise by terminal colours; the words are the same without. Default false. */
  readonly colours?: boolean;
}

type Cells = Readonly<Record<(typeof columns)[number], string>>;

const columns = ["metric", "control", "treatment", "effect", "interval", "verdict"] as const;
const headings: Cells = {
  metric: "metric",
  control: "control",
  treatment: "treatment",
  effect: "effect",
  interval: "interval",
  verdict: "verdict",
};

/**
 * The report as text for a terminal, at most `width` columns wide.
 *
 * @returns lines that end in a newline: headline and reasons, the table of metrics, what the intervals promise, checks
 * and warnings. Control characters in names are shown as replacement characters.
 */
export function renderText(report: Report, options: TextOptions = {}): string {
  const width = Math.max(60, options.width ?? 80);
  const paint = paintWith(options.colours ?? false);
  const lines = report.comparisons.flatMap((comparison) => [...comparisonLines(comparison, width, paint), ""]);
  for (const line of [report.promise, ...report.checks])
    lines.push(...wrap(printable(line), width, "").map((part) => paint("dim", part)));
  if (report.warnings.length > 0) lines.push("", paint("warn", "Warnings"));
  for (const warning of report.warnings) lines.push(...wrap(`- ${printable(warning)}`, width, "  "));
  return `${lines.join("\n")}\n`;
}

function comparisonLines(comparison: ComparisonReport, width: number, paint: Paint): string[] {
  const { decision, headline, because, rows, next, compared } = comparison;
  return [
    ...wrap(printable(headline), width, "").map((line) => paint("bold", paint(emphasisOf(decision), line))),
    ...[...because, ...(next === undefined ? [] : [next])].flatMap((reason) =>
      wrap(`- ${printable(reason)}`, width, "  "),
    ),
    "",
    ...table(rows, width, paint),
    ...decidingBounds(rows, width, paint),
    ...sequences(rows, width, paint),
    ...(compared.length === 0 ? [] : ["", ...compared.flatMap((sentence) => wrap(printable(sentence), width, "    "))]),
  ];
}

/**
 * Aligned columns. Where they don't fit, the names hang above their rows; where even that does not fit, every row is
 * set as lines.
 */
function table(rows: readonly MetricRow[], width: number, paint: Paint): string[] {
  const all = rows.map(
    (row): Cells => Object.fromEntries(columns.map((column) => [column, printable(row[column])])) as Cells,
  );
  const widths = columns.map((column) => Math.max(...[headings, ...all].map((row) => displayWidth(row[column]))));
  const totalOf = (from: number): number => widths.slice(from).reduce((sum, one) => sum + one + 2, -2);
  const line = (row: Cells, from: number): string =>
    columns
      .slice(from)
      .map((column, index) =>
        painted(
          column,
          index + from === columns.length - 1 ? row[column] : pad(row[column], widths[index + from] as number),
          row,
          paint,
        ),
      )
      .join("  ")
      .trimEnd();
  if (totalOf(0) <= width)
    return [paint("dim", line(headings, 0)), "-".repeat(totalOf(0)), ...all.map((row) => line(row, 0))];
  if (totalOf(1) + 2 <= width) {
    return [
      paint("dim", `  ${line(headings, 1)}`),
      "-".repeat(totalOf(1) + 2),
      ...all.flatMap((row) => [...wrap(row.metric, width, "  "), `  ${line(row, 1)}`]),
    ];
  }
  return all.flatMap((row) => [
    ...wrap(`${row.metric}: ${row.verdict}`, width, "  "),
    ...wrap(`  ${row.control} -> ${row.treatment}`, width, "    "),
    ...wrap(`  ${row.effect} ${row.interval}`, width, "    "),
  ]);
}

function painted(column: (typeof columns)[number], text: string, row: Cells, paint: Paint): string {
  const emphasis = column === "verdict" ? emphasisOfVerdict(row.verdict) : undefined;
  return emphasis === undefined ? text : paint(emphasis, text);
}

/** The bounds that decide, one line a metric. */
function decidingBounds(rows: readonly MetricRow[], width: number, paint: Paint): string[] {
  const shown = rows.filter(({ decides }) => decides !== "");
  if (shown.length === 0) return [];
  return [
    "",
    paint("dim", "what decides"),
    ...shown.flatMap(({ metric, decides }) => wrap(`${printable(metric)}: ${printable(decides)}`, width, "  ")),
  ];
}

/** How each effect ran from period to period, as a line of blocks under the table. */
function sequences(rows: readonly MetricRow[], width: number, paint: Paint): string[] {
  const drawn = rows.filter(({ sequence }) => sequence !== undefined && sequence.length > 1);
  if (drawn.length === 0) return [];
  const name = Math.min(30, Math.max(...drawn.map(({ metric }) => displayWidth(printable(metric)))));
  const lines = drawn.map(({ metric, sequence = [], effect }) => {
    const estimates = sequence.map((picture) => picture?.estimate ?? null);
    const label = pad(shorten(printable(metric), name), name);
    return `${label}  ${sparkline(estimates, Math.max(8, width - name - 4 - displayWidth(effect)))}  ${effect}`;
  });
  return ["", paint("dim", "effect by period, from all records up to its end"), ...lines];
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - displayWidth(text)));
}
