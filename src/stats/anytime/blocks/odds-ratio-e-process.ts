import { cannot, requireProbability } from "../../../errors.ts";
import { logSumExp } from "../../../math/log-sum-exp.ts";
import { noncentralHypergeometric } from "../../../math/noncentral-hypergeometric.ts";
import type { ProportionCounts } from "../../proportions/counts.ts";
import type { Alternative } from "../../result.ts";
import {
  type ConfidenceSequenceResult,
  evidenceThreshold,
  type SequentialEvidence,
  sequentialEvidence,
} from "../evidence.ts";
import { invertEvidence } from "../invert-evidence.ts";
import { type EffectNodeOptions, effectNodes } from "./alternative-grid.ts";
import type { RunningBlockEProcess } from "./block-e-process.ts";
import { requireBlocks, stratifiedOddsRatio } from "./blocks.ts";

const method = "block-conditional-odds-ratio";
/** Log odds ratios beyond these are reported as unbounded. */
const largestLogOdds = 20;

/** What the conditional e-process tests. */
export interface OddsRatioOptions extends EffectNodeOptions {
  /** Odds ratio (treatment / control) under the null hypothesis. Default 1. */
  readonly nullOddsRatio?: number;
  /** `greater` tests odds ratio <= null, `less` tests odds ratio >= null. Default `two-sided`. */
  readonly alternative?: Alternative;
}

/** Evidence after the last block, and its course. */
export interface OddsRatioResult extends SequentialEvidence {
  /** ln E after every block. */
  readonly lnEvidenceByBlock: Float64Array;
}

/**
 * Does the odds ratio of success differ from its null value, exactly, at any stopping time?
 *
 * Given the total of successes in a block, the treatment's follow Fisher's noncentral hypergeometric distribution
 * whatever the baseline; likelihood ratios multiply over blocks and are mixed over odds ratios.
 *
 * @param control - successes and trials of the control, one entry per closed block in time order
 * @param treatment - the same for the treatment; a block with an empty arm, or without both outcomes, contributes
 * nothing
 * @param options - null odds ratio (treatment / control), alternative, effect sizes of the mixture
 * @returns ln E, and the always-valid p-value from the largest E so far
 *
 * Guarantee: anytime-exact for an odds ratio that is the same in every block, with independent requests; the baseline
 * and the split may change from block to block.
 *
 * Also the method for "share of requests slower than X": pass the counts of slow requests. Not for equality of
 * a quantile: equal quantiles do not mean equal shares above a threshold chosen from the data.
 *
 * Source: R. A. Fisher, The logic of inductive inference (1935), doi:10.2307/2342435; S. Howard et al. (2021),
 * doi:10.1214/20-AOS1991, for the mixture.
 *
 * @throws {RangeError} for counts that are not counts, arms of different length, a null that is not positive
 * @example
 * ```ts
 * const control = [{ successes: 30, trials: 10000 }];
 * const treatment = [{ successes: 90, trials: 10000 }];
 * oddsRatioEProcess(control, treatment).pValue < 0.001; // true
 * ```
 */
export function oddsRatioEProcess(
  control: readonly ProportionCounts[],
  treatment: readonly ProportionCounts[],
  options: OddsRatioOptions = {},
): OddsRatioResult {
  requireBlocks("compute the odds-ratio e-process", control, treatment);
  const process = startOddsRatioEProcess(options);
  const lnEvidenceByBlock = new Float64Array(control.length);
  let largest = 0;
  for (let i = 0; i < control.length; i++) {
    const c = control[i] as ProportionCounts;
    const t = treatment[i] as ProportionCounts;
    process.add(c.successes, c.trials, t.successes, t.trials);
    lnEvidenceByBlock[i] = process.lnEvidence();
    largest = Math.max(largest, process.lnEvidence());
  }
  return { ...sequentialEvidence(method, "anytime-exact", process.lnEvidence(), largest), lnEvidenceByBlock };
}

/**
 * Starts an odds-ratio e-process with no data: ln E = 0.
 * @throws {RangeError} for a null or a bet outside its range.
 */
export function startOddsRatioEProcess(options: OddsRatioOptions = {}): RunningBlockEProcess {
  const { nullOddsRatio = 1, alternative = "two-sided" } = options;
  if (!(nullOddsRatio > 0 && Number.isFinite(nullOddsRatio))) {
    throw new RangeError(
      cannot("compute the odds-ratio e-process", "nullOddsRatio", "a positive finite number", nullOddsRatio),
    );
  }
  const nullLogOdds = Math.log(nullOddsRatio);
  const { logOdds, lnWeight } = alternativesOf(alternative, nullLogOdds, options);
  const lnRatios = new Float64Array(logOdds.length);
  return {
    add(controlSuccesses, controlTrials, treatmentSuccesses, treatmentTrials) {
      const block = blockOf(
        { successes: controlSuccesses, trials: controlTrials },
        { successes: treatmentSuccesses, trials: treatmentTrials },
      );
      if (block === null) return;
      const lnNull = lnLikelihood(block, nullLogOdds);
      for (let j = 0; j < logOdds.length; j++)
        lnRatios[j] = (lnRatios[j] as number) + lnLikelihood(block, logOdds[j] as number) - lnNull;
    },
    lnEvidence: () => logSumExp(lnRatios) + lnWeight,
  };
}

