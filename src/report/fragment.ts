import { metricsHtml, textHtml, verdictHtml } from "./html-parts.ts";
import { partsStyle } from "./parts-style.ts";
import type { Report } from "./report.ts";

/** The report as a piece of HTML for a page of others, such as a notebook: one element that brings its style along. */
export function fragmentHtml(report: Report): string {
  const style = partsStyle(".assay-report", ".assay-report");
  const parts = report.comparisons.map((comparison) => verdictHtml(comparison) + metricsHtml(comparison));
  return (
    `<div class="assay-report"><style>${style}</style>${parts.join("")}` +
    `<p class="note">${textHtml(report.promise)}</p></div>`
  );
}
