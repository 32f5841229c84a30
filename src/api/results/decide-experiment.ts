import { analyze, decide, encodeSummary, planFor } from "../../index.ts";
import type { Decision, Policy, Summary } from "../../index.ts";
import { checksumOf } from "../../summary/checksum.ts";
import { decisionDocument } from "../enact/decision-document.ts";
import type { DecisionDocument } from "../enact/decision-document.ts";
import { splitOf } from "../enact/split.ts";
import { policyFromExperiment } from "../policy-from-experiment.ts";
import type { PulledExperiment } from "./pulled.ts";
import { summarizeResults } from "./results.ts";
import type { ResultsNote } from "./results.ts";

/** A decision about an experiment, with all that it came from. */
export interface DecidedExperiment {
  readonly decision: Decision;
  readonly policy: Policy;
  /** What was decided on, for the charts of a report. */
  readonly summary: Summary;
  /** What the results could not say. */
  readonly notes: readonly ResultsNote[];
  /** What `enact` acts upon. */
  readonly document: DecisionDocument;
}

/**
 * What should be done about this experiment, by what is known of it now?
 *
 * @param pulled - from `pullExperiment`
 * @param options.policy - what counts as good; the experiment's own configuration (`policyFromExperiment`) where absent
 * @param options.now - this machine's clock, milliseconds since 1970, for servers that don't say when their figures are
 * from
 * @returns the decision, and the document to enact it
 * @throws {ResultsError} as `summarizeResults`; {SummaryError} `arm-without-records` before the first requests of both
 * arms
 * @example
 * ```ts
 * const { decision, document } = decideExperiment(await pullExperiment(client, "exp_0001"), { now: Date.now() });
 * decision.decision; // "ship"
 * document.allocation.treatment; // 50
 * ```
 */
export function decideExperiment(
  pulled: PulledExperiment,
  options: { readonly policy?: Policy | undefined; readonly now: number },
): DecidedExperiment {
  const policy =
    options.policy ?? policyFromExperiment({ ...pulled.experiment, allocation_history: pulled.allocationHistory });
  const { summary, notes } = summarizeResults(pulled, planFor(policy));
  const decision = decide(analyze(summary, policy), policy);
  const document = decisionDocument({
    experimentId: pulled.experiment.experiment_id,
    asOf: pulled.asOf ?? new Date(options.now).toISOString(),
    allocation: splitOf(pulled.experiment),
    decision,
    inputs: { policy: checksumOf(policy), summary: checksumOf(JSON.parse(encodeSummary(summary)) as object) },
  });
  return { decision, policy, summary, notes, document };
}
