import { requireNumber } from "../../errors.ts";
import { printable } from "../words/escape.ts";
import { shorten, wrap } from "../words/text-width.ts";
import { type ChartTheme, chartThemes, type ThemeName } from "./theme.ts";

/** A Vega-Lite v5 specification: plain JSON that any Vega-Lite renderer draws. */
export interface ChartSpec {
  readonly $schema: string;
  /** Alternative text: what the chart shows, for those who can't see it. */
  readonly description: string;
  readonly usermeta: { readonly assay: ChartMeta };
  readonly [property: string]: unknown;
}

/** What Assay adds to a specification. */
export interface ChartMeta {
  /** Which chart, e.g. `effects` or `sequence`. */
  readonly chart: string;
  /** The finding that its title states. */
  readonly finding: string;
  /** What is shown, units and method. */
  readonly subtitle: string;
  /** The same figures as a table. */
  readonly table: ChartTable;
}

/** Figures as text, row by row. */
export interface ChartTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** How a chart is drawn. */
export interface ChartOptions {
  /** Width of the whole chart in pixels, from 240; default 640. */
  readonly width?: number;
  /** Default `light`. */
  readonly theme?: ThemeName;
}

/** What a chart has of its own. */
export interface ChartContent extends ChartMeta {
  /** The space right and left of the plot, in pixels. */
  readonly margin: number;
  /** Layers, scales and data, given the colours and the width of the plot. */
  readonly body: (theme: ChartTheme, plotWidth: number) => Readonly<Record<string, unknown>>;
}

/** Completes a chart: schema, title, alternative text, colours and fonts. */
export function chartSpec(
  { chart, finding, subtitle, table, margin, body }: ChartContent,
  options: ChartOptions = {},
): ChartSpec {
  const width = options.width ?? 640;
  requireNumber("draw a chart", "width", "a number of pixels from 240 to 10000", width, (x) => x >= 240 && x <= 10_000);
  const theme = chartThemes[options.theme ?? "light"];
  return drawable({
    $schema: "https://vega.github.io/schema/vega-lite/v5.json",
    description: `${finding}. ${subtitle}.`,
    usermeta: { assay: { chart, finding, subtitle, table } },
    title: {
      text: linesOf(finding, width, 9),
      subtitle: linesOf(subtitle, width, 7.5),
      anchor: "start",
      frame: "bounds",
    },
    background: theme.background,
    padding: 4,
    ...body(theme, Math.max(120, width - margin)),
    config: configOf(theme, width),
  }) as ChartSpec;
}

/**
 * A specification whose texts are printable, and whose titles have a slanted line for a backslash: Vega-Lite writes
 * titles into expressions and escapes their quotes only, so a name with a backslash or a line feed in it could end the
 * text and become code.
 */
function drawable(part: unknown, key?: string): unknown {
  if (typeof part === "string") return key === "title" ? printable(part).replaceAll("\\", "\u2216") : printable(part);
  if (Array.isArray(part)) return part.map((inner) => drawable(inner, key));
  if (typeof part !== "object" || part === null) return part;
  return Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, drawable(inner, name)]));
}

function configOf(theme: ChartTheme, width: number): Readonly<Record<string, unknown>> {
  const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";
  return {
    font,
    view: { stroke: null },
    title: {
      color: theme.ink,
      subtitleColor: theme.muted,
      fontSize: 14,
      subtitleFontSize: 12,
      fontWeight: 600,
      offset: 12,
      subtitlePadding: 4,
      lineHeight: 18,
      subtitleLineHeight: 16,
    },
    axis: {
      labelColor: theme.muted,
      titleColor: theme.muted,
      gridColor: theme.grid,
      domainColor: theme.muted,
      tickColor: theme.muted,
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: 400,
      labelLimit: 140,
    },
    legend: {
      labelColor: theme.ink,
      titleColor: theme.muted,
      labelFontSize: 12,
      titleFontSize: 12,
      titleFontWeight: 400,
      symbolOpacity: 1,
      orient: "top",
      labelLimit: width < 420 ? 160 : 220,
      symbolStrokeWidth: 2,
      ...(width < 420 ? { columns: 2 } : {}),
    },
    text: { color: theme.ink, fontSize: 12 },
    line: { strokeWidth: 2 },
  };
}

/**
 * A text as lines that fit a width, at so many pixels a character; words longer than a line are cut with an ellipsis.
 * Outside a browser Vega takes a character for 0.8 of the font size, wider than it is, so lines are kept on the short
 * side.
 */
export function linesOf(text: string, width: number, perCharacter: number): string[] {
  const characters = Math.floor(width / perCharacter);
  return wrap(text, characters, "").map((line) => shorten(line, characters));
}

/** A number with few enough digits that specifications stay small and the same in every runtime. */
export function rounded(value: number): number {
  return Number(value.toPrecision(7));
}
