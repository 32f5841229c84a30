import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { sleep } from "../api/index.ts";
import {
  analyze,
  AssayError,
  decide,
  type Decision,
  planFor,
  type Policy,
  requireAcceptable,
  type Summary,
  SummaryError,
} from "../index.ts";
import { expandFiles, type FilesJob, openFilesJob } from "../node/index.ts";
import { printableLines } from "../report/words/escape.ts";
import { claimFile } from "./claim-file.ts";
import type { CliContext } from "./cli-context.ts";
import { requireFreshSummary, staleCodes } from "./freshness.ts";
import { mappingOf, maxRejectedOf, type ReadOptions } from "./options.ts";
import { readingOf } from "./read-summary.ts";

/** How files are watched. */
export interface WatchFilesOptions extends ReadOptions {
  readonly once?: boolean;
  readonly intervalMs: number;
  /** Largest age of the data that are decided on, in milliseconds. */
  readonly maxAgeMs: number;
}

/** One look at files that grow. */
export interface FilesLook {
  readonly decision: Decision;
  readonly summary: Summary;
  readonly at: number;
}

/**
 * Follows files, and the files of folders, as they grow and as new ones come: reads whole new lines, decides, and shows
 * what it found, until the policy has a decision, or it is interrupted.
 *
 * @returns the last look; `undefined` when no look had records of all arms.
 */
export async function watchFiles(
  paths: readonly string[],
  policy: Policy,
  options: WatchFilesOptions,
  context: CliContext,
  signal: AbortSignal,
  show: (look: FilesLook | string) => void,
): Promise<FilesLook | undefined> {
  const maxRejected = maxRejectedOf(options);
  const release =
    options.state === undefined ? undefined : await claimFile("--state", options.state, context.now ?? Date.now);
  let job: FilesJob | undefined;
  let last: FilesLook | undefined;
  try {
    job = await openFilesJob(planFor(policy), mappingOf(options, policy), {
      ...(await readingOf(options, [])),
      following: true,
      onWarning: (text) => context.stderr.write(`warning: ${printableLines(text)}\n`),
    });
    while (!signal.aborted) {
      await job.readAll(await filesIn(paths));
      await job.save();
      const summary = job.summary();
      if (summary.quality.records.rows > 0)
        requireAcceptable(summary.quality.records, maxRejected, summary.quality.byArm);
      const at = context.now?.() ?? Date.now();
      try {
        const decision = decide(analyze(summary, policy), policy);
        requireFreshSummary(summary, policy, at, options.maxAgeMs);
        last = { decision, summary, at };
        show(last);
        if (last.decision.decision !== "keep-running") return last;
      } catch (error) {
        const stale = error instanceof AssayError && staleCodes.has(error.code);
        if (stale && options.once !== true) show(error.message);
        else if (error instanceof SummaryError && error.code === "arm-without-records")
          show("no requests of all arms yet");
        else throw error;
      }
      if (options.once === true) return last;
      await (context.sleep ?? sleep)(options.intervalMs, signal).catch((reason: unknown) => {
        if (!signal.aborted) throw reason;
      });
    }
    return last;
  } finally {
    await job?.close();
    await release?.();
  }
}

/** The files that paths name now; of folders all that lie in them, by name. */
async function filesIn(paths: readonly string[]): Promise<string[]> {
  const named = await Promise.all(
    paths.map(async (path) => {
      if ((await stat(path).catch(() => undefined))?.isDirectory() !== true) return [path];
      const entries = await readdir(path, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
        .map((entry) => join(path, entry.name))
        .sort();
    }),
  );
  return expandFiles(named.flat());
}
