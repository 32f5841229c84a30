// Every test and interval that is of use on its own, by the question it answers.

// Two shares.
export { agrestiCaffoInterval } from "./fixed/agresti-caffo.ts";
export { barnardTest } from "./fixed/barnard.ts";
export { boschlooTest } from "./fixed/boschloo.ts";
export { conditionalOddsRatio } from "./fixed/conditional-odds-ratio.ts";
export type { ProportionCounts } from "./fixed/counts.ts";
export { proportionEquivalenceTest, twoOneSidedTests } from "./fixed/equivalence.ts";
export { fisherTest } from "./fixed/fisher.ts";
export { katzInterval } from "./fixed/katz.ts";
export { newcombeInterval } from "./fixed/newcombe.ts";
export type { Alternative, FixedGuarantee, IntervalResult, TestOptions, TestResult } from "./fixed/result.ts";
export { farringtonManningTest, meeInterval, miettinenNurminenInterval } from "./fixed/score-difference.ts";
export { koopmanInterval, scoreOddsRatioInterval } from "./fixed/score-ratio.ts";
export { twoProportionZTest } from "./fixed/two-proportion-z.ts";
export { woolfInterval } from "./fixed/woolf.ts";

// One share, several shares.
export { agrestiCoullInterval } from "./fixed/agresti-coull.ts";
export { goodnessOfFitTest, homogeneityTest } from "./fixed/chi-square-test.ts";
export { clopperPearsonInterval } from "./fixed/clopper-pearson.ts";
export { jeffreysInterval } from "./fixed/jeffreys.ts";
export { oneProportionZTest } from "./fixed/one-proportion-z.ts";
export { wilsonInterval } from "./fixed/wilson.ts";

// Quantiles.
export { clusteredQuantileComparison, clusteredQuantileInterval } from "./fixed/clustered-quantile.ts";
export { moverDifference, moverRatio } from "./fixed/mover.ts";
export { quantileDifference, quantileRatio } from "./fixed/quantile-comparison.ts";
export { quantileInterval } from "./fixed/quantile-interval.ts";

// Means, ratios, ranks.
export { clusteredMeanTest, clusteredProportionTest, clusteredRatioTest } from "./fixed/clustered.ts";
export { cupedRatioTest, cupedTest, regressionAdjustedTest } from "./fixed/covariate-adjustment.ts";
export { mannWhitneyTest } from "./fixed/mann-whitney.ts";
export { momentsOf, pairMomentsOf } from "./fixed/moments.ts";
export { permutationTest } from "./fixed/permutation.ts";
export { ratioMetricQuotientTest, ratioMetricTest } from "./fixed/ratio-metric.ts";
export { meanRatioTest, welchTest } from "./fixed/welch.ts";
export { winsorisedMeanTest } from "./fixed/winsorised.ts";

// Pairs: the same request answered by both versions.
export { mcnemarTest, newcombePairedInterval } from "./fixed/mcnemar.ts";
export { pairedChangeQuantile, pairedQuantileDifference, pairedTTest } from "./fixed/paired.ts";

// Many answers at once.
export { dunnettAdjust, dunnettCriticalValue } from "./checks/dunnett.ts";
export { adjustLnPValues, adjustPValues } from "./checks/multiplicity.ts";

// At any look.
export { anytimeTEvidence, anytimeTRadius } from "./sequential/anytime-t.ts";
export { blockConfidenceSequence } from "./sequential/block-confidence-sequence.ts";
export { blockEProcess, startBlockEProcess } from "./sequential/block-e-process.ts";
export { empiricalProcessBound } from "./sequential/empirical-process-bound.ts";
export { evidenceThreshold, isRejected } from "./sequential/evidence.ts";
export type { AnytimeGuarantee, ConfidenceSequenceResult, SequentialEvidence } from "./sequential/evidence.ts";
export { gammaPoissonBound, gammaPoissonLnEvidence } from "./sequential/gamma-poisson-mixture.ts";
export { gaussianMixture, gaussianMixtureSequence } from "./sequential/gaussian-mixture.ts";
export { mixtureThreshold } from "./sequential/mixture-threshold.ts";
export { oddsRatioConfidenceSequence, oddsRatioEProcess } from "./sequential/odds-ratio-blocks.ts";
export { oneProportionConfidenceSequence, oneProportionEvidence } from "./sequential/one-proportion.ts";
export { polynomialStitchingBound } from "./sequential/polynomial-stitching.ts";
export type { Stratum } from "./sequential/profile-deviance.ts";
export { profileProportionEvidence, profileProportionInterval } from "./sequential/profile-proportion.ts";
export { oneQuantileSequence, quantileKernelEvidence, quantileKernelSequence } from "./sequential/quantile-kernel.ts";
export { quantileStitchingBound } from "./sequential/quantile-stitching.ts";
export { sequentialSampleRatioTest } from "./sequential/sample-ratio.ts";
export { sequentialProbabilityRatioTest } from "./sequential/sprt.ts";
export { asymptoticProportionSequence, mixtureSequentialProbabilityRatioTest } from "./sequential/wald-sequence.ts";

// At a few planned looks.
export { estimateAfterStopping } from "./sequential/group-sequential/after-stopping.ts";
export { conditionalPower, predictivePower } from "./sequential/group-sequential/conditional-power.ts";
export { groupSequentialDesign } from "./sequential/group-sequential/design.ts";
export { analyzeGroupSequential } from "./sequential/group-sequential/look.ts";
export { spentProbability } from "./sequential/group-sequential/spending.ts";
