import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { sleep } from "../api/index.ts";
import {
  analyze,
  decide,
  type Decision,
  planFor,
  type Policy,
  requireAcceptable,
  type Summary,
  SummaryError,
} from "../index.ts";
import { expandFiles, openFilesJob } from "../node/index.ts";
import type { CliContext } from "./cli-context.ts";
import { mappingOf, maxRejectedOf, type ReadOptions } from "./options.ts";
import { readingOf } from "./read-summary.ts";

/** How files are watched. */
export interface WatchFilesOptions extends ReadOptions {
  readonly once?: boolean;
  readonly intervalMs: number;
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
  const job = await openFilesJob(planFor(policy), mappingOf(options, policy), {
    ...(await readingOf(options, [])),
    following: true,
  });
  let last: FilesLook | undefined;
  try {
    while (!signal.aborted) {
      await job.readAll(await filesIn(paths));
      await job.save();
      const summary = job.summary();
      if (summary.quality.records.rows > 0)
        requireAcceptable(summary.quality.records, maxRejected, summary.quality.byArm);
      const at = context.now?.() ?? Date.now();
      try {
        last = { decision: decide(analyze(summary, policy), policy), summary, at };
        show(last);
        if (last.decision.decision !== "keep-running") return last;
      } catch (error) {
        if (!(error instanceof SummaryError && error.code === "arm-without-records")) throw error;
        show("no requests of all arms yet");
      }
      if (options.once === true) return last;
      await (context.sleep ?? sleep)(options.intervalMs, signal).catch((reason: unknown) => {
        if (!signal.aborted) throw reason;
      });
    }
    return last;
  } finally {
    await job.close();
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
