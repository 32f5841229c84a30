import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  binomialRankDeviance,
  type QuantileRegions,
  quantileRegions,
} from "../../../../src/stats/anytime/quantiles/quantile-positions.ts";
import { quantileCost, quantileCostInterval } from "../../../../src/stats/anytime/quantiles/quantile-profile.ts";
import { histogramOf } from "../histogram-of.ts";

const sample = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 9 });
const regionsOf = (values: readonly number[]): QuantileRegions => {
  const histogram = histogramOf(values);
  return quantileRegions(histogram, histogram.count / 2, binomialRankDeviance(histogram.count, 0.5));
};

/**
 * The cost of the quantile lying at q, straight from the definition: any number of the values tied with q may be above
 * it.
 */
function costAt(values: readonly number[], q: number): number {
  const n = values.length;
  const [fewest, most] = [values.filter((x) => x > q).length, values.filter((x) => x >= q).length];
  return binomialRankDeviance(n, 0.5)(Math.min(most, Math.max(fewest, n / 2)));
}

it(
  "costs of effects, and the effects below a threshold, are those of trying every quantile: ties and gaps " +
    "included",
  () => {
    fc.assert(
      fc.property(sample, sample, (control, treatment) => {
        const strata = [{ control: regionsOf(control), treatment: regionsOf(treatment) }];
        const threshold = 0.8;
        const [low, high] = quantileCostInterval(strata, "difference", threshold);
        for (let effect = -9; effect <= 9; effect += 0.5) {
          let least = Infinity;
          for (let q = -20; q <= 30; q += 0.25)
            least = Math.min(least, costAt(control, q) + costAt(treatment, q + effect));
          const cost = quantileCost(strata, "difference", effect, effect);
          // A value and the places beside it share edges, so the cost may be a neighbour's; it is never overstated.
          expect(cost).toBeLessThanOrEqual(least + 1e-12);
          if (least < threshold) expect(effect >= low && effect <= high).toBe(true);
          if (effect % 1 === 0.5 || effect % 1 === -0.5) expect(cost).toBeCloseTo(least, 12);
        }
      }),
      { seed: 17, numRuns: 150 },
    );
  },
);

/**
 * Every pair of quantiles that makes a difference for an effect: at the control's values, at the treatment's, between
 * them and around.
 */
function pairsToTry(
  control: readonly number[],
  treatment: readonly number[],
  kind: "difference" | "ratio",
  effect: number,
): [number, number][] {
  const carry = (q: number): number => (kind === "difference" ? q + effect : q * effect);
  const atTreatment = treatment
    .filter(Number.isFinite)
    .map((y): [number, number] => [kind === "difference" ? y - effect : y / effect, y]);
  const edges = [...new Set([...control.filter(Number.isFinite), ...atTreatment.map(([q]) => q), 0])].sort(
    (a, b) => a - b,
  );
  const [first, last] = [edges[0] as number, edges.at(-1) as number];
  const between = [
    ...edges.slice(1).map((q, i) => (q + (edges[i] as number)) / 2),
    last + 1,
    ...(kind === "difference" ? [first - 1] : []),
  ];
  return [...atTreatment, ...[...control, ...between, Infinity].map((q): [number, number] => [q, carry(q)])];
}

// Effects at which no two values coincide, and the ones at which they do.
it.each([
  ["difference", [-5.71, -1.3, -0.11, 0.017, 0.23, 3.37, 7.9], [-3, 0, 2]],
  ["ratio", [0.0137, 0.231, 0.707, 0.993, 1.0071, 1.37, 4.71, 23.3], [0.5, 1, 2]],
] as const)(
  "with zeros and infinite values the cost of a %s is that of trying every quantile",
  (kind, apart, coinciding) => {
    const drawn = fc.array(fc.constantFrom(0, 0, 1, 2, 4, 8, Infinity), { minLength: 1, maxLength: 9 });
    let [zeros, infinite] = [0, 0];
    fc.assert(
      fc.property(drawn, drawn, (control, treatment) => {
        const strata = [{ control: regionsOf(control), treatment: regionsOf(treatment) }];
        const leastOf = (effect: number): number =>
          Math.min(
            ...pairsToTry(control, treatment, kind, effect).map(
              ([q, carried]) => costAt(control, q) + costAt(treatment, carried),
            ),
          );
        for (const effect of apart) expect(quantileCost(strata, kind, effect, effect)).toBeCloseTo(leastOf(effect), 12);
        for (const effect of coinciding)
          expect(quantileCost(strata, kind, effect, effect)).toBeLessThanOrEqual(leastOf(effect) + 1e-12);
        if (costAt(control, 0) === 0 && costAt(treatment, 0) === 0) zeros++;
        if (costAt(control, 100) > 0 || costAt(treatment, 100) > 0) infinite++;
      }),
      { seed: 29, numRuns: 150 },
    );
    expect(zeros).toBeGreaterThan(5);
    expect(infinite).toBeGreaterThan(5);
  },
);

