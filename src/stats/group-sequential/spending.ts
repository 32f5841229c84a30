import { cannot } from "../../errors.ts";
import { normalSurvival, normalSurvivalQuantile } from "../../math/normal.ts";

/**
 * How much of an error probability may be spent by a given share of the planned information.
 *
 * - `obrien-fleming`, `pocock`: the Lan-DeMets approximations of those boundaries (1983).
 * - `hwang-shih-decani`: (1 - exp(-gamma t)) / (1 - exp(-gamma)); gamma -4 is close to O'Brien-Fleming, 1 to Pocock
 *   (1990).
 * - `kim-demets`: t^rho, rho > 0 (1987).
 * - `custom`: cumulative shares of the error probability, by information fraction; the function must be non-decreasing
 *   from 0 at 0 to 1 at 1.
 * - `table`: the cumulative error probability at every planned look, the last being the whole.
 */
export type SpendingFunction =
  | { readonly kind: "obrien-fleming" }
  | { readonly kind: "pocock" }
  | { readonly kind: "hwang-shih-decani"; readonly gamma: number }
  | { readonly kind: "kim-demets"; readonly rho: number }
  | { readonly kind: "custom"; readonly share: (informationFraction: number) => number }
  | { readonly kind: "table"; readonly cumulative: readonly number[] };

/**
 * How much of `probability` may be spent when a share `informationFraction` of the planned information has been seen?
 *
 * @param probability - the error probability to spend in all (for a two-sided design, that of one side)
 * @param informationFraction - information seen / planned information, above 0; 1 and more spend everything
 * @param look - number of the look, from 0; read by `table` only
 * @returns cumulative probability, from 0 to `probability`
 *
 * Source: K. K. G. Lan, D. L. DeMets, Discrete sequential boundaries for clinical trials (1983),
 * doi:10.1093/biomet/70.3.659.
 *
 * @throws {RangeError} for a parameter outside its range, a custom share outside [0, 1], a table with no entry for the
 * look
 * @example
 * ```ts
 * spentProbability({ kind: "kim-demets", rho: 3 }, 0.05, 0.5, 0); // 0.00625
 * ```
 */
export function spentProbability(
  spending: SpendingFunction,
  probability: number,
  informationFraction: number,
  look: number,
): number {
  const action = "spend an error probability";
  if (!(informationFraction > 0))
    throw new RangeError(cannot(action, "informationFraction", "above 0", informationFraction));
  if (spending.kind === "table") {
    const value = spending.cumulative[look];
    if (value === undefined)
      throw new RangeError(
        cannot(action, "spending.cumulative", `one entry per look (${look + 1} or more)`, spending.cumulative),
      );
    const before = look === 0 ? 0 : (spending.cumulative[look - 1] as number);
    if (!(value >= before && value <= probability * (1 + 1e-12))) {
      throw new RangeError(
        cannot(
          action,
          `spending.cumulative[${look}]`,
          `from the entry before (${before}) to the whole (${probability})`,
          value,
        ),
      );
    }
    return Math.min(value, probability);
  }
  if (informationFraction >= 1) return probability;
  const t = informationFraction;
  switch (spending.kind) {
    case "obrien-fleming":
      return 2 * normalSurvival(normalSurvivalQuantile(probability / 2) / Math.sqrt(t));
    case "pocock":
      return probability * Math.log1p((Math.E - 1) * t);
    case "hwang-shih-decani": {
      if (!Number.isFinite(spending.gamma))
        throw new RangeError(cannot(action, "spending.gamma", "a finite number", spending.gamma));
      return spending.gamma === 0
        ? probability * t
        : (probability * Math.expm1(-spending.gamma * t)) / Math.expm1(-spending.gamma);
    }
    case "kim-demets":
      if (!(spending.rho > 0)) throw new RangeError(cannot(action, "spending.rho", "above 0", spending.rho));
      return probability * Math.pow(t, spending.rho);
    case "custom": {
      const share = spending.share(t);
      if (!(share >= 0 && share <= 1))
        throw new RangeError(cannot(action, `spending.share(${t})`, "from 0 to 1", share));
      return probability * share;
    }
  }
}
