/** `assay/api`: the experiments API, as a typed client and as data. */
export { memoryAuditLog, AuditEntrySchema } from "./audit.ts";
export type { AuditEntry, AuditLog } from "./audit.ts";
export { checkResults } from "./check-results.ts";
export { createClient } from "./client.ts";
export type { CallOptions, ChangeOptions, ClientOptions, ExperimentsClient, ResultsQuery } from "./client.ts";
export { decideExperiment } from "./decide-experiment.ts";
export type { DecidedExperiment } from "./decide-experiment.ts";
export { decisionHash, decodeDecisionDocument, DecisionDocumentSchema } from "./decision-document.ts";
export type { DecisionDocument, Verdict } from "./decision-document.ts";
export { enact } from "./enact.ts";
export type { Enactment, EnactOptions } from "./enact.ts";
export { targetSplit } from "./enact-step.ts";
export type { EnactStep } from "./enact-step.ts";
export * from "./errors.ts";
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
export { pullExperiment } from "./pull.ts";
export type { PullOptions } from "./pull.ts";
export { decodePulled, encodePulled } from "./pulled.ts";
export type { PulledExperiment, PulledHour } from "./pulled.ts";
export type { RateLimit } from "./rate-limit.ts";
export { readResults } from "./read-results.ts";
export type { ReadResultsOptions } from "./read-results.ts";
export type { RetryNotice } from "./request.ts";
export { summarizeResults } from "./results.ts";
export type { ResultsNote, ResultsSummary } from "./results.ts";
export type {
  ArmFigures,
  ArmResults,
  ExperimentResults,
  HistogramBuckets,
  HourlyFigures,
  LatencyHistogram,
} from "./results-payload.ts";
export { defaultRetryPolicy } from "./retry-delay.ts";
export type { RetryPolicy } from "./retry-delay.ts";
export { apiJsonSchemas, apiSchemas } from "./schema.ts";
export { sleep } from "./sleep.ts";
export type { Split } from "./split.ts";
export { initialStatuses, isExperimentStatus, statusConflict } from "./status.ts";
export type { ExperimentAction, ExperimentStatus, StatusConflict } from "./status.ts";
export type { TokenSource } from "./token.ts";
export { checkExperiment, checkModelVersion, checkPatch } from "./validation.ts";
export type { Checked } from "./validation.ts";
