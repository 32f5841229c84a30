import { describe, expect, it } from "vitest";
import type { ArmData } from "../../../src/analysis/data/arm-data.ts";
import { proportionEngine } from "../../../src/analysis/metrics/proportion.ts";
import { isNotComputable } from "../../../src/errors.ts";

const arm = (successes: number, trials: number): ArmData =>
  ({ epochs: [{ kind: "count", trials, successes }], clusters: [], statistic: 0 }) as unknown as ArmData;

/** The interval of an arm's share: the shares whose log-likelihood is less than a threshold below the best. */
function shareInterval(successes: number, trials: number, threshold: number): readonly [number, number] {
  const engine = proportionEngine(arm(successes, trials), arm(1, 2));
  if (isNotComputable(engine)) throw new Error(engine.detail);
  return engine.arms.control.interval(threshold);
}

const lost = (successes: number, trials: number, p: number): number =>
  successes * Math.log(successes / (trials * p)) +
  (trials - successes) * Math.log((trials - successes) / (trials * (1 - p)));

describe("the interval of an arm's share", () => {
  it.each([
    [1, 10],
    [3, 5],
    [997, 1000],
    [9970, 10_000],
  ])("loses the threshold at both ends: %s of %s", (successes, trials) => {
    for (const threshold of [0.1, 2, 30, 300]) {
      const [low, high] = shareInterval(successes, trials, threshold);
      expect(low).toBeGreaterThan(0);
      expect(lost(successes, trials, low) / threshold).toBeCloseTo(1, 9);
      // Nearer to 1 a double holds too few digits of what is left; the mirrored share holds that end.
      if (1 - high > 1e-6) expect(lost(successes, trials, high) / threshold).toBeCloseTo(1, 8);
      expect(1 - high).toBeCloseTo(shareInterval(trials - successes, trials, threshold)[0], 15);
    }
  });

  it("reaches 0 without a success, and as far up as a share that so many failures allow", () => {
    const [low, high] = shareInterval(0, 40, 3);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(1 - Math.exp(-3 / 40), 12);
    const [mirroredLow, mirroredHigh] = shareInterval(40, 40, 3);
    expect(mirroredLow).toBeCloseTo(Math.exp(-3 / 40), 12);
    expect(mirroredHigh).toBe(1);
  });

  it("is everything where the threshold is above what any share that can be told from 0 loses", () => {
    expect(shareInterval(2, 4, 1390)[0]).toBeGreaterThan(0);
    expect(shareInterval(2, 4, 1e4)).toEqual([0, 1]);
    expect(shareInterval(0, 0, 2)).toEqual([0, 1]);
  });
});
