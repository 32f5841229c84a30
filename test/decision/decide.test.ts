import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Decision } from "../../src/decision/decision.ts";
import {
  analyze,
  createRandom,
  decide,
  DecisionSchema,
  definePolicy,
  planFor,
  type Policy,
  type PolicyInput,
  type RequestRecord,
  safeRollout,
  summarize,
} from "../../src/index.ts";
import { buildReport, renderText } from "../../src/report/index.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);

interface Traffic {
  readonly n?: number;
  readonly failures?: Readonly<Record<string, number>>;
  readonly latency?: Readonly<Record<string, number>>;
  readonly hours?: number;
  readonly arms?: readonly string[];
  readonly more?: (arm: string, i: number) => Partial<RequestRecord>;
}

/**
 * Deterministic traffic: exactly so many failures per arm, latencies on a lognormal-like grid, spread evenly over time.
 */
function traffic({
  n = 20_000,
  failures = {},
  latency = {},
  hours = 24,
  arms = ["v1", "v2"],
  more,
}: Traffic): RequestRecord[] {
  const random = createRandom(1);
  return arms.flatMap((arm) =>
    Array.from({ length: n }, (_, i): RequestRecord => {
      const failed = Math.floor(((i + 1) * (failures[arm] ?? 0)) / n) > Math.floor((i * (failures[arm] ?? 0)) / n);
      return {
        arm,
        timestamp: start + Math.floor((i / n) * hours * hour),
        success: !failed,
        latencyMs: (latency[arm] ?? 100) * Math.exp(random() + random()),
        ...more?.(arm, i),
      };
    }),
  );
}

function decided(policy: PolicyInput, records: RequestRecord[]): Decision {
  const defined: Policy = definePolicy(policy);
  const decision = decide(analyze(summarize(records, planFor(defined)), defined), defined);
  expect(() => DecisionSchema.parse(JSON.parse(JSON.stringify(decision)))).not.toThrow();
  // Whatever is decided can be told.
  expect(renderText(buildReport(decision, defined)).length).toBeGreaterThan(100);
  return decision;
}

const policy = safeRollout({ control: "v1", treatments: ["v2"] });
const [success, p99] = policy.metrics as [Policy["metrics"][number], Policy["metrics"][number]];
const codes = ({ reasons }: Decision): string[] => reasons.map(({ code }) => code);

