/** `assay/api`: the experiments API, as a typed client and as data. */
export { memoryAuditLog, AuditEntrySchema } from "./enact/audit.ts";
export type { AuditEntry, AuditLog } from "./enact/audit.ts";
export { checkResults } from "./results/check-results.ts";
export { createClient } from "./http/client.ts";
export type { CallOptions, ChangeOptions, ClientOptions, ExperimentsClient, ResultsQuery } from "./http/client.ts";
export { decideExperiment } from "./results/decide-experiment.ts";
export type { DecidedExperiment } from "./results/decide-experiment.ts";
export {
  decisionDocument,
  decisionHash,
  decodeDecisionDocument,
  DecisionDocumentSchema,
} from "./enact/decision-document.ts";
export type { DecisionDocument, DecisionInputs, Verdict } from "./enact/decision-document.ts";
export { enact } from "./enact/enact.ts";
export type { Enactment, EnactOptions } from "./enact/enact.ts";
export { targetSplit } from "./enact/enact-step.ts";
export type { EnactStep } from "./enact/enact-step.ts";
export { signDecisionDocument } from "./enact/signature.ts";
export * from "./http/errors.ts";
export type {
  AllocationEpoch,
  ArmAllocation,
  Experiment,
  ExperimentDuration,
  ExperimentInput,
  ExperimentPatch,
  SuccessMetrics,
  TargetingRules,
  TrafficAllocation,
} from "./experiment.ts";
export type { DeploymentConfig, ModelVersion, ModelVersionInput, ModelVersionMetadata } from "./model-version.ts";
export { policyFromExperiment } from "./policy-from-experiment.ts";
export type { PolicyFromExperimentOptions } from "./policy-from-experiment.ts";
export { pullExperiment } from "./results/pull.ts";
export type { PullOptions } from "./results/pull.ts";
export { decodePulled, encodePulled } from "./results/pulled.ts";
export type { PulledExperiment, PulledHour } from "./results/pulled.ts";
export type { RateLimit } from "./http/rate-limit.ts";
export { readResults } from "./results/read-results.ts";
export type { ReadResultsOptions } from "./results/read-results.ts";
export type { RetryNotice } from "./http/request.ts";
export { summarizeResults } from "./results/results.ts";
export type { ResultsNote, ResultsSummary } from "./results/results.ts";
export type {
  ArmFigures,
  ArmResults,
  ExperimentResults,
  HistogramBuckets,
  HourlyFigures,
  LatencyHistogram,
} from "./results/results-payload.ts";
export { defaultRetryPolicy } from "./http/retry-delay.ts";
export type { RetryPolicy } from "./http/retry-delay.ts";
export { apiJsonSchemas, apiSchemas } from "./schema.ts";
export { sleep } from "./http/sleep.ts";
export type { Split } from "./enact/split.ts";
export { initialStatuses, isExperimentStatus, statusConflict } from "./status.ts";
export type { ExperimentAction, ExperimentStatus, StatusConflict } from "./status.ts";
export type { TokenSource } from "./http/token.ts";
export { checkExperiment, checkModelVersion, checkPatch } from "./validation.ts";
export type { Checked } from "./validation.ts";
