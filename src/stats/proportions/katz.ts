import { type NotComputable, notComputable } from "../../errors.ts";
import { fixedLook, independentRequests, largeCounts } from "../assumptions.ts";
import { requireOneOf, testOptions } from "../options.ts";
import type { TestResult } from "../result.ts";
import { waldResult } from "../wald-result.ts";
import { checkArms, failures, type ProportionCounts, showArms } from "./counts.ts";
import { type RatioOptions, requireRatio } from "./null-ratio.ts";

/** Options of {@link katzInterval}. */
export interface KatzOptions extends RatioOptions {
  /** Whether to add half a success to each arm, so that zero counts can be used (Walter); default false. */
  readonly adjusted?: boolean;
  /** Variance from the common success rate or from each arm's own; default `"unpooled"`. */
  readonly variance?: "pooled" | "unpooled";
  /** Whether to widen by (1/n_control + 1/n_treatment) / 2 relative to the control's rate; default false. */
  readonly continuity?: boolean;
}

const action = "compute the Katz interval";

/**
 * By which factor do two success rates differ?
 *
 * @param control - Counts of the control: `successes` of `trials`.
 * @param treatment - Counts of the treatment.
 * @param options - Level, alternative, `nullRatio` (default 1), adjustment, variance, continuity.
 * @returns The risk ratio treatment / control with the interval and z-test of its logarithm. `NotComputable` for an
 * empty arm, for an arm without successes (unless `adjusted`; {@link koopmanInterval} answers there), or without
 * variance.
 *
 * Asymptotic, at one look, for independent requests.
 *
 * Source: D. Katz et al. 1978, doi:10.2307/2530610; adjustment S. D. Walter 1975, doi:10.1093/biomet/62.2.371.
 *
 * @throws {RangeError} Counts that are not non-negative integers or exceed the trials, a level outside (0, 1), a null
 * ratio that is not positive.
 *
 * @example
 * ```ts
 * katzInterval({ successes: 1, trials: 34 }, { successes: 7, trials: 34 }); // estimate 7, interval [0.91, 53.87]
 * ```
 */
export function katzInterval(
  control: ProportionCounts,
  treatment: ProportionCounts,
  options: KatzOptions = {},
): TestResult | NotComputable {
  const { alternative, level } = testOptions(action, options);
  const { nullRatio = 1, adjusted = false, variance = "unpooled", continuity = false } = options;
  requireRatio(action, nullRatio);
  requireOneOf(action, "variance", variance, ["pooled", "unpooled"]);
  const empty = checkArms(action, control, treatment);
  if (empty !== undefined) return empty;
  if (!adjusted && (control.successes === 0 || treatment.successes === 0)) {
    return notComputable(
      "method-does-not-apply",
      `${showArms(control, treatment)}, and the logarithm of a ratio needs successes in both`,
    );
  }
  const add = adjusted ? 0.5 : 0;
  const [c, t] = [control, treatment].map(({ successes, trials }) => ({
    successes: successes + add,
    trials: trials + add,
  })) as [ProportionCounts, ProportionCounts];
  const centre = Math.log(((t.successes / t.trials) * c.trials) / c.successes);
  const pooled = { successes: c.successes + t.successes, trials: c.trials + t.trials };
  const relativeVariance =
    variance === "pooled"
      ? (failures(pooled) / pooled.successes) * (1 / c.trials + 1 / t.trials)
      : failures(c) / c.successes / c.trials + failures(t) / t.successes / t.trials;
  return waldResult({
    method: adjusted ? "katz-adjusted" : "katz",
    assumptions: [independentRequests, fixedLook, largeCounts],
    estimate:
      control.successes === 0
        ? Math.exp(centre)
        : ((treatment.successes / treatment.trials) * control.trials) / control.successes,
    centre,
    standardError: Math.sqrt(relativeVariance),
    nullValue: nullRatio,
    scale: "log",
    correction: continuity ? (0.5 * (1 / c.trials + 1 / t.trials) * c.trials) / c.successes : 0,
    alternative,
    level,
    data: showArms(control, treatment),
  });
}
