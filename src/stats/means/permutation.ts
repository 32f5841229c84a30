import { type NotComputable, notComputable, requireNumber } from "../../errors.ts";
import type { Random } from "../../math/random.ts";
import { sum } from "../../math/sum.ts";
import { fixedLook } from "../assumptions.ts";
import { testOptions } from "../options.ts";
import type { TestOptions, TestResult } from "../result.ts";
import { finiteSample, momentsOf } from "./sample-moments.ts";
import { welchTest } from "./welch.ts";

/** Options of {@link permutationTest}. */
export interface PermutationOptions extends TestOptions {
  /** Source of randomness, e.g. `createRandom(seed)`. */
  readonly random: Random;
  /** Number of random relabellings; default 9999, which resolves p-values to 1e-4. */
  readonly permutations?: number;
}

/**
 * Do two arms differ in their mean, judged only by which values happened to be in which arm?
 *
 * @param control - Values of the control, finite.
 * @param treatment - Values of the treatment.
 * @param options - `random`, number of `permutations`, alternative, level.
 * @returns The difference of means treatment - control (also the statistic) with Welch's interval (`intervalMethod`
 * says so), and the p-value (1 + relabellings at least as extreme) / (1 + relabellings). Every relabelling keeps the
 * arm sizes. `NotComputable` for an empty arm or where all values are equal.
 *
 * Exact under exchangeability, at one look: the null is that both arms have the same distribution.
 *
 * Source: E. J. G. Pitman 1937, doi:10.2307/2984124; +1 rule B. Phipson and G. K. Smyth 2010,
 * doi:10.2202/1544-6115.1585.
 *
 * @throws {RangeError} Values that are not finite, a number of permutations that is not a positive integer.
 *
 * @example
 * ```ts
 * permutationTest([1, 2, 3], [4, 5, 6, 7], { random: createRandom(1) });
 * ```
 */
export function permutationTest(
  control: ArrayLike<number>,
  treatment: ArrayLike<number>,
  options: PermutationOptions,
): TestResult | NotComputable {
  const action = "run a permutation test";
  const { alternative, level } = testOptions(action, options);
  const { random, permutations = 9999 } = options;
  requireNumber(action, "permutations", "a positive integer", permutations, (x) => Number.isSafeInteger(x) && x > 0);
  const [c, t] = [finiteSample(action, "control", control), finiteSample(action, "treatment", treatment)];
  if (c.length === 0 || t.length === 0)
    return notComputable("no-data", `control has ${c.length} values and treatment has ${t.length}`);
  // The sum over the smaller arm decides: the difference of means is a linear function of it.
  const values = c.length < t.length ? [...c, ...t] : [...t, ...c];
  const size = Math.min(c.length, t.length);
  const sign = c.length < t.length ? -1 : 1;
  const total = sum(values);
  const centre = (total * size) / values.length;
  const observed = sign * (sum(values.slice(0, size)) - centre);
  const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  if (values.every((value) => value === values[0]))
    return notComputable("zero-variance", `all ${values.length} values are ${values[0]}`);
  const slack = 1e-12 * scale * size;
  let extreme = 0;
  for (let round = 0; round < permutations; round += 1) {
    const difference = sign * (drawnSum(values, size, random) - centre);
    const atLeast =
      alternative === "two-sided"
        ? Math.abs(difference) >= Math.abs(observed) - slack
        : alternative === "greater"
          ? difference >= observed - slack
          : difference <= observed + slack;
    if (atLeast) extreme += 1;
  }
  const pValue = (1 + extreme) / (1 + permutations);
  const [mc, mt] = [momentsOf(c), momentsOf(t)];
  const welch = welchTest(mc, mt, { alternative, level });
  return {
    computable: true,
    method: "permutation",
    guarantee: "exact",
    assumptions: ["values are exchangeable between the arms under the null", fixedLook],
    estimate: mt.mean - mc.mean,
    interval: welch.computable ? welch.interval : [-Infinity, Infinity],
    intervalMethod: "welch",
    level,
    alternative,
    nullValue: 0,
    statistic: mt.mean - mc.mean,
    pValue,
    lnPValue: Math.log(pValue),
  };
}

/** The sum of `size` values drawn without replacement: a partial Fisher-Yates shuffle in place. */
function drawnSum(values: number[], size: number, random: Random): number {
  let total = 0;
  for (let i = 0; i < size; i += 1) {
    const j = i + Math.floor(random() * (values.length - i));
    const drawn = values[j] as number;
    values[j] = values[i] as number;
    values[i] = drawn;
    total += drawn;
  }
  return total;
}
