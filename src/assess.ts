import { analyze } from "./analysis/analyze.ts";
import { decide } from "./decision/decide.ts";
import type { Decision } from "./decision/decision.ts";
import { definePolicy } from "./policy/define.ts";
import type { PolicyInput } from "./policy/policy.ts";
import type { RecordBatch } from "./records/batch.ts";
import { requireAcceptable } from "./records/quality.ts";
import type { RequestRecord } from "./records/record.ts";
import { planFor } from "./summary/plan.ts";
import { summarize } from "./summary/summarize.ts";

/** Largest share of records that may be unreadable. */
export const defaultMaxRejected = 0.001;

/**
 * What should be done, given these records? The whole flow: records -> summary -> analysis -> decision.
 *
 * @param records - records in the library's own fields, or batches of them.
 * @param policy - what counts as good.
 * @param options.maxRejected - largest share of records that may be unreadable, default 0.001.
 * @returns the decision with everything it rests on; see `decide` for what it guarantees.
 * @throws {PolicyError} for a policy that contradicts itself, RecordsError for records that can't be used, SummaryError
 * for an arm without records.
 * @example
 * ```ts
 * const decision = assess(records, safeRollout({ control: "v1", treatments: ["v2"] }));
 * if (decision.decision === "rollback") await pause();
 * ```
 */
export function assess(
  records: Iterable<RequestRecord | RecordBatch>,
  policy: PolicyInput,
  options: { readonly maxRejected?: number } = {},
): Decision {
  const defined = definePolicy(policy);
  const summary = summarize(records, planFor(defined));
  requireAcceptable(summary.quality.records, options.maxRejected ?? defaultMaxRejected, summary.quality.byArm);
  return decide(analyze(summary, defined), defined);
}
