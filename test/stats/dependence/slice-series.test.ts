import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Arms,
  type ClusterContribution,
  deviationsOf,
  type RecordVariance,
} from "../../../src/stats/dependence/cluster-totals.ts";
import { joinNeighbours, sliceLevel, sliceSeries } from "../../../src/stats/dependence/slice-series.ts";

/** Slices of up to three epochs, in order of time; an epoch may begin within the last slice of the one before. */
const contributions = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 3 }),
      change: fc.boolean(),
      control: fc.record({ n: fc.integer({ min: 0, max: 40 }), total: fc.integer({ min: -50, max: 50 }) }),
      treatment: fc.record({ n: fc.integer({ min: 0, max: 40 }), total: fc.integer({ min: -50, max: 50 }) }),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((steps): ClusterContribution[] => {
    let [key, epoch] = [0, 0];
    return steps.map(({ gap, change, control, treatment }, index) => {
      const next = index > 0 && change && epoch < 2;
      if (next) epoch++;
      key += next ? gap : gap + 1;
      const arm = ({ n, total }: typeof control): typeof control => ({ n, total: n === 0 ? 0 : total });
      return { epoch, key, control: arm(control), treatment: arm(treatment) };
    });
  });

const varianceOf: RecordVariance = (arm, epoch) => (arm === "control" ? 1 : 2) + epoch;

/** The same from the deviations of single clusters, which know no order. */
function obviousLevel(own: readonly ClusterContribution[], arms: Arms): { ratio: number; slices: number } | null {
  const { clusters, expected } = deviationsOf(own, varianceOf, arms);
  if (clusters.length < 2 || !(expected > 0)) return null;
  const sum = (of: (cluster: (typeof clusters)[number]) => number): number =>
    clusters.reduce((all, cluster) => all + of(cluster), 0);
  return {
    ratio: sum(({ deviation }) => deviation ** 2) / expected,
    slices: sum(({ variance }) => variance) ** 2 / sum(({ variance }) => variance ** 2),
  };
}

describe("the variance between slices", () => {
  it.each<Arms>(["both", "apart", "control", "treatment"])("of %s is that of their clusters' deviations", (arms) => {
    fc.assert(
      fc.property(contributions, (own) => {
        const level = sliceLevel(sliceSeries(own), varianceOf, arms);
        const wanted = obviousLevel(own, arms);
        if (wanted === null || level === null) {
          expect(level).toBe(wanted);
          return;
        }
        expect(level.ratio).toBeCloseTo(wanted.ratio, 9);
        expect(level.slices).toBeCloseTo(wanted.slices, 9);
      }),
      { numRuns: 300, seed: 21 },
    );
  });

  it("of slices joined in pairs is that of pairs", () => {
    fc.assert(
      fc.property(contributions, (own) => {
        const pairs = new Map<string, ClusterContribution>();
        for (const slice of own) {
          const key = Math.floor(Number(slice.key) / 2);
          const at = pairs.get(`${slice.epoch} ${key}`);
          pairs.set(`${slice.epoch} ${key}`, {
            epoch: slice.epoch,
            key,
            control: {
              n: slice.control.n + (at?.control.n ?? 0),
              total: slice.control.total + (at?.control.total ?? 0),
            },
            treatment: {
              n: slice.treatment.n + (at?.treatment.n ?? 0),
              total: slice.treatment.total + (at?.treatment.total ?? 0),
            },
          });
        }
        expect(joinNeighbours(sliceSeries(own))).toEqual(sliceSeries([...pairs.values()]));
      }),
      { numRuns: 200, seed: 22 },
    );
  });
});
