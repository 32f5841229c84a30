import type { Decision, Policy, Summary } from "../index.ts";
import { writeAtomically } from "../node/atomic-write.ts";
import {
  buildReport,
  type ChartRenderer,
  renderHtml,
  renderMarkdown,
  renderText,
  trajectory,
  type VegaLiteModule,
  type VegaModule,
} from "../report/index.ts";
import { printableJson } from "../report/words/escape.ts";
import { type CliContext, exitCodes, UsageError } from "./cli-context.ts";
import { textOptions } from "./terminal.ts";

/** How a decision can be written. */
export const formats = ["text", "json", "markdown", "html"] as const;

/** A way to write a decision. */
export type Format = (typeof formats)[number];

/** Points of the sequence under a text report. */
const textPoints = 24;

/**
 * Writes a decision to the standard output or a file, and returns its exit code.
 *
 * @param summary - what was decided on; with it the page has all charts and the terminal a line for each effect by
 * period.
 */
export async function emitDecision(
  decision: Decision,
  policy: Policy,
  format: Format,
  file: string | undefined,
  context: CliContext,
  summary?: Summary,
): Promise<number> {
  await emit(await written(decision, policy, format, file === undefined, context, summary), file, context);
  return exitCodes[decision.decision];
}

async function written(
  decision: Decision,
  policy: Policy,
  format: Format,
  toTerminal: boolean,
  context: CliContext,
  summary: Summary | undefined,
): Promise<string> {
  switch (format) {
    case "json":
      return `${printableJson(decision)}\n`;
    case "markdown":
      return renderMarkdown(buildReport(decision, policy));
    case "html": {
      const points = summary === undefined ? undefined : trajectory(summary, policy);
      const renderer = await chartRenderer(context);
      return renderHtml({ decision, policy, summary, points }, { renderer, generatedAt: instant(context) });
    }
    case "text": {
      const points =
        toTerminal && context.stdout.isTTY && summary !== undefined
          ? trajectory(summary, policy, { maximumPoints: textPoints })
          : undefined;
      return renderText(buildReport(decision, policy, points), toTerminal ? textOptions(context.stdout, context) : {});
    }
  }
}

function instant(context: CliContext): string {
  return `${new Date(context.now?.() ?? Date.now()).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** The optional packages that draw charts, or undefined where they are not installed. */
async function chartRenderer(context: CliContext): Promise<ChartRenderer | undefined> {
  try {
    const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
    return { vega: vega as unknown as VegaModule, vegaLite: vegaLite as unknown as VegaLiteModule };
  } catch (cause) {
    if ((cause as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    context.stderr.write("charts are written as tables: install vega and vega-lite to have them drawn\n");
    return undefined;
  }
}

/**
 * Writes data to the standard output, or whole or not at all to a file.
 *
 * @throws {UsageError} when the file can't be written; what it held before is kept.
 */
export async function emit(text: string, file: string | undefined, context: CliContext): Promise<void> {
  if (file === undefined) context.stdout.write(text);
  else await writeOutput("--output", file, text);
}

/** Writes a file that an option names. @throws {UsageError} when it can't be written; the old file stays. */
export async function writeOutput(option: string, file: string, text: string): Promise<void> {
  try {
    await writeAtomically(file, text, "result");
  } catch (error) {
    throw new UsageError(
      `Cannot write the result: ${option} must be a writable file, current value is ${JSON.stringify(file)} ` +
        `(${((error as Error).cause as { code?: string } | undefined)?.code ?? String(error)})`,
    );
  }
}
