import { type NotComputable, notComputable, requireCount } from "../../errors.ts";
import { binomialLogCdf } from "../../math/binomial.ts";
import { fixedLook, independentPairs } from "../assumptions.ts";
import type { Interval } from "../interval.ts";
import { requireOneOf, testOptions } from "../options.ts";
import { criticalValue, type PValue, sided, symmetricPValue } from "../p-value.ts";
import type { IntervalResult, TestOptions, TestResult } from "../result.ts";
import { evenOddsPValue, fromLog } from "./binomial-test.ts";
import { wilsonReachDown, wilsonReachUp } from "./wilson.ts";

/** How pairs of outcomes fell: the same request answered by both versions. */
export interface PairedCounts {
  readonly bothSucceeded: number;
  /** Succeeded with the control, failed with the treatment: lost. */
  readonly onlyControl: number;
  /** Failed with the control, succeeded with the treatment: gained. */
  readonly onlyTreatment: number;
  readonly bothFailed: number;
}

/** Options of {@link mcnemarTest}. */
export interface McNemarOptions extends TestOptions {
  /**
   * `"exact"` (the default) is conservative; `"mid-p"` is close to its level; `"asymptotic"` is the classical
   * chi-square.
   */
  readonly method?: "exact" | "mid-p" | "asymptotic";
  /** Whether the asymptotic statistic is moved towards the null by one pair; default false. */
  readonly continuity?: boolean;
}

const action = "run McNemar's test";

/**
 * Did the treatment change outcomes of the same requests, more one way than the other?
 *
 * @param pairs - Counts of the four outcomes of a pair.
 * @param options - Exact, mid-p or asymptotic; continuity; alternative (`"greater"`: the treatment succeeds more
 * often); level.
 * @returns The difference of success rates treatment - control with Newcombe's paired interval (`intervalMethod` says
 * so), and the p-value. The statistic is the number of gained pairs, or z for the asymptotic test. `NotComputable`
 * without pairs; without discordant pairs p is 1.
 *
 * Exact, or asymptotic; at one look, for independent pairs.
 *
 * Source: Q. McNemar 1947, doi:10.1007/BF02295996; mid-p M. W. Fagerland, S. Lydersen and P. Laake 2013,
 * doi:10.1186/1471-2288-13-91.
 *
 * @throws {RangeError} Counts that are not non-negative integers.
 *
 * @example
 * ```ts
 * mcnemarTest({ bothSucceeded: 364, onlyControl: 476, onlyTreatment: 147, bothFailed: 13 }); // difference -0.329
 * ```
 */
export function mcnemarTest(pairs: PairedCounts, options: McNemarOptions = {}): TestResult | NotComputable {
  const { alternative } = testOptions(action, options);
  const { method = "exact", continuity = false } = options;
  requireOneOf(action, "method", method, ["exact", "mid-p", "asymptotic"]);
  const interval = newcombePairedInterval(pairs, options);
  if (!interval.computable) return interval;
  const { onlyControl: lost, onlyTreatment: gained } = pairs;
  const distance = gained - lost;
  const z =
    lost + gained === 0
      ? 0
      : (Math.sign(distance) * Math.max(0, Math.abs(distance) - (continuity ? 1 : 0))) / Math.sqrt(lost + gained);
  const test: PValue =
    method === "asymptotic"
      ? symmetricPValue(z, alternative)
      : discordantPValue(gained, lost, alternative, method === "mid-p");
  return {
    ...interval,
    method: `mcnemar-${method}${method === "asymptotic" && continuity ? "-continuity" : ""}`,
    guarantee: method === "exact" ? "exact" : "asymptotic",
    intervalMethod: interval.method,
    alternative,
    nullValue: 0,
    statistic: method === "asymptotic" ? z : gained,
    ...test,
  };
}

/**
 * By how much do two success rates differ, when both versions answered the same requests?
 *
 * @param pairs - Counts of the four outcomes of a pair.
 * @param options - Confidence level, alternative.
 * @returns The difference treatment - control with its interval; `NotComputable` without pairs.
 *
 * Asymptotic, at one look, for independent pairs.
 *
 * Source: R. G. Newcombe 1998, method 10, doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C.
 *
 * @throws {RangeError} Counts that are not non-negative integers.
 *
 * @example
 * ```ts
 * newcombePairedInterval({ bothSucceeded: 364, onlyControl: 476, onlyTreatment: 147, bothFailed: 13 });
 * ```
 */
export function newcombePairedInterval(pairs: PairedCounts, options: TestOptions = {}): IntervalResult | NotComputable {
  const { alternative, level } = testOptions(action, options);
  const { bothSucceeded: e, onlyControl: f, onlyTreatment: g, bothFailed: h } = pairs;
  for (const [field, value] of Object.entries({ bothSucceeded: e, onlyControl: f, onlyTreatment: g, bothFailed: h }))
    requireCount(action, field, value);
  const trials = e + f + g + h;
  if (trials === 0) return notComputable("no-data", "there are 0 pairs");
  const critical = criticalValue(level, alternative);
  const control = { successes: e + f, trials };
  const treatment = { successes: e + g, trials };
  const correlation = phi(e, f, g, h, trials);
  const combine = (a: number, b: number): number => Math.sqrt(Math.max(0, a * a - 2 * correlation * a * b + b * b));
  const estimate = (g - f) / trials;
  const interval: Interval = [
    estimate - combine(wilsonReachDown(treatment, critical), wilsonReachUp(control, critical)),
    estimate + combine(wilsonReachUp(treatment, critical), wilsonReachDown(control, critical)),
  ];
  return {
    computable: true,
    method: "newcombe-paired",
    guarantee: "asymptotic",
    assumptions: [independentPairs, fixedLook],
    estimate,
    interval: sided(interval, alternative),
    level,
  };
}

/** The correlation of both outcomes, with Newcombe's continuity correction where it is positive. */
function phi(e: number, f: number, g: number, h: number, trials: number): number {
  const margins = (e + f) * (g + h) * (e + g) * (f + h);
  if (margins === 0) return 0;
  const product = e * h - f * g;
  return (product > 0 ? Math.max(0, product - trials / 2) : product) / Math.sqrt(margins);
}

/** Under the null the discordant pairs fall either way with probability 1/2. */
function discordantPValue(gained: number, lost: number, alternative: TestResult["alternative"], mid: boolean): PValue {
  if (gained + lost === 0) return { pValue: 1, lnPValue: 0 };
  if (alternative === "two-sided") return evenOddsPValue(gained, lost)[mid ? "mid" : "exact"];
  const ln = binomialLogCdf(alternative === "greater" ? lost : gained, gained + lost, 0.5);
  if (!mid) return fromLog(ln);
  const without = binomialLogCdf((alternative === "greater" ? lost : gained) - 1, gained + lost, 0.5);
  return fromLog(ln + Math.log1p(Math.exp(without - ln)) - Math.LN2);
}
