import type { ChartSpec } from "./spec.ts";

/** What is needed of the package `vega`. */
export interface VegaModule {
  readonly parse: (spec: never) => unknown;
  readonly View: new (runtime: never, options: never) => { toSVG(): Promise<string>; finalize(): unknown };
}

/** What is needed of the package `vega-lite`. */
export interface VegaLiteModule {
  readonly compile: (spec: never, options: never) => { readonly spec: unknown };
}

/** The optional peers that draw charts: `{ vega: await import("vega"), vegaLite: await import("vega-lite") }`. */
export interface ChartRenderer {
  readonly vega: VegaModule;
  readonly vegaLite: VegaLiteModule;
}

/**
 * Draws a chart as SVG, without a browser.
 *
 * @param spec - any chart of this package.
 * @param renderer - the packages `vega` and `vega-lite`.
 * @returns the SVG element as text, the same in Node, Deno and Bun; it carries no script and no reference to anything
 * outside.
 * @example
 * ```ts
 * const renderer = { vega: await import("vega"), vegaLite: await import("vega-lite") };
 * const svg = await chartSvg(effectsChart(decision, policy), renderer);
 * ```
 */
export async function chartSvg(spec: ChartSpec, { vega, vegaLite }: ChartRenderer): Promise<string> {
  const quiet = { level: () => quiet, error: raise, warn: () => quiet, info: () => quiet, debug: () => quiet };
  // Vega writes into what it is given.
  const { spec: compiled } = vegaLite.compile(structuredClone(spec) as never, { logger: quiet } as never);
  const view = new vega.View(vega.parse(compiled as never) as never, { renderer: "none", logger: quiet } as never);
  const svg = await view.toSVG();
  view.finalize();
  return numberedIds(svg);
}

/**
 * Vega counts clip paths through the whole process; numbered by their order, the same chart always gives the same text.
 */
function numberedIds(svg: string): string {
  const numbers = new Map<string, number>();
  for (const [, id] of svg.matchAll(/ id="([\w-]+)"/gu))
    if (!numbers.has(id as string)) numbers.set(id as string, numbers.size);
  return svg.replace(/( id="|url\(#)([\w-]+)/gu, (whole, before: string, id: string) =>
    numbers.has(id) ? `${before}part${numbers.get(id)}` : whole,
  );
}

function raise(...messages: unknown[]): never {
  throw new Error(`Cannot draw the chart: ${messages.map(String).join(" ")}`);
}
