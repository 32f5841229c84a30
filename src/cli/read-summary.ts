import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { type FieldMapping, type Plan, requireAcceptable, type Summary } from "../index.ts";
import { expandFiles, summarizeFiles as summarize, type SummarizeFilesOptions } from "../node/index.ts";
import { printableLines } from "../report/words/escape.ts";
import { claimFile } from "./claim-file.ts";
import type { CliContext } from "./cli-context.ts";
import { summarizeByDuckDb } from "./engine.ts";
import { interruption } from "./interrupt.ts";
import { numberOption } from "./number-option.ts";
import { boundsOf, maxRejectedOf, type ReadOptions } from "./options.ts";
import { progressLine } from "./progress.ts";
import { warnUnusedFields } from "./unused-fields.ts";

/** Size in bytes from which on starting worker threads pays. */
const worthWorkers = 1024 * 1024 * 1024;

/** Summarizes files, with progress on the way; an interrupt leaves a valid state file. */
export async function summarizeFiles(
  patterns: readonly string[],
  plan: Plan,
  mapping: FieldMapping,
  options: ReadOptions,
  context: CliContext,
): Promise<Summary> {
  const maxRejected = maxRejectedOf(options);
  warnUnusedFields(plan, mapping, options, context);
  const files = await expandFiles(patterns);
  const progress = progressLine(context.stderr, options.quiet ?? false, context.now);
  const stop = interruption(context);
  const release =
    options.state === undefined ? undefined : await claimFile("--state", options.state, context.now ?? Date.now);
  try {
    const summary =
      (await summarizeByDuckDb(files, plan, mapping, options)) ??
      (await summarize(files, plan, mapping, {
        ...(await readingOf(options, files)),
        signal: stop.signal,
        onWarning: (text) => context.stderr.write(`warning: ${printableLines(text)}\n`),
        onProgress: progress.update,
      }));
    progress.done();
    requireAcceptable(summary.quality.records, maxRejected, summary.quality.byArm);
    return summary;
  } finally {
    progress.clear();
    stop.end();
    await release?.();
  }
}

/** How the options want files read. */
export async function readingOf(options: ReadOptions, files: readonly string[]): Promise<SummarizeFilesOptions> {
  return {
    jobs: await jobsOf(options.jobs, files),
    state: options.state,
    quarantine: options.quarantine,
    bounds: boundsOf(options),
    fetch: globalThis.fetch,
  };
}

async function jobsOf(text: string | undefined, files: readonly string[]): Promise<number> {
  if (text === undefined || text === "auto") {
    const sizes = await Promise.all(files.map(async (file) => (await stat(file).catch(() => undefined))?.size ?? 0));
    return Math.max(...sizes) >= worthWorkers ? availableParallelism() : 1;
  }
  return numberOption(
    "--jobs",
    text,
    "auto or a whole number from 1 to 256",
    (jobs) => Number.isInteger(jobs) && jobs >= 1 && jobs <= 256,
  );
}
