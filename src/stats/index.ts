// Every test and interval that is of use on its own, by the question it answers.

// Two shares.
export { agrestiCaffoInterval } from "./proportions/agresti-caffo.ts";
export { barnardTest } from "./proportions/barnard.ts";
export { boschlooTest } from "./proportions/boschloo.ts";
export { conditionalOddsRatio } from "./proportions/conditional-odds-ratio.ts";
export type { ProportionCounts } from "./proportions/counts.ts";
export { proportionEquivalenceTest, twoOneSidedTests } from "./proportions/equivalence.ts";
export { fisherTest } from "./proportions/fisher.ts";
export { katzInterval } from "./proportions/katz.ts";
export { newcombeInterval } from "./proportions/newcombe.ts";
export type { Alternative, FixedGuarantee, IntervalResult, TestOptions, TestResult } from "./result.ts";
export { farringtonManningTest, meeInterval, miettinenNurminenInterval } from "./proportions/score-difference.ts";
export { koopmanInterval, scoreOddsRatioInterval } from "./proportions/score-ratio.ts";
export { twoProportionZTest } from "./proportions/two-proportion-z.ts";
export { woolfInterval } from "./proportions/woolf.ts";

// One share, several shares.
export { agrestiCoullInterval } from "./proportions/agresti-coull.ts";
export { goodnessOfFitTest, homogeneityTest } from "./proportions/chi-square.ts";
export { clopperPearsonInterval } from "./proportions/clopper-pearson.ts";
export { jeffreysInterval } from "./proportions/jeffreys.ts";
export { oneProportionZTest } from "./proportions/one-proportion-z.ts";
export { wilsonInterval } from "./proportions/wilson.ts";

// Quantiles.
export { clusteredQuantileComparison, clusteredQuantileInterval } from "./quantiles/clustered-quantile.ts";
export { moverDifference, moverRatio } from "./quantiles/mover.ts";
export { quantileDifference, quantileRatio } from "./quantiles/quantile-comparison.ts";
export { quantileInterval } from "./quantiles/quantile-interval.ts";

// Means, ratios, ranks.
export { clusteredMeanTest, clusteredProportionTest, clusteredRatioTest } from "./means/clustered-means.ts";
export { cupedRatioTest, cupedTest, regressionAdjustedTest } from "./means/cuped.ts";
export { mannWhitneyTest } from "./means/mann-whitney.ts";
export { momentsOf, pairMomentsOf } from "./means/sample-moments.ts";
export { permutationTest } from "./means/permutation.ts";
export { ratioMetricQuotientTest, ratioMetricTest } from "./means/ratio-metric.ts";
export { meanRatioTest, welchTest } from "./means/welch.ts";
export { winsorisedMeanTest } from "./means/winsorised.ts";

// Pairs: the same request answered by both versions.
export { mcnemarTest, newcombePairedInterval } from "./proportions/mcnemar.ts";
export { pairedDifferenceMoments, pairedTTest } from "./means/paired-t.ts";
export { pairedChangeQuantile, pairedQuantileDifference } from "./quantiles/paired-quantiles.ts";

// Many answers at once.
export { dunnettAdjust, dunnettCriticalValue } from "./multiplicity/dunnett.ts";
export { adjustLnPValues, adjustPValues } from "./multiplicity/adjust.ts";

// At any look.
export { anytimeTEvidence, anytimeTRadius } from "./anytime/anytime-t.ts";
export { blockConfidenceSequence } from "./anytime/blocks/block-confidence-sequence.ts";
export { blockEProcess, startBlockEProcess } from "./anytime/blocks/block-e-process.ts";
export { empiricalProcessBound } from "./anytime/empirical-process-bound.ts";
export { evidenceThreshold, isRejected } from "./anytime/evidence.ts";
export type { AnytimeGuarantee, ConfidenceSequenceResult, SequentialEvidence } from "./anytime/evidence.ts";
export { gammaPoissonBound, gammaPoissonLnEvidence } from "./anytime/mixtures/gamma-poisson-mixture.ts";
export { gaussianMixtureSequence } from "./anytime/mixtures/gaussian-mixture.ts";
export { mixtureThreshold } from "./anytime/mixtures/normal-mixture.ts";
export {
  oddsRatioConfidenceSequence,
  oddsRatioEProcess,
  startOddsRatioEProcess,
} from "./anytime/blocks/odds-ratio-e-process.ts";
export {
  oneProportionConfidenceSequence,
  oneProportionEvidence,
} from "./anytime/proportions/one-proportion-sequence.ts";
export { polynomialStitchingBound } from "./anytime/polynomial-stitching.ts";
export type { Stratum } from "./anytime/proportions/profile-deviance.ts";
export { profileProportionEvidence, profileProportionInterval } from "./anytime/proportions/profile-proportion.ts";
export {
  oneQuantileSequence,
  quantileKernelEvidence,
  quantileKernelSequence,
} from "./anytime/quantiles/exact-quantile.ts";
export { quantileStitchingBound } from "./anytime/quantile-stitching.ts";
export { sequentialSampleRatioTest } from "./anytime/sample-ratio-evidence.ts";
export { sequentialProbabilityRatioTest } from "./anytime/sprt.ts";
export {
  asymptoticProportionSequence,
  mixtureSequentialProbabilityRatioTest,
} from "./anytime/proportions/wald-sequence.ts";

// At a few planned looks.
export { estimateAfterStopping } from "./group-sequential/after-stopping.ts";
export { conditionalPower, predictivePower } from "./group-sequential/conditional-power.ts";
export { groupSequentialDesign } from "./group-sequential/design.ts";
export { analyzeGroupSequential } from "./group-sequential/look.ts";
export { spentProbability } from "./group-sequential/spending.ts";
