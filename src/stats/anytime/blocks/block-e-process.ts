import { cannot } from "../../../errors.ts";
import { logSumExp } from "../../../math/log-sum-exp.ts";
import type { ProportionCounts } from "../../proportions/counts.ts";
import type { Alternative } from "../../result.ts";
import { type SequentialEvidence, sequentialEvidence } from "../evidence.ts";
import { type EffectNodeOptions, type EffectNodes, effectNodes } from "./alternative-grid.ts";
import { requireBlocks } from "./blocks.ts";
import { basePoint, type Line, lineOf, type NullLine, projectOntoLine } from "./null-line.ts";

/** The name under which results of the block e-process are reported. */
export const blockMethod = "block-reverse-information-projection";

/** How a block e-process bets. None of these affects its guarantee, only how fast it detects. */
export interface BlockBetting extends EffectNodeOptions {
  /**
   * The guess of the common proportion before any data, as the successes of some imagined requests. Default 99 of 100,
   * for success rates; for a rate that is small, such as a share of slow requests, use 1 of 100.
   */
  readonly baseline?: ProportionCounts;
}

/** What a block e-process tests. */
export interface BlockEProcessOptions extends BlockBetting {
  /** The null hypothesis, treatment - control or treatment / control. Default `{ difference: 0 }`. */
  readonly nullEffect?: NullLine;
  /** `greater` tests treatment <= null, `less` tests treatment >= null. Default `two-sided`. */
  readonly alternative?: Alternative;
}

/** Evidence after the last block, and its course. */
export interface BlockEProcessResult extends SequentialEvidence {
  /** ln E after every block. */
  readonly lnEvidenceByBlock: Float64Array;
}

/**
 * Do the success proportions of two arms differ by something other than the null effect, exactly, at any stopping time?
 *
 * In every block the likelihood of a few alternatives is divided by the likelihood at their Kullback-Leibler projection
 * onto the null line (reverse information projection); the products are mixed over effect sizes. The baseline
 * may change from block to block and so may the traffic split, so shared outages, drift and ramp-ups do no harm.
 *
 * @param control - successes and trials of the control, one entry per closed block in time order
 * @param treatment - the same for the treatment; a block with an empty arm contributes nothing
 * @param options - null effect (treatment - control or treatment / control), alternative, and how to bet
 * @returns ln E, and the always-valid p-value from the largest E so far
 *
 * Guarantee: anytime-exact. P(ever p <= alpha) <= alpha at every finite sample size and any stopping rule, when
 * requests are independent and each arm's proportion is constant inside a block. Not for clustered requests.
 *
 * Source: P. Grünwald, R. de Heide, W. Koolen, Safe testing (2024), doi:10.1093/jrsssb/qkae011; R. Turner, A. Ly,
 * P. Grünwald, Generic E-variables for exact sequential k-sample tests (2024), doi:10.1016/j.jspi.2023.106116.
 *
 * @throws {RangeError} for counts that are not counts, arms of different length, a null outside its range
 * @example
 * ```ts
 * const control = [{ successes: 997, trials: 1000 }, { successes: 996, trials: 1000 }];
 * const treatment = [{ successes: 960, trials: 1000 }, { successes: 955, trials: 1000 }];
 * blockEProcess(control, treatment, { alternative: "less" }).pValue < 0.001; // true
 * ```
 */
export function blockEProcess(
  control: readonly ProportionCounts[],
  treatment: readonly ProportionCounts[],
  options: BlockEProcessOptions = {},
): BlockEProcessResult {
  const action = "compute the block e-process";
  requireBlocks(action, control, treatment);
  const process = startBlockEProcess(options);
  const lnEvidenceByBlock = new Float64Array(control.length);
  let largest = 0;
  for (let i = 0; i < control.length; i++) {
    const c = control[i] as ProportionCounts;
    const t = treatment[i] as ProportionCounts;
    process.add(c.successes, c.trials, t.successes, t.trials);
    const lnEvidence = process.lnEvidence();
    lnEvidenceByBlock[i] = lnEvidence;
    largest = Math.max(largest, lnEvidence);
  }
  return { ...sequentialEvidence(blockMethod, "anytime-exact", process.lnEvidence(), largest), lnEvidenceByBlock };
}

/** A block e-process that is fed one block at a time. Counts are not checked here. */
export interface RunningBlockEProcess {
  add(controlSuccesses: number, controlTrials: number, treatmentSuccesses: number, treatmentTrials: number): void;
  lnEvidence(): number;
}

/** Starts a block e-process with no data: ln E = 0. @throws {RangeError} for a null or a bet outside its range. */
export function startBlockEProcess(options: BlockEProcessOptions = {}): RunningBlockEProcess {
  const action = "compute the block e-process";
  const line = lineOf(action, options.nullEffect ?? { difference: 0 });
  const nodes = effectNodes(options.alternative ?? "two-sided", options);
  const baseline = options.baseline ?? { successes: 99, trials: 100 };
  if (!(baseline.successes > 0 && baseline.trials > baseline.successes && Number.isFinite(baseline.trials))) {
    throw new RangeError(cannot(action, "baseline", "more than 0 successes of more trials than successes", baseline));
  }
  return runOn(line, nodes, baseline);
}

function runOn(line: Line, nodes: EffectNodes, baseline: ProportionCounts): RunningBlockEProcess {
  const { logOdds, lnWeight } = nodes;
  const count = logOdds.length;
  const lnRatios = new Float64Array(count);
  const controlOdds = new Float64Array(count);
  const treatmentOdds = new Float64Array(count);
  let { successes, trials } = baseline;
  let share = Number.NaN;
  return {
    add(kc, nc, kt, nt) {
      if (nc > 0 && nt > 0) {
        const blockShare = nt / (nc + nt);
        if (blockShare !== share) {
          share = blockShare;
          for (let j = 0; j < count; j++) {
            const effect = logOdds[j] as number;
            controlOdds[j] = Math.exp(-share * effect);
            treatmentOdds[j] = Math.exp((1 - share) * effect);
          }
        }
        const baseControl = basePoint(line, successes / trials, share);
        const baseTreatment = line.slope * baseControl + line.intercept;
        for (let j = 0; j < count; j++) {
          const oddsC = controlOdds[j] as number;
          const oddsT = treatmentOdds[j] as number;
          const alternativeControl = (baseControl * oddsC) / (1 - baseControl + baseControl * oddsC);
          const alternativeTreatment = (baseTreatment * oddsT) / (1 - baseTreatment + baseTreatment * oddsT);
          const nullControl = projectOntoLine(line, alternativeControl, nc, alternativeTreatment, nt);
          const nullTreatment = line.slope * nullControl + line.intercept;
          lnRatios[j] =
            (lnRatios[j] as number) +
            kc * Math.log(alternativeControl / nullControl) +
            (nc - kc) * Math.log((1 - alternativeControl) / (1 - nullControl)) +
            kt * Math.log(alternativeTreatment / nullTreatment) +
            (nt - kt) * Math.log((1 - alternativeTreatment) / (1 - nullTreatment));
        }
      }
      successes += kc + kt;
      trials += nc + nt;
    },
    lnEvidence: () => logSumExp(lnRatios) + lnWeight,
  };
}
