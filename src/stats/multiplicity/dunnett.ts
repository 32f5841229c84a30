import { cannot, requireFinite, requireNumber, requireProbability } from "../../errors.ts";
import { lnGamma } from "../../math/gamma.ts";
import { normalDensity, normalSurvival } from "../../math/normal.ts";
import { gaussLegendre } from "../../math/quadrature.ts";
import { findRootOutwards } from "../../math/root.ts";
import type { Alternative } from "../result.ts";

/** What {@link dunnettAdjust} takes. */
export interface DunnettOptions {
  /** Sample size of the control (any scale shared with the treatments: what counts is their ratio). */
  readonly controlSize: number;
  /** Sample sizes of the treatments, in the order of the statistics. */
  readonly treatmentSizes: readonly number[];
  /** Degrees of freedom of the pooled variance; default infinite (normal statistics). */
  readonly degreesOfFreedom?: number;
  /** Default `"two-sided"`. */
  readonly alternative?: Alternative;
}

/** Standard errors from which nothing is left of a normal distribution. */
const far = 9;
const panels = 24;
const rule = /* @__PURE__ */ gaussLegendre(8);

/**
 * Which of several treatments differ from one control, counting that there were several and that they share the
 * control?
 *
 * @param statistics - z or t statistics of each treatment against the control, treatment - control.
 * @param options - Sample sizes, degrees of freedom, alternative.
 * @returns Adjusted p-values in the order given: the chance under the global null that the most extreme of all
 * statistics is at least as extreme. Less severe than Bonferroni.
 *
 * Exact for normal means with a common variance, asymptotic otherwise; at one look.
 *
 * Source: C. W. Dunnett 1955, doi:10.1080/01621459.1955.10501294.
 *
 * @throws {RangeError} Statistics that are not finite, sizes that are not positive or don't match, degrees of freedom
 * below 1.
 *
 * @example
 * ```ts
 * dunnettAdjust([2.2, 1.1, 0.4], { controlSize: 100, treatmentSizes: [100, 100, 100] });
 * ```
 */
export function dunnettAdjust(statistics: readonly number[], options: DunnettOptions): number[] {
  statistics.forEach((statistic, i) => requireFinite("adjust by Dunnett's method", `statistics[${i}]`, statistic));
  const tail = tailFunction("adjust by Dunnett's method", statistics.length, options);
  return statistics.map(tail);
}

/**
 * The critical value of Dunnett's simultaneous intervals: the multiple of the standard error at which the chance of
 * missing any of the differences is 1 - level.
 *
 * @param level - Simultaneous confidence level, in (0, 1).
 * @param options - As {@link dunnettAdjust}.
 * @returns The critical value, in standard errors.
 *
 * Guarantee and source: as {@link dunnettAdjust}.
 *
 * @throws {RangeError} As {@link dunnettAdjust}; a level outside (0, 1).
 *
 * @example
 * ```ts
 * dunnettCriticalValue(0.95, { controlSize: 10, treatmentSizes: [10, 10, 10], degreesOfFreedom: 36 }); // 2.45
 * ```
 */
export function dunnettCriticalValue(level: number, options: DunnettOptions): number {
  const action = "find Dunnett's critical value";
  requireProbability(action, "level", level);
  const tail = tailFunction(action, options.treatmentSizes.length, options);
  const sign = options.alternative === "less" ? -1 : 1;
  return findRootOutwards((c) => tail(sign * c) - (1 - level), 2, tail(sign * 2) > 1 - level ? 0.5 : -0.5);
}

