/**
 * The part of the core that a page needs, from records to a decision, without the schemas: a policy comes as JSON that
 * `definePolicy` or `assay policy check` has completed and checked before. The names are those of the core.
 */
export { AssayError, RecordsError, SummaryError, isNotComputable } from "./errors.ts";
export { batchesFromRows } from "./records/rows.ts";
export { readNdjson } from "./records/ndjson.ts";
export { planFor } from "./summary/plan.ts";
export { ownFields, summarize } from "./summary/summarize.ts";
export { createSummarizer } from "./summary/summarizer.ts";
export { mergeSummaries } from "./summary/merge.ts";
export { analyze } from "./analysis/analyze.ts";
export { trajectory } from "./analysis/trajectory.ts";
export { decide } from "./decision/decide.ts";
