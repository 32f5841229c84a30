import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../../src/math/random.ts";
import { equalSharesEvidence } from "../../../../src/stats/anytime/proportions/equal-shares.ts";
import type { ProportionCounts } from "../../../../src/stats/proportions/counts.ts";

const of = (successes: number, trials: number): ProportionCounts => ({ successes, trials });

/** The same evidence from the definition: beta densities summed over a fine grid, one request after the other. */
function slowEvidence(control: ProportionCounts, treatment: ProportionCounts): number {
  const points = 40_000;
  const average = ({ successes, trials }: ProportionCounts, b: number): number => {
    let [sum, weight] = [0, 0];
    for (let i = 0; i < points; i++) {
      // p = t^2 takes away the pole of Beta(1/2, b) at 0; the one at 1 for b = 1/2 goes by p = sin^2.
      const angle = ((i + 0.5) * Math.PI) / 2 / points;
      const p = Math.sin(angle) ** 2;
      const density = (1 - p) ** (b - 0.5);
      weight += density;
      sum += density * p ** successes * (1 - p) ** (trials - successes);
    }
    return sum / weight;
  };
  const pooled = (control.successes + treatment.successes) / (control.trials + treatment.trials);
  const likelihood = ({ successes, trials }: ProportionCounts): number =>
    pooled ** successes * (1 - pooled) ** (trials - successes);
  const scales = [1, 10, 100, 1000, 10_000, 100_000];
  const apart = scales.reduce((sum, s) => sum + average(control, s / 2) * average(treatment, s / 2), 0) / scales.length;
  return Math.log(apart / (likelihood(control) * likelihood(treatment)));
}

describe("evidence that two shares differ", () => {
  it.each([
    [of(1, 10), of(4, 12)],
    [of(0, 30), of(5, 20)],
    [of(0, 5), of(0, 7)],
    [of(3, 3), of(0, 4)],
    [of(2, 60), of(9, 40)],
  ])("is that of its definition for %j and %j", (control, treatment) => {
    const { lnEvidence } = equalSharesEvidence(control, treatment);
    // The grid leaves out less than 1 % of the mass next to 0 at the largest scale.
    expect(Math.abs(lnEvidence - slowEvidence(control, treatment))).toBeLessThan(0.02);
  });

  it("law: does not depend on which arm is which", () => {
    const counts = fc.tuple(fc.nat(1000), fc.nat(5000)).map(([successes, more]) => of(successes, successes + more));
    fc.assert(
      fc.property(counts, counts, (a, b) => {
        expect(equalSharesEvidence(a, b).lnEvidence).toBeCloseTo(equalSharesEvidence(b, a).lnEvidence, 9);
      }),
    );
  });

  it("is exact: its expectation is at most 1 for every common share, summed over all outcomes", () => {
    const choose = (n: number, k: number): number => {
      let value = 1;
      for (let i = 0; i < k; i++) value = (value * (n - i)) / (i + 1);
      return value;
    };
    for (const p of [0.001, 0.02, 0.3, 0.5, 0.97]) {
      let expected = 0;
      for (let a = 0; a <= 12; a++)
        for (let b = 0; b <= 20; b++)
          expected +=
            choose(12, a) *
            choose(20, b) *
            p ** (a + b) *
            (1 - p) ** (32 - a - b) *
            Math.exp(equalSharesEvidence(of(a, 12), of(b, 20)).lnEvidence);
      expect(expected).toBeLessThanOrEqual(1 + 1e-12);
    }
  });

  it("rejects equal shares at no look more often than its level, looked at after every request", () => {
    const random = createRandom(20261201);
    const [runs, requests, alpha] = [400, 200, 0.05];
    let rejected = 0;
    for (let run = 0; run < runs; run++) {
      const counts = [of(0, 0), of(0, 0)].map((one) => ({ ...one }));
      for (let i = 0; i < requests; i++) {
        const arm = counts[random() < 0.2 ? 1 : 0] as { successes: number; trials: number };
        arm.trials++;
        if (random() < 0.05) arm.successes++;
        if (equalSharesEvidence(counts[0] as never, counts[1] as never).lnPValue <= Math.log(alpha)) {
          rejected++;
          break;
        }
      }
    }
    // At most alpha, with three standard errors of the simulation.
    expect(rejected / runs).toBeLessThanOrEqual(alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs));
  });

  it("finds 20 lost of 10,000 against none", () => {
    expect(equalSharesEvidence(of(0, 10_000), of(20, 10_000)).pValue).toBeLessThan(0.001);
    expect(equalSharesEvidence(of(3, 10_000), of(5, 10_000)).pValue).toBe(1);
  });

  it("refuses counts that are none", () => {
    expect(() => equalSharesEvidence(of(3, 2), of(0, 1))).toThrow(/control\.successes/u);
    expect(() => equalSharesEvidence(of(0, 1), of(0, -1))).toThrow(/treatment\.trials/u);
  });
});
