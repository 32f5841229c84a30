import { domainAround } from "../charts/domain.ts";
import type { EffectPicture } from "./effect-scale.ts";
import { circle, decorativeSvg, line, path } from "./svg-shapes.ts";

const height = 22;
const middle = height / 2;

/**
 * An effect as a small SVG for a table cell: the interval, the point, the lines for no effect, margin and rollback.
 * Decorative: the same figures stand beside it as text. Colours come from the page by class.
 */
export function intervalPicture(
  { estimate, interval: [lower, upper], margin, rollback }: EffectPicture,
  width = 170,
): string {
  const lines = [0, ...(margin === null ? [] : [margin]), ...(rollback === null ? [] : [rollback])];
  const [low, high] = domainAround(
    [estimate, ...lines],
    [lower, upper].filter((end) => end !== null),
  );
  const x = (value: number): number =>
    Math.round((10 * width * (Math.min(high, Math.max(low, value)) - low)) / (high - low)) / 10;
  const beyondLeft = lower === null || lower < low;
  const beyondRight = upper === null || upper > high;
  const vertical = (value: number | null, kind: string): string =>
    value === null ? "" : line(kind, [x(value), 1], [x(value), height - 1]);
  return decorativeSvg(`class="interval" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`, [
    vertical(0, "none"),
    vertical(margin, "margin"),
    vertical(rollback, "rollback"),
    line("range", [beyondLeft ? 0 : x(lower), middle], [beyondRight ? width : x(upper), middle]),
    beyondLeft ? path("end", `M0 ${middle}l6-4v8z`) : "",
    beyondRight ? path("end", `M${width} ${middle}l-6-4v8z`) : "",
    circle([x(estimate), middle], 4),
  ]);
}
