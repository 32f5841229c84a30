import { describe, expect, it } from "vitest";
import { moderatedVariance } from "../../../src/analysis/metrics/moderated-variance.ts";
import {
  analyze,
  createRandom,
  decide,
  definePolicy,
  isNotComputable,
  planFor,
  type PolicyInput,
  summarize,
} from "../../../src/index.ts";

const begin = Date.UTC(2026, 0, 5);
const policyWith = (changes: Partial<PolicyInput> = {}) =>
  definePolicy({
    control: "a",
    treatments: ["b"],
    minimumSampleSize: 0,
    cycleHours: null,
    metrics: [
      {
        name: "score",
        kind: "mean",
        field: "score",
        better: "higher",
        role: "primary",
        goal: "superior",
        floor: 3,
        rollbackWhen: { below: 2.5, worseBy: { absolute: 0 } },
      },
    ],
    ...changes,
  });
const split = [
  { from: null, weights: { a: 1, b: 1 } },
  { from: new Date(begin + 3_600_000).toISOString(), weights: { a: 2, b: 2 } },
];
const metricOf = (
  scores: Readonly<Record<"a" | "b", readonly (readonly number[])[]>>,
  policy: ReturnType<typeof policyWith>,
) => {
  const records = Object.entries(scores).flatMap(([arm, hours]) =>
    hours.flatMap((own, hour) => own.map((score) => ({ arm, score, timestamp: begin + hour * 3_600_000 }))),
  );
  const analysis = analyze(summarize(records, planFor(policy)), policy);
  return {
    metric: analysis.comparisons[0]?.metrics[0] as NonNullable<
      (typeof analysis.comparisons)[number]["metrics"][number]
    >,
    decision: decide(analysis, policy).decision,
  };
};
const estimate = (n: number, spread: number) => ({ n, value: 0, spread, variance: spread / n });

describe("spread that is lent", () => {
  it("counts as four more degrees of freedom, whatever the number of records", () => {
    const all = [estimate(3, 0), estimate(5, 3)];
    expect(moderatedVariance(estimate(3, 0), all)).toEqual({
      n: 3,
      value: 0,
      spread: (4 * 2) / 6,
      variance: (4 * 2) / 6 / 3,
    });
    expect(moderatedVariance(estimate(1e6, 9), [estimate(1e6, 9), estimate(10, 1)])?.spread).toBeCloseTo(9, 4);
    expect(moderatedVariance(null, all)).toBeNull();
  });
});

describe("scores that happen to be equal", () => {
  const varied = Array.from({ length: 1000 }, (_, i) => 1 + ((i * 7) % 5));

  it("two of them prove nothing at any look beside an arm with spread", () => {
    const { metric, decision } = metricOf({ a: [varied], b: [[5, 5]] }, policyWith());
    const claims = [
      metric.goal?.claim,
      ...metric.rules.map(({ claim }) => claim),
      ...metric.limits.map(({ claim }) => claim),
    ];
    expect(claims).toHaveLength(4);
    for (const claim of claims) expect(claim).toMatchObject({ established: false });
    expect(metric.treatment).toMatchObject({ n: 2, value: 5 });
    expect((metric.treatment.interval[1] as number) - (metric.treatment.interval[0] as number)).toBeGreaterThan(3);
    expect(decision).not.toBe("ship");
  });

  it("thousands of them do", () => {
    const { metric, decision } = metricOf({ a: [varied], b: [Array.from({ length: 3000 }, () => 5)] }, policyWith());
    expect(metric.goal?.claim).toMatchObject({ established: true });
    expect(decision).toBe("ship");
  });

  it("in all of both arms tell of no spread", () => {
    const { metric } = metricOf({ a: [[5, 5, 5]], b: [[5, 5]] }, policyWith());
    for (const result of [metric.effect, metric.anytime, metric.fixedHorizon, metric.goal?.claim])
      expect(result).toMatchObject({ computable: false, reason: "zero-variance" });
  });

  it("beside a control with a single score leave the treatment's level unknown", () => {
    const { metric } = metricOf({ a: [[4]], b: [[5, 5, 5]] }, policyWith());
    expect(metric.effect).toMatchObject({ computable: false, reason: "no-data" });
    expect(metric.treatment).toEqual({ n: 3, value: 5, interval: [null, null] });
    expect(metric.rules.map(({ claim }) => claim)).toContainEqual(
      expect.objectContaining({ computable: false, reason: "zero-variance" }),
    );
    expect(metric.limits[0]?.claim).toMatchObject({ computable: false, reason: "zero-variance" });
  });

  it("in one epoch of the split leave the effect to the others", () => {
    const whole = metricOf(
      { a: [[], varied], b: [[], varied.map((score) => score + 1)] },
      policyWith({ allocation: split }),
    ).metric.effect;
    const { effect } = metricOf(
      { a: [[2, 2], varied], b: [[2, 2], varied.map((score) => score + 1)] },
      policyWith({ allocation: split }),
    ).metric;
    if (isNotComputable(effect) || isNotComputable(whole)) throw new Error("the effect must be known");
    expect(whole.estimate).toBeCloseTo(1, 12);
    expect(Math.abs(effect.estimate - 1)).toBeLessThan(0.01);
    expect((effect.interval[1] as number) / (whole.interval[1] as number)).toBeCloseTo(1, 1);
  });

  it("few scores of five stars, most of them five, hold the level at any look", () => {
    const random = createRandom(41);
    const star = (): number => (random() < 0.7 ? 5 : 1 + Math.floor(4 * random()));
    const runs = 400;
    let established = 0;
    for (let run = 0; run < runs; run++) {
      const b = Array.from({ length: 2 + (run % 6) }, star);
      const { metric } = metricOf({ a: [Array.from({ length: 300 }, star)], b: [b] }, policyWith());
      const [better, worse] = [metric.goal?.claim, metric.rules.find(({ rule }) => rule === "worse-by")?.claim];
      if ([better, worse].some((claim) => claim !== undefined && !isNotComputable(claim) && claim.established))
        established++;
    }
    expect(established / runs).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / runs));
  });
});
