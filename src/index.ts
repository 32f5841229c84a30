// In the order of the flow: policy -> records -> summary -> analysis -> decision.
export {
  AssayError,
  DatabaseError,
  type DatabaseErrorDetails,
  type ErrorDetails,
  FormatError,
  isNotComputable,
  type NotComputable,
  type NotComputableReason,
  PolicyError,
  RecordsError,
  SummaryError,
} from "./errors.ts";

export { definePolicy, parsePolicy } from "./policy/define.ts";
export { explainPolicy } from "./policy/explain.ts";
export type * from "./policy/policy.ts";
export {
  type CanaryArms,
  type PolicyPreset,
  type PresetArms,
  canary,
  policyPresets,
  safeRollout,
  superiority,
} from "./policy/presets.ts";
export { type CostProjection, type TokenCounts, type TokenPrice, projectCost, tokenCost } from "./policy/prices.ts";
export { PolicySchema } from "./policy/schema.ts";

export { type ColumnTable, batchesFromTable } from "./records/arquero.ts";
export type { RecordBatch, TextColumn } from "./records/batch.ts";
export type { OnRejected, RejectedRow } from "./records/batch-builder.ts";
export type { ByteSource } from "./records/bytes.ts";
export { readCsv } from "./records/csv/csv.ts";
export { type FieldMapping, parseFields } from "./records/mapping/fields.ts";
export { MappingSchema } from "./records/mapping/mapping-schema.ts";
export { readJmeterXml } from "./records/formats/jmeter-xml.ts";
export { readJsonArray } from "./records/json/json-array.ts";
export { type MappingPreset, mappingPresets } from "./records/mapping/mapping-presets.ts";
export type { LlmPresetName } from "./records/mapping/llm-presets.ts";
export type { LoadPresetName } from "./records/mapping/load-presets.ts";
export type { ProxyPresetName } from "./records/mapping/proxy-presets.ts";
export type { ToolPresetName } from "./records/mapping/tool-presets.ts";
export { readNdjson } from "./records/json/ndjson.ts";
export { readOtlpSpans } from "./records/formats/otlp-spans.ts";
export {
  type ArmDamage,
  type ArmQuality,
  type RecordQuality,
  type RejectionCode,
  type RejectionSample,
  requireAcceptable,
  type UnusableCode,
} from "./records/quality.ts";
export { RecordSchema, type RequestRecord } from "./records/record.ts";
export { type RowOptions, batchesFromRows } from "./records/rows.ts";
export { hashOfText } from "./records/text-hash.ts";
export type { ColumnFacts, ConditionFacts } from "./records/condition-facts.ts";

export type { Histogram, HistogramBins, HistogramTail } from "./sketch/histogram.ts";
export { QuantileSketch } from "./sketch/quantile-sketch.ts";
export type { Moments, MomentsJson, SumJson } from "./sketch/moments.ts";
export type { CoMoments, CoMomentsJson } from "./sketch/comoments.ts";

export { type DecodeSummaryOptions, SummarySchema, decodeSummary } from "./summary/decode.ts";
export { encodeSummary } from "./summary/encode.ts";
export { type QualityFinding, findingsOf } from "./summary/findings.ts";
export type { IdSample, NoteKind } from "./summary/id-sample.ts";
export { mergeSummaries } from "./summary/merge.ts";
export { type Plan, type StatisticPlan, planFor } from "./summary/plan.ts";
export { ownFields, summarize } from "./summary/summarize.ts";
export { type CountedPart, summarizeSketches } from "./summary/summarize-sketches.ts";
export { type Summarizer, createSummarizer } from "./summary/summarizer.ts";
export type {
  Cell,
  Cluster,
  Extent,
  Segment,
  Statistic,
  Summary,
  SummaryQuality,
  TimeSlices,
  UnitBucket,
} from "./summary/summary.ts";

export type * from "./analysis/analysis.ts";
export { analyze } from "./analysis/analyze.ts";
export { statisticOf } from "./analysis/data/statistic-of.ts";

export { decide } from "./decision/decide.ts";
export type {
  ContraryEvidence,
  DecidedComparison,
  DecidedMetric,
  Decision,
  Forecast,
  MetricVerdict,
  Verdict,
} from "./decision/decision.ts";
export type { Reason, Warning } from "./decision/reasons.ts";
export { DecisionSchema } from "./decision/schema.ts";
export { type Traffic, forecastDuration } from "./planning/duration.ts";
export type { LatencyDistribution, PilotHistogram } from "./planning/latency-distribution.ts";
export { type MinimumEffectOptions, minimumDetectableEffect, smallestMargin } from "./planning/minimum-effect.ts";
export { power } from "./planning/power.ts";
export type { PlannedGoal, PlannedMetric, PlannedTest, PlanningQuestion } from "./planning/question.ts";
export { type RampAdvice, type RampBudget, type RampStep, rampAdvice } from "./planning/ramp.ts";
export { type SampleSize, type StoppingSummary, requiredSampleSize } from "./planning/sample-size.ts";
export {
  type FieldLaw,
  type ResamplingOptions,
  type Scenario,
  type ScenarioEpoch,
  scenarioFromSummary,
} from "./planning/scenario.ts";
export { type SimulationOptions, simulate, simulateRuns } from "./planning/simulate.ts";
export {
  type OperatingCharacteristics,
  type RunOutcome,
  type SimulatedChance,
  type SimulatedSpread,
  characteristicsOf,
} from "./planning/simulated-characteristics.ts";

export { assess, defaultMaxRejected } from "./assess.ts";
export { type Random, createRandom } from "./math/random.ts";
export { sampleNormal } from "./math/sampling.ts";
export type {
  ConstantInOneArm,
  CountOf,
  ImplausibleValues,
  MissingValuesDiffer,
  NothingGood,
  RejectionsDiffer,
  RowsWithoutArm,
  UnitNotUsed,
  UnitsDiffer,
} from "./analysis/checks/data-fault.ts";
