import { domainAround } from "../charts/domain.ts";
import { formatNumber } from "../words/format.ts";
import type { EffectPicture } from "./effect-scale.ts";
import { circle, decorativeSvg, line, path } from "./svg-shapes.ts";

/**
 * How the interval of an effect closed in, as a small SVG without a renderer: the band, the estimates, the lines that
 * decide. Decorative: the effect stands beside it as text. Colours come from the page by class.
 *
 * @param sequence - the effect by period; undefined where it could not be computed.
 */
export function sequencePicture(sequence: readonly (EffectPicture | undefined)[], width = 320, height = 120): string {
  const known = sequence.flatMap((picture, index) => (picture === undefined ? [] : [{ index, picture }]));
  const last = known.at(-1)?.picture;
  if (last === undefined) return "";
  const left = 52;
  const { margin, rollback } = last;
  const lines = [0, ...(margin === null ? [] : [margin]), ...(rollback === null ? [] : [rollback])];
  const ends = (picture: EffectPicture): number[] => picture.interval.filter((end) => end !== null);
  const [low, high] = domainAround(
    [...lines, ...known.slice(-Math.ceil(known.length / 2)).map(({ picture }) => picture.estimate), ...ends(last)],
    known.flatMap(({ picture }) => [picture.estimate, ...ends(picture)]),
  );
  const y = (value: number): string =>
    (height - 4 - ((height - 8) * (Math.min(high, Math.max(low, value)) - low)) / (high - low)).toFixed(1);
  const x = (index: number): string =>
    (left + ((width - left - 4) * index) / Math.max(1, sequence.length - 1)).toFixed(1);
  const upper = known.map(({ index, picture }) => `${x(index)} ${y(picture.interval[1] ?? high)}`);
  const lower = known.map(({ index, picture }) => `${x(index)} ${y(picture.interval[0] ?? low)}`).reverse();
  const horizontal = (value: number | null, kind: string): string =>
    value === null ? "" : line(kind, [left, y(value)], [width, y(value)]);
  const label = (value: number): string =>
    `<text x="${left - 6}" y="${y(value)}" dy="4">${formatNumber(value, 2)}</text>`;
  const labelled = [low + 0.08 * (high - low), high - 0.08 * (high - low)].filter(
    (value) => Math.abs(value) > 0.12 * (high - low),
  );
  const estimates = known.map(({ index, picture }) => `${x(index)} ${y(picture.estimate)}`);
  return decorativeSvg(`class="sequence" viewBox="0 0 ${width} ${height}"`, [
    path("band", `M${[...upper, ...lower].join("L")}Z`),
    horizontal(0, "none"),
    horizontal(margin, "margin"),
    horizontal(rollback, "rollback"),
    path("estimate", `M${estimates.join("L")}`),
    circle([x((known.at(-1) as { index: number }).index), y(last.estimate)], 3.5),
    ...labelled.map(label),
    label(0),
  ]);
}
