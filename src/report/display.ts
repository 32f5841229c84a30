import type { Decision } from "../decision/decision.ts";
import type { Policy } from "../policy/policy.ts";
import { buildReport } from "./build.ts";
import { effectsChart } from "./charts/effects.ts";
import type { ChartSpec } from "./charts/spec.ts";
import { fragmentHtml } from "./fragment.ts";
import { renderText } from "./text.ts";
import { escapeHtml } from "./words/escape.ts";
import { figuresOf } from "./words/figures.ts";

/** What a notebook shows, by media type. */
export type MimeBundle = Readonly<Record<string, unknown>>;

const jupyter: unique symbol = Symbol.for("Jupyter.display") as never;
const nodeInspect: unique symbol = Symbol.for("nodejs.util.inspect.custom") as never;
const denoInspect: unique symbol = Symbol.for("Deno.customInspect") as never;

/**
 * Lets a result show itself: as a picture and table in a Deno notebook, as a report on a console.
 *
 * @param result - a decision, or any result; a chart specification is drawn by the notebook.
 * @param policy - of the decision; it tells units and margins. Without it a decision is shown as its figures.
 * @returns the same object, which now answers to `Jupyter.display` and to the inspection of Node and Deno. The
 * additions are not enumerable: `JSON.stringify`, comparison and copying see nothing of them. A frozen result is copied
 * first.
 * @example
 * ```ts
 * shown(decide(analysis, policy), policy); // the last line of a notebook cell
 * ```
 */
export function shown<Result extends object>(result: Result, policy?: Policy): Result {
  const target = Object.isExtensible(result) ? result : ({ ...result } as Result);
  const show = (): string => textOf(target, policy);
  for (const [symbol, value] of [
    [jupyter, () => mimeBundle(target, policy)],
    [nodeInspect, show],
    [denoInspect, show],
  ] as const) {
    Object.defineProperty(target, symbol, { value, enumerable: false, configurable: true, writable: true });
  }
  return target;
}

/** A result as `text/html`, `text/plain` and, where there is a chart of it, `application/vnd.vegalite.v5+json`. */
export function mimeBundle(result: object, policy?: Policy): MimeBundle {
  const text = textOf(result, policy);
  if (isChart(result)) return { "application/vnd.vegalite.v5+json": result, "text/plain": text };
  if (isDecision(result) && policy !== undefined) {
    return {
      "text/html": fragmentHtml(buildReport(result, policy)),
      "application/vnd.vegalite.v5+json": effectsChart(result, policy),
      "text/plain": text,
    };
  }
  const rows = figuresOf(result).map(
    ([name, value]) =>
      `<tr><th scope="row" style="text-align:left">${escapeHtml(name)}</th><td ` +
      `style="text-align:left">${escapeHtml(value)}</td></tr>`,
  );
  return { "text/html": `<table>${rows.join("")}</table>`, "text/plain": text };
}

function textOf(result: object, policy: Policy | undefined): string {
  if (isChart(result)) return result.description;
  if (isDecision(result) && policy !== undefined) return renderText(buildReport(result, policy)).trimEnd();
  const figures = figuresOf(result);
  const width = Math.min(48, Math.max(0, ...figures.map(([name]) => name.length)));
  return figures.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}

function isDecision(result: object): result is Decision {
  return "decision" in result && "comparisons" in result && "checks" in result;
}

function isChart(result: object): result is ChartSpec {
  return "$schema" in result && String(result.$schema).includes("vega-lite");
}
