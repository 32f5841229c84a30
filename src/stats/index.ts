// Every test and interval that is of use on its own, by the question it answers.

// Two shares.
export { agrestiCaffoInterval } from "./proportions/agresti-caffo.ts";
export { type BarnardOptions, barnardTest } from "./proportions/barnard.ts";
export { boschlooTest } from "./proportions/boschloo.ts";
export { conditionalOddsRatio } from "./proportions/conditional-odds-ratio.ts";
export type { ProportionCounts } from "./proportions/counts.ts";
export {
  type EquivalenceResult,
  type NullValueTest,
  proportionEquivalenceTest,
  twoOneSidedTests,
} from "./proportions/equivalence.ts";
export { type FisherOptions, fisherTest } from "./proportions/fisher.ts";
export { katzInterval, type KatzOptions } from "./proportions/katz.ts";
export { newcombeInterval } from "./proportions/newcombe.ts";
export type { Alternative, FixedGuarantee, IntervalResult, TestOptions, TestResult, TTestResult } from "./result.ts";
export {
  farringtonManningTest,
  meeInterval,
  miettinenNurminenInterval,
  type ScoreDifferenceOptions,
} from "./proportions/score-difference.ts";
export { koopmanInterval, scoreOddsRatioInterval, type ScoreRatioOptions } from "./proportions/score-ratio.ts";
export { type TwoProportionZOptions, twoProportionZTest } from "./proportions/two-proportion-z.ts";
export { woolfInterval, type WoolfOptions } from "./proportions/woolf.ts";

// One share, several shares.
export { agrestiCoullInterval } from "./proportions/agresti-coull.ts";
export {
  type ChiSquareOptions,
  type ChiSquareResult,
  goodnessOfFitTest,
  homogeneityTest,
} from "./proportions/chi-square.ts";
export { clopperPearsonInterval } from "./proportions/clopper-pearson.ts";
export { jeffreysInterval } from "./proportions/jeffreys.ts";
export { oneProportionZTest } from "./proportions/one-proportion-z.ts";
export { wilsonInterval } from "./proportions/wilson.ts";

// Quantiles.
export {
  clusteredQuantileComparison,
  clusteredQuantileInterval,
  type UnitValues,
} from "./quantiles/clustered-quantile.ts";
export { type ArmInterval, moverDifference, type MoverOptions, moverRatio } from "./quantiles/mover.ts";
export { quantileDifference, quantileRatio } from "./quantiles/quantile-comparison.ts";
export { quantileInterval, type QuantileOptions } from "./quantiles/quantile-interval.ts";

// Means, ratios, ranks.
export {
  clusteredMeanTest,
  type ClusteredOptions,
  clusteredProportionTest,
  clusteredRatioTest,
} from "./means/clustered-means.ts";
export { type AdjustedTestResult, cupedRatioTest, cupedTest, regressionAdjustedTest } from "./means/cuped.ts";
export { type MannWhitneyOptions, type MannWhitneyResult, mannWhitneyTest } from "./means/mann-whitney.ts";
export { momentsOf, type PairMoments, pairMomentsOf, type SampleMoments } from "./means/sample-moments.ts";
export { type PermutationOptions, permutationTest } from "./means/permutation.ts";
export { ratioMetricQuotientTest, ratioMetricTest } from "./means/ratio-metric.ts";
export { meanRatioTest, type TransformedSample, type WelchOptions, welchTest } from "./means/welch.ts";
export { winsorisedMeanTest, type WinsorisedOptions, type WinsorisedResult } from "./means/winsorised.ts";

// Pairs: the same request answered by both versions.
export { type McNemarOptions, mcnemarTest, newcombePairedInterval, type PairedCounts } from "./proportions/mcnemar.ts";
export type { OneSampleOptions } from "./proportions/one-sample.ts";
export type { RatioOptions } from "./proportions/null-ratio.ts";
export type { TwoSidedDefinition } from "./proportions/fisher-p-value.ts";
export { pairedDifferenceMoments, pairedTTest } from "./means/paired-t.ts";
export type { ClusteredArm, UnitTotals } from "./means/unit-totals.ts";
export type { MeanRatioOptions } from "./means/fieller-result.ts";
export { pairedChangeQuantile, pairedQuantileDifference } from "./quantiles/paired-quantiles.ts";