describe("decide", () => {
  it("ships what is shown to be no worse", () => {
    const decision = decided(policy, traffic({ failures: { v1: 60, v2: 60 } }));
    expect(decision.decision).toBe("ship");
    expect(codes(decision)).toEqual(["goals-reached"]);
  });

  it("rolls back established harm before the minimum sample, and says what speaks against it", () => {
    const decision = decided(policy, traffic({ n: 4000, failures: { v1: 12, v2: 200 }, latency: { v2: 70 } }));
    expect(decision.decision).toBe("rollback");
    expect(decision.reasons[0]).toMatchObject({
      code: "rollback-rule-established",
      metric: "success_rate",
      rule: "below",
    });
    expect(decision.comparisons[0]?.against).toMatchObject({ metric: "latency_p99", direction: "better" });
  });

  it("more failures never turn a rollback into shipping", () => {
    const at = (failures: number): string =>
      decided({ ...policy, minimumSampleSize: 100 }, traffic({ n: 2000, failures: { v1: 4, v2: failures } })).decision;
    const order = ["ship", "inconclusive", "keep-running", "rollback"];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 300 }), (a, b) => {
        expect(order.indexOf(at(Math.max(a, b)))).toBeGreaterThanOrEqual(order.indexOf(at(Math.min(a, b))));
      }),
      { numRuns: 12, seed: 3 },
    );
  });

  it("says that a goal is ruled out, so that waiting won't help", () => {
    const between = { ...p99, rollbackWhen: { worseBy: { relative: 3 } } };
    const decision = decided(
      { ...policy, metrics: [success, between] },
      traffic({ failures: { v1: 60, v2: 60 }, latency: { v2: 150 } }),
    );
    expect(decision.decision).toBe("keep-running");
    expect(decision.reasons[0]).toMatchObject({ code: "goal-ruled-out", metric: "latency_p99" });
    expect(decision.comparisons[0]?.forecast).toBeNull();
  });

  it("holds shipping back until floors and ceilings are shown", () => {
    const metrics = [
      { ...success, floor: 0.99 },
      { ...p99, ceiling: 800 },
    ];
    expect(decided({ ...policy, metrics }, traffic({ failures: { v1: 60, v2: 60 } })).decision).toBe("ship");
    const slow = decided(
      { ...policy, metrics },
      traffic({ failures: { v1: 60, v2: 60 }, latency: { v1: 130, v2: 130 } }),
    );
    expect(slow.decision).toBe("keep-running");
    expect(slow.reasons).toContainEqual({
      code: "limit-ruled-out",
      metric: "latency_p99",
      treatment: "v2",
      limit: "ceiling",
    });
    const unsure = decided(
      { ...policy, metrics: [{ ...success, floor: 0.997 }, p99] },
      traffic({ failures: { v1: 60, v2: 60 } }),
    );
    expect(unsure.reasons).toContainEqual({
      code: "limit-not-shown",
      metric: "success_rate",
      treatment: "v2",
      limit: "floor",
    });
  });

  it("waits for whole cycles and warns when less than one is covered", () => {
    const decision = decided(
      { ...policy, cycleHours: 168, minimumCycles: 1 },
      traffic({ failures: { v1: 60, v2: 60 } }),
    );
    expect(decision.decision).toBe("keep-running");
    expect(decision.reasons).toEqual([{ code: "minimum-cycles-not-reached", cycles: 0, minimum: 1, cycleHours: 168 }]);
    expect(decision.warnings).toContainEqual({ code: "cycle-not-covered", cycleHours: 168, covered: 24, slots: 168 });
    expect(
      decided({ ...policy, cycleHours: 168, minimumCycles: 1 }, traffic({ failures: { v1: 60, v2: 60 }, hours: 168 }))
        .decision,
    ).toBe("ship");
  });

  it("names a segment that is hurt while the average gains", () => {
    const hurt = (arm: string, i: number): Partial<RequestRecord> =>
      ({
        region: i % 10 === 0 ? "south" : "north",
        success: arm === "v1" ? i % 50 !== 1 : i % 10 === 0 ? i % 100 !== 0 : i % 200 !== 1,
      }) as never;
    const decision = decided(
      { ...policy, segments: ["region"], metrics: [{ ...success, rollbackWhen: undefined }] },
      traffic({ more: hurt }),
    );
    expect(decision.warnings).toContainEqual(
      expect.objectContaining({ code: "segment-harmed", field: "region", value: "south", overall: "better" }),
    );
    expect(decision.warnings).toContainEqual(expect.objectContaining({ code: "segments-differ", field: "region" }));
    const alike = decided(
      { ...policy, segments: ["region"] },
      traffic({
        failures: { v1: 60, v2: 60 },
        more: (_arm, i) => ({ region: i % 3 === 0 ? "south" : "north" }) as never,
      }),
    );
    expect(alike.warnings.filter(({ code }) => code.startsWith("segment"))).toEqual([]);
  });

  it("tells that an effect fades", () => {
    // Multiples of the golden ratio fill (0, 1) evenly: the data have no luck in them.
    const fading = (arm: string, i: number): Partial<RequestRecord> => ({
      success: (i * 0.6180339887498949) % 1 < (arm === "v1" ? 0.9 : 0.9 + 0.08 * (1 - i / 20_000)),
    });
    const decision = decided(
      { ...policy, metrics: [{ ...success, rollbackWhen: undefined }] },
      traffic({ more: fading }),
    );
    expect(decision.warnings).toContainEqual(expect.objectContaining({ code: "effect-drifts", direction: "fading" }));
  });

  it("reports when counting failures as slow would change what is established", () => {
    const failsFast = (arm: string, i: number): Partial<RequestRecord> =>
      arm === "v2" && i % 50 === 0 ? { success: false, latencyMs: 1 } : {};
    const decision = decided({ ...policy, metrics: [{ ...p99, role: "primary" }] }, traffic({ more: failsFast }));
    expect(decision.decision).toBe("ship");
    expect(decision.warnings).toContainEqual(
      expect.objectContaining({
        code: "latency-of-failures-matters",
        metric: "latency_p99",
        changes: ["goal", "rollback-rule"],
      }),
    );
  });

  it("judges every treatment, and the most urgent verdict leads", () => {
    const decision = decided(
      { ...policy, treatments: ["v2", "v3"] },
      traffic({ arms: ["v1", "v2", "v3"], failures: { v1: 60, v2: 60, v3: 500 } }),
    );
    expect(decision.comparisons.map((comparison) => comparison.decision)).toEqual(["ship", "rollback"]);
    expect(decision.decision).toBe("rollback");
  });

  it("Holm establishes what Bonferroni established, and no less", () => {
    for (const failures of [60, 120, 180, 240, 300]) {
      const records = traffic({ arms: ["v1", "v2", "v3"], failures: { v1: 60, v2: failures, v3: 600 } });
      const by = (multiplicity: "bonferroni" | "holm" | "none"): string[] =>
        decided({ ...policy, treatments: ["v2", "v3"], multiplicity }, records).comparisons.map(
          (comparison) => comparison.decision,
        );
      const [bonferroni, holm, none] = [by("bonferroni"), by("holm"), by("none")];
      bonferroni.forEach((verdict, i) => verdict === "rollback" && expect(holm[i]).toBe("rollback"));
      holm.forEach((verdict, i) => verdict === "rollback" && expect(none[i]).toBe("rollback"));
    }
  });

  it("under planned looks answers at the looks only, the same between them", () => {
    // Slices of all data may be wider than those at the look, so dependence is left out of this law.
    const looks: PolicyInput = {
      ...policy,
      dependence: "none",
      monitoring: { kind: "group-sequential", looks: 2, spending: { kind: "obrien-fleming" } },
      maximumSampleSize: 20_000,
    };
    expect(codes(decided(looks, traffic({ n: 4000, failures: { v1: 12, v2: 400 } })))).toContain(
      "planned-look-not-reached",
    );
    const all = traffic({ failures: { v1: 60, v2: 60 } });
    const until = (hours: number): Decision =>
      decided(
        looks,
        all.filter(({ timestamp }) => (timestamp as number) < start + hours * hour),
      );
    expect(until(13).look).toMatchObject({ number: 1, of: 2, final: false });
    expect(until(13).comparisons[0]?.metrics).toEqual(until(20).comparisons[0]?.metrics);
    expect(until(24).look).toMatchObject({ number: 2, final: true });
    expect(until(24).decision).toBe("ship");
    expect(until(24).comparisons[0]?.metrics[0]?.effect).toMatchObject({ guarantee: "planned-looks-asymptotic" });
  });

  it("with the exact guarantee says so, or that it can't be had", () => {
    const exact: PolicyInput = { ...policy, guarantee: "exact" };
    const good = decided(exact, traffic({ n: 40_000, failures: { v1: 120, v2: 120 } }));
    expect(good.comparisons[0]?.metrics.map(({ effect }) => (effect as { guarantee: string }).guarantee)).toEqual([
      "anytime-exact",
      "anytime-exact",
    ]);
    expect(good.decision).toBe("ship");
    const timeless = traffic({ failures: { v1: 60, v2: 60 } }).map(({ timestamp: _timestamp, ...record }) => record);
    const invalid = decided(exact, timeless);
    expect(invalid.decision).toBe("invalid");
    expect(invalid.reasons[0]).toMatchObject({ code: "goal-not-computable", reason: "method-does-not-apply" });
  });

  it("is invalid, not weakened, when a deciding metric has no values", () => {
    const score = {
      name: "score",
      kind: "mean",
      field: "score",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.1 },
    } as const;
    const decision = decided(
      { ...policy, metrics: [success, score] },
      traffic({ failures: { v1: 60, v2: 60 }, more: (_arm, i) => (i === 0 ? { score: 3 } : { score: null }) as never }),
    );
    expect(decision.decision).toBe("invalid");
  });

  it("forecasts from the policy's rate where records have no time", () => {
    const timeless = traffic({ n: 5000, failures: { v1: 15, v2: 15 } }).map(
      ({ timestamp: _timestamp, ...record }) => record,
    );
    const forecast = decided({ ...policy, requestsPerHour: 1000 }, timeless).comparisons[0]?.forecast;
    expect(forecast?.remaining).toBeGreaterThan(0);
    expect(forecast?.hours).toBeCloseTo((forecast?.remaining ?? 0) / 1000, 6);
  });

  it("checks the split of traffic by epoch", () => {
    const half = start + 12 * hour;
    const records = traffic({ failures: { v1: 60, v2: 60 } }).filter(
      ({ arm, timestamp }, i) => (timestamp as number) < half || arm === "v1" || i % 7 < 3,
    );
    const allocation = [
      { from: null, weights: { v1: 1, v2: 1 } },
      { from: new Date(half).toISOString(), weights: { v1: 7, v2: 3 } },
    ];
    const decision = decided({ ...policy, allocation, minimumSampleSize: 1000 }, records);
    expect(decision.decision).toBe("ship");
    expect(decision.checks.sampleRatio).toMatchObject({
      epochs: [{ from: null }, { from: new Date(half).toISOString() }],
    });
    expect(decided({ ...policy, allocation: [{ from: null, weights: { v1: 1, v2: 1 } }] }, records).decision).toBe(
      "invalid",
    );
  });
});
