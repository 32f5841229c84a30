import { buildReport } from "./build.ts";
import { reportCharts, type ReportInput } from "./charts/report-charts.ts";
import type { ChartSpec, ChartTable } from "./charts/spec.ts";
import { type ChartRenderer, chartSvg } from "./charts/svg.ts";
import { checksHtml, metricsHtml, textHtml, verdictHtml } from "./html-parts.ts";
import { reportStyle, reportStyleHash } from "./html-style.ts";
import { embeddedJson, escapeHtml } from "./words/escape.ts";

/** How an HTML report is made. */
export interface HtmlOptions {
  /** Draws the charts; without it the page carries their specifications and figures as tables. */
  readonly renderer?: ChartRenderer | undefined;
  /** Heading of the page; default "Assay report". */
  readonly title?: string;
  /** When the report was made, as it should be written; left out when not given. */
  readonly generatedAt?: string | undefined;
}

/** A chart with its drawings for wide and narrow screens. */
interface DrawnChart {
  readonly spec: ChartSpec;
  readonly wide: string | undefined;
  readonly narrow: string | undefined;
}

/**
 * The report as one HTML file that needs nothing else: charts inline, no script, no request, for screen, phone and
 * paper, in dark and light.
 *
 * @param input - the decision and its policy; with the summary and its trajectory the page has all charts.
 * @returns the document as text. Every name is escaped: an arm called `<script>` is shown, not run; the page's policy
 * forbids scripts and requests anyway.
 * @example
 * ```ts
 * const page = await renderHtml(
 *   { decision, policy, summary, points: trajectory(summary, policy) },
 *   { renderer: { vega: await import("vega"), vegaLite: await import("vega-lite") } },
 * );
 * ```
 */
export async function renderHtml(input: ReportInput, options: HtmlOptions = {}): Promise<string> {
  const { renderer, title = "Assay report", generatedAt } = options;
  const report = buildReport(input.decision, input.policy);
  const wide = reportCharts(input, { width: 640, theme: "css" });
  const narrow = reportCharts(input, { width: 350, theme: "css" });
  const charts: DrawnChart[] = [];
  for (const [index, spec] of wide.entries()) {
    charts.push({
      spec,
      wide: await drawing(spec, renderer, `w${index}`),
      narrow: await drawing(narrow[index] as ChartSpec, renderer, `n${index}`),
    });
  }
  const security = `default-src 'none'; style-src 'sha256-${reportStyleHash}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${security}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(report.comparisons.map(({ headline }) => headline).join(" ") || title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}${generatedAt === undefined ? "" : `, ${escapeHtml(generatedAt)}`}</h1>
${report.comparisons.map((comparison) => `${verdictHtml(comparison)}\n${metricsHtml(comparison)}`).join("\n")}
${checksHtml(report)}
<h3>Charts</h3>
<div class="charts">
${charts.map(figureHtml).join("\n")}
</div>
</main>
</body>
</html>
`;
}

/**
 * The drawing without its title, which the page sets as text; ids are made unique, because all drawings share one page.
 */
async function drawing(
  spec: ChartSpec,
  renderer: ChartRenderer | undefined,
  prefix: string,
): Promise<string | undefined> {
  if (renderer === undefined) return undefined;
  const { title: _, ...untitled } = spec;
  const svg = await chartSvg(untitled as ChartSpec, renderer);
  return svg.replace(/( id="|url\(#)/gu, `$1${prefix}-`).replace("<svg ", '<svg aria-hidden="true" focusable="false" ');
}

function figureHtml({ spec, wide, narrow }: DrawnChart): string {
  const { finding, subtitle, table } = spec.usermeta.assay;
  const drawn = wide !== undefined && narrow !== undefined;
  const picture = drawn
    ? `<div class="chart" role="img" aria-label="${escapeHtml(spec.description)}">` +
      `<div class="wide">${wide}</div><div class="narrow">${narrow}</div></div>`
    : `<script type="application/json">${embeddedJson(spec)}</script>`;
  const label = `Figures: ${escapeHtml(finding)}`;
  const figures = `<div class="scroll" tabindex="0" role="region" aria-label="${label}">${tableHtml(table)}</div>`;
  return `<figure>
<figcaption><strong>${textHtml(finding)}</strong><span>${textHtml(subtitle)}</span></figcaption>
${picture}
<details${drawn ? "" : " open"}><summary>Figures of this chart</summary>${figures}</details>
</figure>`;
}

function tableHtml({ columns, rows }: ChartTable): string {
  const body = rows.map((row) => `<tr>${row.map((value) => `<td>${textHtml(value)}</td>`).join("")}</tr>`).join("");
  const head = columns.map((column) => `<th scope="col">${textHtml(column)}</th>`).join("");
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}
