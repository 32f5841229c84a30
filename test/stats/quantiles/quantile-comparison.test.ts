import { describe, expect, it } from "vitest";
import { createRandom, isNotComputable } from "../../../src/index.ts";
import { moverDifference, moverRatio } from "../../../src/stats/quantiles/mover.ts";
import { quantileDifference, quantileRatio } from "../../../src/stats/quantiles/quantile-comparison.ts";
import { quantileInterval } from "../../../src/stats/quantiles/quantile-interval.ts";
import type { Alternative, IntervalResult } from "../../../src/stats/result.ts";

const random = createRandom(6);
const values = (count: number, scale: number): number[] =>
  Array.from({ length: count }, () => scale * -Math.log(random()));
const computed = (result: ReturnType<typeof quantileInterval>): IntervalResult => {
  if (isNotComputable(result)) throw new Error(result.detail);
  return result;
};

describe("quantiles of two arms", () => {
  const [control, treatment] = [values(300, 100), values(250, 130)];

  it.each([0.5, 0.9])("P%f: are compared by what each arm's order statistics say", (probability) => {
    const [c, t] = [
      computed(quantileInterval(control, { probability })),
      computed(quantileInterval(treatment, { probability })),
    ];
    const assumptions = expect.arrayContaining([expect.any(String)]) as unknown as string[];
    expect(quantileDifference(control, treatment, { probability })).toEqual({
      ...moverDifference(c, t, { method: "quantile-difference-mover", assumptions: [] }),
      assumptions,
    });
    expect(quantileRatio(control, treatment, { probability })).toEqual({
      ...(moverRatio(c, t, { method: "quantile-ratio-mover-log", assumptions: [] }) as IntervalResult),
      assumptions,
    });
  });

  it.each<[Alternative, Alternative, 0 | 1]>([
    ["less", "greater", 1],
    ["greater", "less", 0],
  ])("%s: bounds the effect on one side, with the control's bound of the other side", (alternative, mirrored, end) => {
    const [c, t] = [
      computed(quantileInterval(control, { probability: 0.5, alternative: mirrored })),
      computed(quantileInterval(treatment, { probability: 0.5, alternative })),
    ];
    const difference = computed(quantileDifference(control, treatment, { probability: 0.5, alternative }));
    const reach = Math.hypot(t.estimate - t.interval[end], c.estimate - c.interval[(1 - end) as 0 | 1]);
    expect(difference.interval[end]).toBeCloseTo(difference.estimate + (end === 1 ? reach : -reach), 9);
    expect(Math.abs(difference.interval[(1 - end) as 0 | 1])).toBe(Infinity);
    expect(
      computed(quantileRatio(control, treatment, { probability: 0.5, alternative })).interval[(1 - end) as 0 | 1],
    ).toBe(end === 1 ? 0 : Infinity);
  });

  it("say why where an arm says nothing", () => {
    for (const compare of [quantileDifference, quantileRatio]) {
      expect(compare([], treatment, { probability: 0.5 })).toMatchObject({ computable: false, reason: "no-data" });
      expect(compare(control, [], { probability: 0.5 })).toMatchObject({ computable: false, reason: "no-data" });
      expect(compare([1], treatment, { probability: 0.5 })).toMatchObject({ reason: "rank-outside-sample" });
    }
    expect(
      quantileRatio(
        control.map((value) => -value),
        treatment,
        { probability: 0.5 },
      ),
    ).toMatchObject({ reason: "method-does-not-apply" });
  });
});
