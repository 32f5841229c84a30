import type { FieldMapping, Plan, Summary } from "../../index.ts";
import { openFilesJob } from "./reading-job.ts";
import type { SummarizeFilesOptions } from "./summarize-files-options.ts";

/**
 * Summarizes files of records, one after the other.
 *
 * Guarantee: the same bytes from `encodeSummary`, whatever the number of jobs, and whether or not the job was
 * interrupted and gone on with.
 *
 * @param files - files, `-` for the standard input, or https addresses.
 * @param mapping - from which columns or keys the fields come, the same for all.
 * @throws {RecordsError} when a source can't be read, the state is of another job or its files have changed;
 * InterruptedError on the signal.
 * @example
 * ```ts
 * const files = ["monday.ndjson", "tuesday.ndjson"];
 * const summary = await summarizeFiles(files, planFor(policy), mapping, { jobs: 2, state: "week.state" });
 * ```
 */
export async function summarizeFiles(
  files: readonly string[],
  plan: Plan,
  mapping: FieldMapping,
  options: SummarizeFilesOptions = {},
): Promise<Summary> {
  const job = await openFilesJob(plan, mapping, options);
  try {
    await job.readAll(files);
    await job.save();
    return job.summary();
  } finally {
    await job.close();
  }
}
