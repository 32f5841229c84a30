import { cannot, requireNumber } from "../../errors.ts";

/**
 * How p-values of several comparisons are adjusted. `bonferroni`, `holm` and `hochberg` bound the chance of any false
 * rejection (Hochberg under non-negative dependence), `benjamini-hochberg` the expected share of false ones among the
 * rejections.
 */
export type MultiplicityMethod = "none" | "bonferroni" | "holm" | "hochberg" | "benjamini-hochberg";

const methods: readonly MultiplicityMethod[] = ["none", "bonferroni", "holm", "hochberg", "benjamini-hochberg"];

/** How a p-value, or its logarithm, is multiplied and capped. */
interface Scale {
  readonly times: (p: number, factor: number) => number;
  readonly one: number;
}

const plain: Scale = { times: (p, factor) => p * factor, one: 1 };
const logarithmic: Scale = { times: (ln, factor) => ln + Math.log(factor), one: 0 };

/**
 * Which of several comparisons hold once it is counted that there were several?
 *
 * @param pValues - P-values, each in [0, 1], any order.
 * @param method - The adjustment.
 * @returns Adjusted p-values in the order given; rejecting where they are at most alpha controls the method's error
 * rate at alpha.
 *
 * Exact given valid p-values: Bonferroni and Holm under any dependence, Hochberg and Benjamini-Hochberg under
 * independence or positive dependence.
 *
 * Source: S. Holm 1979, Scand. J. Statist. 6, 65-70; Y. Hochberg 1988, doi:10.1093/biomet/75.4.800; Y. Benjamini and Y.
 * Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x.
 *
 * @throws {RangeError} A p-value outside [0, 1], an unknown method.
 *
 * @example
 * ```ts
 * adjustPValues([0.01, 0.04, 0.03, 0.005], "holm"); // [0.03, 0.06, 0.06, 0.02]
 * ```
 */
export function adjustPValues(pValues: readonly number[], method: MultiplicityMethod): number[] {
  pValues.forEach((p, i) => requireNumber("adjust p-values", `pValues[${i}]`, "in [0, 1]", p, (x) => x >= 0 && x <= 1));
  return adjust(pValues, method, plain);
}

/**
 * As {@link adjustPValues}, on natural logarithms, so that evidence beyond 1e-308 keeps its order.
 *
 * @param lnPValues - Natural logarithms of p-values, each at most 0.
 * @param method - The adjustment.
 * @returns Logarithms of the adjusted p-values in the order given.
 *
 * Guarantee and source: as {@link adjustPValues}.
 *
 * @throws {RangeError} A logarithm above 0, an unknown method.
 *
 * @example
 * ```ts
 * adjustLnPValues([-996, -2.3], "bonferroni"); // [-995.3, -1.6]
 * ```
 */
export function adjustLnPValues(lnPValues: readonly number[], method: MultiplicityMethod): number[] {
  lnPValues.forEach((ln, i) => requireNumber("adjust p-values", `lnPValues[${i}]`, "at most 0", ln, (x) => x <= 0));
  return adjust(lnPValues, method, logarithmic);
}

function adjust(pValues: readonly number[], method: MultiplicityMethod, scale: Scale): number[] {
  if (!methods.includes(method))
    throw new RangeError(cannot("adjust p-values", "method", `one of ${methods.join(", ")}`, method));
  const count = pValues.length;
  const order = pValues.map((_, i) => i).sort((i, j) => (pValues[i] as number) - (pValues[j] as number));
  const adjusted = new Array<number>(count);
  const capped = (p: number): number => Math.min(scale.one, p);
  if (method === "none" || method === "bonferroni")
    return pValues.map((p) => capped(scale.times(p, method === "none" ? 1 : count)));
  if (method === "holm") {
    // Step down: the smallest counts all comparisons, the next one fewer; never below the one before.
    let floor = -Infinity;
    order.forEach((i, rank) => {
      floor = Math.max(floor, scale.times(pValues[i] as number, count - rank));
      adjusted[i] = capped(floor);
    });
    return adjusted;
  }
  // Step up: from the largest down, never above the one before.
  let ceiling = Infinity;
  for (let rank = count - 1; rank >= 0; rank -= 1) {
    const i = order[rank] as number;
    const factor = method === "hochberg" ? count - rank : count / (rank + 1);
    ceiling = Math.min(ceiling, scale.times(pValues[i] as number, factor));
    adjusted[i] = capped(ceiling);
  }
  return adjusted;
}