/** What an odds-ratio confidence sequence is for. */
export interface OddsRatioIntervalOptions extends EffectNodeOptions {
  /** 1 - coverage. Default 0.05. */
  readonly alpha?: number;
  /** `greater` gives a lower bound only, `less` an upper bound only. Default `two-sided`. */
  readonly alternative?: Alternative;
}

/**
 * Which odds ratios (treatment / control) are compatible with the data, exactly and at all times at once?
 *
 * @returns Mantel-Haenszel estimate (null where not defined) and interval in [0, Infinity]. Arguments, guarantee,
 * source and errors as for {@link oddsRatioEProcess}. The interval must not be turned into one of the difference of
 * proportions.
 *
 * @example
 * ```ts
 * const none = [{ successes: 0, trials: 100 }];
 * oddsRatioConfidenceSequence(none, none).interval; // [0, Infinity]
 * ```
 */
export function oddsRatioConfidenceSequence(
  control: readonly ProportionCounts[],
  treatment: readonly ProportionCounts[],
  options: OddsRatioIntervalOptions = {},
): ConfidenceSequenceResult {
  const action = "compute an odds-ratio confidence sequence";
  requireBlocks(action, control, treatment);
  const { alpha = 0.05, alternative = "two-sided" } = options;
  requireProbability(action, "alpha", alpha);
  const blocks = control
    .map((counts, i) => blockOf(counts, treatment[i] as ProportionCounts))
    .filter((block) => block !== null);
  const lnLikelihoodAt = (logOdds: number): number =>
    blocks.reduce((sum, block) => sum + lnLikelihood(block, logOdds), 0);
  const mixture = (nullLogOdds: number): number => {
    const nodes = alternativesOf(alternative, nullLogOdds, options);
    return logSumExp(Array.from(nodes.logOdds, lnLikelihoodAt)) + nodes.lnWeight;
  };
  // The alternatives of the two-sided mixture do not depend on the null, so they are evaluated once.
  const twoSided = alternative === "two-sided" ? mixture(0) : null;
  const lnEvidence = (logOdds: number): number => (twoSided ?? mixture(logOdds)) - lnLikelihoodAt(logOdds);

  const estimate = stratifiedOddsRatio(control, treatment);
  const lnEstimate = estimate === null || estimate === 0 ? 0 : Math.log(estimate);
  const information = blocks.reduce((sum, block) => sum + varianceOf(block, lnEstimate), 0);
  const step = 1 / Math.sqrt(information + 0.01);
  const ends = alternative === "two-sided" ? "both" : alternative === "greater" ? "lower" : "upper";
  const interval = invertEvidence(
    lnEvidence,
    evidenceThreshold(alpha),
    { start: lnEstimate, step, limits: [-largestLogOdds, largestLogOdds] },
    ends,
  ) ?? [-largestLogOdds, largestLogOdds];
  return {
    computable: true,
    method,
    guarantee: "anytime-exact",
    estimate,
    interval: [
      interval[0] <= -largestLogOdds ? 0 : Math.exp(interval[0]),
      interval[1] >= largestLogOdds ? Infinity : Math.exp(interval[1]),
    ],
    level: 1 - alpha,
  };
}

/** Two-sided mixtures bet around odds ratio 1 whatever the null; one-sided ones beyond the null. */
function alternativesOf(
  alternative: Alternative,
  nullLogOdds: number,
  options: EffectNodeOptions,
): ReturnType<typeof effectNodes> {
  const nodes = effectNodes(alternative, options);
  return alternative === "two-sided"
    ? nodes
    : { ...nodes, logOdds: nodes.logOdds.map((effect) => nullLogOdds + effect) };
}

interface Block {
  readonly trials: number;
  readonly successes: number;
  readonly treatmentTrials: number;
  readonly treatmentSuccesses: number;
}

/** The margins of a block, or null where they leave nothing to learn. */
function blockOf(control: ProportionCounts, treatment: ProportionCounts): Block | null {
  const trials = control.trials + treatment.trials;
  const successes = control.successes + treatment.successes;
  const informative = control.trials > 0 && treatment.trials > 0 && successes > 0 && successes < trials;
  return informative
    ? { trials, successes, treatmentTrials: treatment.trials, treatmentSuccesses: treatment.successes }
    : null;
}

/** ln of the conditional likelihood of a block, up to a constant that does not depend on the odds ratio. */
function lnLikelihood(block: Block, logOdds: number): number {
  return (
    block.treatmentSuccesses * logOdds -
    noncentralHypergeometric(block.trials, block.successes, block.treatmentTrials, logOdds).lnNormaliser
  );
}

function varianceOf(block: Block, logOdds: number): number {
  return noncentralHypergeometric(block.trials, block.successes, block.treatmentTrials, logOdds).variance;
}
