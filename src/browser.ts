import type { AnalysisFeatures } from "./analysis/all-features.ts";
/**
 * The part of the core that a page needs, from records to a decision, without the schemas: a policy comes as JSON that
 * `definePolicy` or `assay policy check` has completed and checked before. The names are those of the core. What only
 * some pages need is loaded when it is wanted: the readers of NDJSON and CSV, and by {@link loadFeatures} the methods
 * that few policies ask for.
 */
import type { Analysis } from "./analysis/analysis.ts";
import { analyzeWith } from "./analysis/analyze-with.ts";
import { type TrajectoryOptions, type TrajectoryPoint, trajectoryWith } from "./analysis/trajectory-with.ts";
import type { Policy } from "./policy/policy.ts";
import type { RecordBatch } from "./records/batch.ts";
import type { readCsv as csv } from "./records/csv/csv.ts";
import type { readNdjson as ndjson } from "./records/json/ndjson.ts";
import type { Summary } from "./summary/summary.ts";

export { AssayError, PolicyError, RecordsError, SummaryError, isNotComputable } from "./errors.ts";
export { batchesFromRows } from "./records/rows.ts";
export { planFor } from "./summary/plan.ts";
export { ownFields, summarize } from "./summary/summarize.ts";
export { createSummarizer } from "./summary/summarizer.ts";
export { mergeSummaries } from "./summary/merge.ts";
export type { AnalysisFeatures } from "./analysis/all-features.ts";
export { loadFeatures } from "./analysis/features.ts";
export { decide } from "./decision/decide.ts";

/** As in the core; the reader is loaded when the first records are asked for. */
export async function* readNdjson(...source: Parameters<typeof ndjson>): AsyncGenerator<RecordBatch> {
  const { readNdjson: read } = await import("./records/json/ndjson.ts");
  yield* read(...source);
}

/** As in the core; the reader is loaded when the first records are asked for. */
export async function* readCsv(...source: Parameters<typeof csv>): AsyncGenerator<RecordBatch> {
  const { readCsv: read } = await import("./records/csv/csv.ts");
  yield* read(...source);
}

/**
 * As in the core, for the default methods.
 *
 * @param summary - as in the core.
 * @param policy - as in the core.
 * @param options - `methods` from {@link loadFeatures}, for a policy with an exact guarantee, planned looks or
 * segments.
 * @throws {PolicyError} with code `methods-not-loaded` when the policy asks for a method that is not among them;
 * besides as in the core.
 * @example
 * ```ts
 * const methods = await loadFeatures(policy);
 * const decision = decide(analyze(summary, policy, { methods }), policy);
 * ```
 */
export function analyze(
  summary: Summary,
  policy: Policy,
  options: { readonly methods?: AnalysisFeatures | null } = {},
): Analysis {
  return analyzeWith(summary, policy, options.methods ?? null);
}

/** As in the core, for the methods that {@link analyze} takes. */
export function trajectory(
  summary: Summary,
  policy: Policy,
  { methods = null, ...options }: TrajectoryOptions & { readonly methods?: AnalysisFeatures | null } = {},
): TrajectoryPoint[] {
  return trajectoryWith(summary, policy, (seen) => analyzeWith(seen, policy, methods), options);
}
