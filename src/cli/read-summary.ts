import { type FieldMapping, type Plan, type Summary, createSummarizer, requireAcceptable } from "../index.ts";
import { readFile } from "../node/index.ts";
import { progressLine } from "./progress.ts";
import type { World } from "./world.ts";

/** Summarizes files, with progress on the way. */
export async function summarizeFiles(
  files: readonly string[],
  plan: Plan,
  mapping: FieldMapping,
  maxRejected: number,
  world: World,
  quiet: boolean,
): Promise<Summary> {
  const summarizer = createSummarizer(plan);
  const progress = progressLine(world.stderr, quiet);
  for (const file of files) {
    for await (const batch of readFile(file, mapping, { onProgress: progress.update })) summarizer.addBatch(batch);
    progress.done(file);
  }
  const summary = summarizer.summary();
  requireAcceptable(summary.quality.records, maxRejected);
  return summary;
}