/** P(most extreme statistic at least as extreme as x) under the global null. */
function tailFunction(action: string, count: number, options: DunnettOptions): (x: number) => number {
  const { controlSize, treatmentSizes, degreesOfFreedom = Infinity, alternative = "two-sided" } = options;
  if (treatmentSizes.length !== count || count === 0)
    throw new RangeError(
      cannot(action, "treatmentSizes.length", `the number of statistics, at least 1 (${count})`, treatmentSizes.length),
    );
  requireNumber(action, "controlSize", "positive", controlSize, (x) => x > 0 && x < Infinity);
  treatmentSizes.forEach((size, i) =>
    requireNumber(action, `treatmentSizes[${i}]`, "positive", size, (x) => x > 0 && x < Infinity),
  );
  requireNumber(action, "degreesOfFreedom", "at least 1", degreesOfFreedom, (x) => x >= 1);
  // Given the control's error u, the statistics are independent: each is loading * u + own * its own error.
  // Those of one size are alike.
  const arms = [...new Set(treatmentSizes)].map((size) => ({
    alike: treatmentSizes.filter((other) => other === size).length,
    loading: Math.sqrt(size / (size + controlSize)),
    own: Math.sqrt(controlSize / (size + controlSize)),
  }));
  const givenScale = (x: number): number => {
    // Next to a small control the chance of a treatment jumps where the control's error alone reaches x.
    const jumps = arms.flatMap(({ loading, own }) =>
      [x / loading, -x / loading].map((at) => ({ at, width: own / loading })),
    );
    return integrate(
      (u) => {
        let lnNone = 0;
        for (const { alike, loading, own } of arms) {
          const above = normalSurvival((x - loading * u) / own);
          const outside = alternative === "two-sided" ? above + normalSurvival((x + loading * u) / own) : above;
          lnNone += alike * Math.log1p(-Math.min(1, outside));
        }
        return -Math.expm1(lnNone) * normalDensity(u);
      },
      -far,
      far,
      jumps,
    );
  };
  return (statistic) => {
    const x = alternative === "two-sided" ? Math.abs(statistic) : alternative === "less" ? -statistic : statistic;
    if (alternative === "two-sided" && x === 0) return 1;
    if (degreesOfFreedom === Infinity) return Math.min(1, givenScale(x));
    // The pooled standard deviation over its truth is chi / sqrt(df).
    const spread = 8 / Math.sqrt(2 * degreesOfFreedom);
    const lnScale =
      (1 - degreesOfFreedom / 2) * Math.LN2 +
      (degreesOfFreedom / 2) * Math.log(degreesOfFreedom) -
      lnGamma(degreesOfFreedom / 2);
    const density = (s: number): number =>
      s <= 0 ? 0 : Math.exp(lnScale + (degreesOfFreedom - 1) * Math.log(s) - (degreesOfFreedom * s * s) / 2);
    // A large statistic is out of reach but where the scale is near 0.
    return Math.min(
      1,
      integrate((s) => density(s) * givenScale(x * s), Math.max(0, 1 - spread), 1 + spread, [
        { at: 0, width: 1 / Math.abs(x) },
      ]),
    );
  };
}

/** Where an integrand changes fast, and how fast. */
interface Jump {
  readonly at: number;
  readonly width: number;
}

/** By panels of equal width, and further ones around each jump that is narrower than they are. */
function integrate(f: (x: number) => number, lower: number, upper: number, jumps: readonly Jump[]): number {
  const step = (upper - lower) / panels;
  const cuts = Array.from({ length: panels + 1 }, (_, panel) => lower + panel * step);
  for (const { at, width } of jumps) {
    if (width >= step) continue;
    for (let side = -far; side <= far; side += 1) {
      const cut = at + side * width;
      if (cut > lower && cut < upper) cuts.push(cut);
    }
  }
  cuts.sort((a, b) => a - b);
  let total = 0;
  for (let panel = 1; panel < cuts.length; panel += 1) {
    const half = ((cuts[panel] as number) - (cuts[panel - 1] as number)) / 2;
    const centre = ((cuts[panel] as number) + (cuts[panel - 1] as number)) / 2;
    rule.nodes.forEach((node, i) => {
      total += half * (rule.weights[i] as number) * f(centre + half * node);
    });
  }
  return total;
}
