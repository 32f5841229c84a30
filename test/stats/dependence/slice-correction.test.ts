import { describe, expect, it } from "vitest";
import { createRandom } from "../../../src/math/random.ts";
import { sampleNormal } from "../../../src/math/sampling.ts";
import type { ClusterContribution } from "../../../src/stats/dependence/cluster-totals.ts";
import { sliceCorrection, type SliceCorrection } from "../../../src/stats/dependence/slice-correction.ts";
import { joinNeighbours, sliceSeries } from "../../../src/stats/dependence/slice-series.ts";
import { meanFactor } from "../../../src/stats/dependence/variance-correction.ts";

const options = { counted: "records", prior: { independent: 0.95 } } as const;

/** Slices of 100 records of variance 1 an arm; noise of the treatment with a correlation that fades within `length`. */
function slices(count: number, seed: number, deviation: number, length: number): ClusterContribution[] {
  const random = createRandom(seed);
  let shock = 0;
  return Array.from({ length: count }, (_, key) => {
    const kept = Math.exp(-1 / length);
    shock =
      key === 0
        ? deviation * sampleNormal(random)
        : kept * shock + deviation * Math.sqrt(1 - kept ** 2) * sampleNormal(random);
    return {
      epoch: 0,
      key,
      control: { n: 100, total: 10 * sampleNormal(random) },
      treatment: { n: 100, total: 100 * shock + 10 * sampleNormal(random) },
    };
  });
}

const correct = (own: readonly ClusterContribution[]): SliceCorrection =>
  sliceCorrection(sliceSeries(own), () => 1, "both", options) as SliceCorrection;

describe("slices of time", () => {
  it("of independent requests hardly change the variance, and are found dependent in at most a few of 200 runs", () => {
    let found = 0;
    let total = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const own = correct(slices(128, seed, 0, 1));
      total += meanFactor(own.correction);
      if (own.found) found++;
    }
    expect(total / 200).toBeLessThan(1.3);
    // At most 1 in 100 over all doublings: 200 runs at one of them find at most 2 + 3 standard errors.
    expect(found).toBeLessThanOrEqual(6);
  });

  it("of noise that fades within 4 slices see its variance and its length", () => {
    // A first-order autoregression adds s^2 (1 + r) / (1 - r) / K to the independent 2 / (100 K).
    const [deviation, kept] = [0.2, Math.exp(-1 / 4)];
    const truth = 1 + (50 * deviation ** 2 * (1 + kept)) / (1 - kept);
    const factors = Array.from({ length: 40 }, (_, i) => correct(slices(256, i + 1, deviation, 4)));
    const middle = factors.map((own) => meanFactor(own.correction)).sort((a, b) => a - b)[20] as number;
    expect(middle).toBeGreaterThan(0.6 * truth);
    expect(middle).toBeLessThan(2.5 * truth);
    expect(factors.filter(({ found }) => found).length).toBeGreaterThan(36);
    const length = factors.reduce((sum, own) => sum + Math.log2(own.length), 0) / factors.length;
    expect(length).toBeGreaterThan(1);
    expect(length).toBeLessThan(5);
  });

  it("of shocks that both arms share see none", () => {
    const random = createRandom(7);
    const shared = slices(128, 3, 0, 1).map((own) => {
      const shock = 30 * sampleNormal(random);
      return {
        ...own,
        control: { n: 100, total: own.control.total + shock },
        treatment: { n: 100, total: own.treatment.total + shock },
      };
    });
    expect(meanFactor(correct(shared).correction)).toBeLessThan(1.5);
    // The level of one arm has them.
    const level = sliceCorrection(sliceSeries(shared), () => 1, "treatment", options) as SliceCorrection;
    expect(meanFactor(level.correction)).toBeGreaterThan(3);
  });

  it("say nothing when there are fewer than 8, or fewer than 4 records of an arm", () => {
    expect(sliceCorrection(sliceSeries(slices(7, 1, 0, 1)), () => 1, "both", options)).toBeNull();
    const few = slices(20, 1, 0, 1).map((own, i) => ({ ...own, treatment: { n: i < 3 ? 1 : 0, total: 0 } }));
    expect(sliceCorrection(sliceSeries(few), () => 1, "both", options)).toBeNull();
  });

  it("weigh models whose weights add up to 1", () => {
    const { models } = correct(slices(64, 5, 0.1, 4));
    expect(models.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(models[0]).toMatchObject({ factor: 1, length: 0 });
  });

  it("join in pairs within an epoch, and keep all records", () => {
    const own = [0, 1, 2, 5].map((key) => ({ ...(slices(1, 1, 0, 1)[0] as ClusterContribution), key }));
    const { epoch, key, control } = joinNeighbours(
      sliceSeries([...own, { ...(own[0] as ClusterContribution), epoch: 1 }]),
    );
    expect([...epoch]).toEqual([0, 0, 0, 1]);
    expect([...key]).toEqual([0, 1, 2, 0]);
    expect([...control.n]).toEqual([200, 100, 100, 100]);
  });
});
