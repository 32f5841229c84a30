import { intervalPicture } from "./pictures/interval-picture.ts";
import type { ComparisonReport, MetricRow, Report } from "./report.ts";
import { escapeHtml } from "./words/escape.ts";

/** The verdict on one treatment with its reasons. */
export function verdictHtml({ decision, headline, because, next }: ComparisonReport): string {
  const reasons = [...because, ...(next === undefined ? [] : [next])];
  const list =
    reasons.length === 0 ? "" : `<ul>${reasons.map((reason) => `<li>${textHtml(reason)}</li>`).join("")}</ul>`;
  return `<section class="verdict ${decision}"><h2>${textHtml(headline)}</h2>${list}</section>`;
}

const headings = ["Metric", "Control", "Treatment", "Effect", "Interval", "", "What decides", "Verdict"];

/** The table of metrics; roles are written out because on narrow screens the rows are set as blocks. */
export function metricsHtml({ treatment, control, rows }: ComparisonReport): string {
  const head = headings
    .map((heading) =>
      heading === "" ? `<td role="cell"></td>` : `<th role="columnheader" scope="col">${heading}</th>`,
    )
    .join("");
  const lines = rows.some(({ picture }) => picture !== undefined)
    ? `<p class="key">Lines in the drawings: solid, no effect; dashed, margin; dotted, roll back beyond.</p>`
    : "";
  return (
    `<table class="metrics" role="table"><caption class="visually-hidden">${textHtml(treatment)} against ` +
    `${textHtml(control)}</caption><thead role="rowgroup"><tr role="row">${head}</tr></thead><tbody ` +
    `role="rowgroup">${rows.map(rowHtml).join("")}</tbody></table>${lines}`
  );
}

function rowHtml(row: MetricRow): string {
  const cell = (label: string, content: string): string => `<td role="cell" data-label="${label}">${content}</td>`;
  const cells = [
    cell("Control", textHtml(row.control)),
    cell("Treatment", textHtml(row.treatment)),
    cell("Effect", textHtml(row.effect)),
    cell("Interval", textHtml(row.interval)),
    cell("", row.picture === undefined ? "" : intervalPicture(row.picture)),
    cell("What decides", textHtml(row.decides)),
    cell("Verdict", `<span class="tag ${toneOf(row.verdict)}">${textHtml(row.verdict)}</span>`),
  ];
  return `<tr role="row"><th role="rowheader" scope="row">${textHtml(row.metric)}</th>${cells.join("")}</tr>`;
}

function toneOf(verdict: string): string {
  if (verdict === "roll back") return "bad";
  return verdict === "goal reached" ? "good" : "";
}

/** Checks, warnings, and what the intervals promise. */
export function checksHtml({ promise, checks, warnings }: Report): string {
  const list = (items: readonly string[]): string =>
    `<ul>${items.map((item) => `<li>${textHtml(item)}</li>`).join("")}</ul>`;
  return (
    `<h3>Checks</h3>${list(checks)}${warnings.length === 0 ? "" : `<h3>Warnings</h3>${list(warnings)}`}<p ` +
    `class="note">${textHtml(promise)}</p>`
  );
}

const rightToLeft =
  "[\\p{Script=Hebrew}\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Thaana}\\p{Script=Nko}]\\p{Mark}*";
const rightToLeftWords: RegExp = new RegExp(`(?:${rightToLeft})+(?:[ '’-]+(?:${rightToLeft})+)*`, "gu");

/**
 * A text with every run of right-to-left words isolated, so that it can't reorder the figures around it; `p = 0.05` and
 * `95 %` are kept on one line.
 */
export function textHtml(text: string): string {
  return escapeHtml(text)
    .replace(rightToLeftWords, "<bdi>$&</bdi>")
    .replace(/\bp = (?=\d)/gu, "p\u00a0=\u00a0")
    .replace(/(?<=\d) %/gu, "\u00a0%");
}
