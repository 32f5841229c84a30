import { type NotComputable, notComputable, requireProbability } from "../../../errors.ts";
import type { ProportionCounts } from "../../proportions/counts.ts";
import type { Alternative } from "../../result.ts";
import { type ConfidenceSequenceResult, evidenceThreshold } from "../evidence.ts";
import { invertEvidence } from "../invert-evidence.ts";
import { type BlockBetting, blockMethod, startBlockEProcess } from "./block-e-process.ts";
import { requireBlocks, stratifiedDifference, stratifiedRatio } from "./blocks.ts";
import type { NullLine } from "./null-line.ts";

/** What a block confidence sequence is for. */
export interface BlockConfidenceSequenceOptions extends BlockBetting {
  /** `difference` is treatment - control, `ratio` is treatment / control. Default `difference`. */
  readonly effect?: "difference" | "ratio";
  /** 1 - coverage. Default 0.05. */
  readonly alpha?: number;
  /** `greater` gives a lower bound only, `less` an upper bound only. Default `two-sided`. */
  readonly alternative?: Alternative;
}

/**
 * Which differences (or ratios) of two success proportions are compatible with the data, exactly and at all times at
 * once?
 *
 * Inverts the block e-process: an effect is kept unless the evidence against it has reached 1 / alpha.
 *
 * @param control - successes and trials of the control, one entry per closed block in time order
 * @param treatment - the same for the treatment
 * @param options - effect, alpha, side, and how to bet
 * @returns estimate pooled over blocks and interval, as treatment - control in [-1, 1] or treatment / control in [0,
 * Infinity]; "could not compute" when no block has both arms, or when no constant effect fits all blocks
 *
 * Guarantee: anytime-exact for an effect that is the same in every block (the baseline may change), with independent
 * requests. The interval belongs to this moment; the intersection of all intervals so far is valid too.
 *
 * Source: as {@link blockEProcess}.
 *
 * @throws {RangeError} for counts that are not counts, arms of different length, alpha outside (0, 1)
 * @example
 * ```ts
 * const control = [{ successes: 9970, trials: 10000 }];
 * const treatment = [{ successes: 9900, trials: 10000 }];
 * blockConfidenceSequence(control, treatment); // interval about [-0.0104, -0.0040]
 * ```
 */
export function blockConfidenceSequence(
  control: readonly ProportionCounts[],
  treatment: readonly ProportionCounts[],
  options: BlockConfidenceSequenceOptions = {},
): ConfidenceSequenceResult | NotComputable {
  const action = "compute a block confidence sequence";
  const { effect = "difference", alpha = 0.05, alternative = "two-sided", ...betting } = options;
  requireProbability(action, "alpha", alpha);
  requireBlocks(action, control, treatment);
  const estimate =
    effect === "difference" ? stratifiedDifference(control, treatment) : stratifiedRatio(control, treatment);
  const totals = pooled(control, treatment);
  if (totals === null) return notComputable("no-data", "no block has requests of both arms");

  const ends = alternative === "two-sided" ? "both" : alternative === "greater" ? "lower" : "upper";
  const lnEvidenceAt = (nullEffect: NullLine): number => {
    const process = startBlockEProcess({ ...betting, alternative, nullEffect });
    for (let i = 0; i < control.length; i++) {
      const c = control[i] as ProportionCounts;
      const t = treatment[i] as ProportionCounts;
      process.add(c.successes, c.trials, t.successes, t.trials);
    }
    return process.lnEvidence();
  };
  const threshold = evidenceThreshold(alpha);
  const interval =
    effect === "difference"
      ? invertEvidence(
          (d) => lnEvidenceAt({ difference: d }),
          threshold,
          { start: estimate as number, step: totals.standardError, limits: [-nearlyOne, nearlyOne] },
          ends,
        )
      : logInterval(
          invertEvidence(
            (lnRatio) => lnEvidenceAt({ ratio: Math.exp(lnRatio) }),
            threshold,
            { start: totals.lnRatio, step: totals.lnRatioStandardError, limits: [-lnLargestRatio, lnLargestRatio] },
            ends,
          ),
        );
  if (interval === null)
    return notComputable("not-identified", "no constant effect is compatible with all blocks: it changed over time");
  const limited = interval.map((end) => (Math.abs(end) === nearlyOne ? Math.sign(end) : end)) as [number, number];
  return {
    computable: true,
    method: blockMethod,
    guarantee: "anytime-exact",
    estimate,
    interval: limited,
    level: 1 - alpha,
  };
}

/** The largest difference a null line can have. */
const nearlyOne = 1 - 1e-9;

/** Ratios beyond exp(20) either way are reported as unbounded. */
const lnLargestRatio = 20;

/** Totals with half an observation added, to start the search from. */
function pooled(
  control: readonly ProportionCounts[],
  treatment: readonly ProportionCounts[],
): { standardError: number; lnRatio: number; lnRatioStandardError: number } | null {
  let [kc, nc, kt, nt] = [0.5, 1, 0.5, 1];
  for (let i = 0; i < control.length; i++) {
    const c = control[i] as ProportionCounts;
    const t = treatment[i] as ProportionCounts;
    if (c.trials === 0 || t.trials === 0) continue;
    kc += c.successes;
    nc += c.trials;
    kt += t.successes;
    nt += t.trials;
  }
  if (nc === 1) return null;
  const [pc, pt] = [kc / nc, kt / nt];
  const standardError = Math.sqrt((pc * (1 - pc)) / nc + (pt * (1 - pt)) / nt);
  return { standardError, lnRatio: Math.log(pt / pc), lnRatioStandardError: Math.sqrt((1 - pc) / kc + (1 - pt) / kt) };
}

function logInterval(ends: readonly [number, number] | null): [number, number] | null {
  return ends === null
    ? null
    : [ends[0] <= -lnLargestRatio ? 0 : Math.exp(ends[0]), ends[1] >= lnLargestRatio ? Infinity : Math.exp(ends[1])];
}
