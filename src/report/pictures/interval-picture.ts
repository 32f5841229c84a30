import { domainAround } from "../charts/domain.ts";
import type { EffectPicture } from "./effect-scale.ts";

/**
 * An effect as a small SVG for a table cell: the interval, the point, the lines for no effect, margin and rollback.
 * Decorative: the same figures stand beside it as text. Colours come from the page by class.
 */
export function intervalPicture(
  { estimate, interval: [lower, upper], margin, rollback }: EffectPicture,
  width = 170,
): string {
  const height = 22;
  const middle = height / 2;
  const lines = [0, ...(margin === null ? [] : [margin]), ...(rollback === null ? [] : [rollback])];
  const [low, high] = domainAround(
    [estimate, ...lines],
    [lower, upper].filter((end) => end !== null),
  );
  const x = (value: number): number =>
    Math.round((10 * width * (Math.min(high, Math.max(low, value)) - low)) / (high - low)) / 10;
  const [from, to] = [lower === null || lower < low ? 0 : x(lower), upper === null || upper > high ? width : x(upper)];
  const vertical = (value: number | null, kind: string): string =>
    value === null ? "" : `<line class="${kind}" x1="${x(value)}" x2="${x(value)}" y1="1" y2="${height - 1}"/>`;
  const arrows = [
    lower === null || lower < low ? `<path class="end" d="M0 ${middle}l6-4v8z"/>` : "",
    upper === null || upper > high ? `<path class="end" d="M${width} ${middle}l-6-4v8z"/>` : "",
  ];
  return (
    `<svg class="interval" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `aria-hidden="true" ` +
    `focusable="false">${vertical(0, "none")}${vertical(margin, "margin")}${vertical(rollback, "rollback")}<line ` +
    `class="range" x1="${from}" x2="${to}" y1="${middle}" y2="${middle}"/>${arrows.join("")}<circle ` +
    `cx="${x(estimate)}" cy="${middle}" r="4"/></svg>`
  );
}