describe("with several strata", () => {
  // An effect added to 1e300 is lost in rounding.
  it.each([
    ["difference", 1000],
    ["ratio", 1e300],
  ] as const)(
    "the ends of the affordable %ss are the outermost, and no further out than the resolution",
    (kind, largest) => {
      const wide = fc.array(fc.constantFrom(0, 1e-7, 0.5, 1, 3, 8, largest), { minLength: 1, maxLength: 9 });
      const drawn = fc.tuple(fc.tuple(sample, sample, sample, sample), fc.tuple(wide, wide, wide, wide));
      let [bounded, empty] = [0, 0];
      fc.assert(
        fc.property(
          drawn.chain((pair) => fc.constantFrom(...pair)),
          fc.double({ min: 0.3, max: 3, noNaN: true }),
          ([a, b, c, d], threshold) => {
            const strata = [
              { control: regionsOf(a), treatment: regionsOf(b) },
              { control: regionsOf(c), treatment: regionsOf(d) },
            ];
            const [low, high] = quantileCostInterval(strata, kind, threshold);
            const affordable = (from: number, to: number): boolean => quantileCost(strata, kind, from, to) < threshold;
            const values = [...a, ...b, ...c, ...d];
            const between = values.flatMap((x) =>
              values.map((y) => (kind === "difference" ? y - x : x === 0 ? 0 : y / x)),
            );
            for (const effect of between.flatMap((x) => [x, 1.01 * x, 0.99 * x, x + 0.01])) {
              if ((kind === "difference" || effect >= 0) && affordable(effect, effect))
                expect(effect >= low && effect <= high).toBe(true);
            }
            if (low > high) empty++;
            else if (Number.isFinite(low) && Number.isFinite(high)) {
              bounded++;
              // A quantile and an effect are added in double precision.
              const rounding = kind === "difference" ? 4e-16 * Math.max(...values) : 0;
              const step = (end: number): number => 1.01e-6 * (Math.abs(end) + 1e-12) + rounding;
              if (low > 0 || kind === "difference") expect(affordable(low - step(low), low - step(low))).toBe(false);
              expect(affordable(high + step(high), high + step(high))).toBe(false);
              expect(affordable(low, low + step(low))).toBe(true);
              expect(affordable(high - step(high), high)).toBe(true);
            }
          },
        ),
        { seed: 19, numRuns: 120 },
      );
      expect(bounded).toBeGreaterThan(20);
      expect(empty).toBeGreaterThan(2);
    },
  );

  it.each(["difference", "ratio"] as const)(
    "an epoch twice, at twice the threshold, gives the %s of the epoch once, unbounded where it is",
    (kind) => {
      const drawn = fc.array(fc.constantFrom(0, 0.5, 1, 3, 8, 1000, Infinity), { minLength: 1, maxLength: 9 });
      let unbounded = 0;
      fc.assert(
        fc.property(drawn, drawn, fc.double({ min: 0.05, max: 3, noNaN: true }), (control, treatment, threshold) => {
          const stratum = { control: regionsOf(control), treatment: regionsOf(treatment) };
          const once = quantileCostInterval([stratum], kind, threshold);
          const twice = quantileCostInterval([stratum, stratum], kind, 2 * threshold);
          for (const side of [0, 1] as const) {
            if (Number.isFinite(once[side]))
              expect(Math.abs(twice[side] - once[side])).toBeLessThan(1.01e-6 * (Math.abs(once[side]) + 1e-6));
            else expect(twice[side]).toBe(once[side]);
          }
          if (once[1] === Infinity) unbounded++;
        }),
        { seed: 23, numRuns: 200 },
      );
      expect(unbounded).toBeGreaterThan(20);
      expect(unbounded).toBeLessThan(180);
    },
  );

  it("no effect is affordable where the strata disagree: the interval holds nothing", () => {
    const [low, high] = [
      [1, 1, 1, 1, 1, 1],
      [50, 50, 50, 50, 50, 50],
    ].map(regionsOf);
    const strata = [
      { control: low as QuantileRegions, treatment: high as QuantileRegions },
      { control: high as QuantileRegions, treatment: low as QuantileRegions },
    ];
    expect(quantileCostInterval(strata, "difference", 0.5)).toEqual([Infinity, -Infinity]);
  });
});