// Many answers at once.
export { dunnettAdjust, dunnettCriticalValue, type DunnettOptions } from "./multiplicity/dunnett.ts";
export { adjustLnPValues, adjustPValues, type MultiplicityMethod } from "./multiplicity/adjust.ts";

// At any look.
export { anytimeTEvidence, type AnytimeTInput, type AnytimeTOptions, anytimeTRadius } from "./anytime/anytime-t.ts";
export {
  blockConfidenceSequence,
  type BlockConfidenceSequenceOptions,
} from "./anytime/blocks/block-confidence-sequence.ts";
export {
  blockEProcess,
  type BlockEProcessOptions,
  type BlockEProcessResult,
  type RunningBlockEProcess,
  startBlockEProcess,
} from "./anytime/blocks/block-e-process.ts";
export { empiricalProcessBound, type EmpiricalProcessOptions } from "./anytime/empirical-process-bound.ts";
export { evidenceThreshold, isRejected } from "./anytime/evidence.ts";
export type { AnytimeGuarantee, ConfidenceSequenceResult, SequentialEvidence } from "./anytime/evidence.ts";
export {
  gammaPoissonBound,
  gammaPoissonLnEvidence,
  type GammaPoissonOptions,
} from "./anytime/mixtures/gamma-poisson-mixture.ts";
export {
  type GaussianMixtureOptions,
  type GaussianMixtureResult,
  gaussianMixtureSequence,
  type NormalEstimate,
} from "./anytime/mixtures/gaussian-mixture.ts";
export { type EffectPrior, mixtureThreshold, type PriorPart } from "./anytime/mixtures/normal-mixture.ts";
export {
  oddsRatioConfidenceSequence,
  oddsRatioEProcess,
  type OddsRatioIntervalOptions,
  type OddsRatioOptions,
  type OddsRatioResult,
  startOddsRatioEProcess,
} from "./anytime/blocks/odds-ratio-e-process.ts";
export type { NullLine } from "./anytime/blocks/null-line.ts";
export {
  oneProportionConfidenceSequence,
  oneProportionEvidence,
  type OneProportionIntervalOptions,
  type OneProportionTestOptions,
} from "./anytime/proportions/one-proportion-sequence.ts";
export { polynomialStitchingBound, type StitchingOptions } from "./anytime/polynomial-stitching.ts";
export type { Stratum } from "./anytime/proportions/profile-deviance.ts";
export {
  profileProportionEvidence,
  profileProportionInterval,
  type ProfileProportionOptions,
} from "./anytime/proportions/profile-proportion.ts";
export {
  oneQuantileSequence,
  type QuantileEpoch,
  quantileKernelEvidence,
  type QuantileKernelOptions,
  quantileKernelSequence,
  type QuantileKernelTestOptions,
} from "./anytime/quantiles/exact-quantile.ts";
export { quantileStitchingBound, type QuantileStitchingOptions } from "./anytime/quantile-stitching.ts";
export {
  type AllocatedCounts,
  type SampleRatioOptions,
  type SampleRatioResult,
  sequentialSampleRatioTest,
} from "./anytime/sample-ratio-evidence.ts";
export { sequentialProbabilityRatioTest, type SprtOptions, type SprtResult } from "./anytime/sprt.ts";
export {
  asymptoticProportionSequence,
  mixtureSequentialProbabilityRatioTest,
  type WaldSequenceOptions,
} from "./anytime/proportions/wald-sequence.ts";

// At a few planned looks.
export {
  type AfterStopping,
  type AfterStoppingOptions,
  estimateAfterStopping,
} from "./group-sequential/after-stopping.ts";
export { conditionalPower, predictivePower, type RemainingLooks } from "./group-sequential/conditional-power.ts";
export {
  type DesignLook,
  groupSequentialDesign,
  type GroupSequentialDesign,
  type GroupSequentialOptions,
} from "./group-sequential/design.ts";
export {
  type AnalysedLook,
  analyzeGroupSequential,
  type GroupSequentialAnalysis,
  type LookOptions,
  type LookOutcome,
} from "./group-sequential/look.ts";
export { type SpendingFunction, spentProbability } from "./group-sequential/spending.ts";
export type { ObservedLook } from "./group-sequential/look-fractions.ts";
export type { BoundaryRules } from "./group-sequential/boundaries.ts";
export type { Interval } from "./interval.ts";
