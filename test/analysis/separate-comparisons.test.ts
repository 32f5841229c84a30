import { describe, expect, it } from "vitest";
import {
  analyze,
  decide,
  definePolicy,
  isNotComputable,
  planFor,
  type PolicyInput,
  summarize,
} from "../../src/index.ts";
import { DecisionSchema } from "../../src/index.ts";
import type { Decision } from "../../src/index.ts";
import { buildReport } from "../../src/report/index.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);

/** How an arm behaves: how many records, how many of them fail, and over how many hours from the first on. */
interface Arm {
  readonly records: number;
  readonly failures: number;
  readonly hours?: number;
  /** Whether the latency was recorded. */
  readonly latency?: boolean;
}

function* rowsOf(arms: Readonly<Record<string, Arm>>): Generator<Record<string, unknown>> {
  for (const [arm, { records, failures, hours = 10, latency = true }] of Object.entries(arms))
    for (let i = 0; i < records; i++)
      yield {
        arm,
        timestamp: start + Math.floor((i / records) * hours * hour),
        success: (i * 7919) % records >= failures,
        ...(latency ? { latencyMs: 100 + ((i * 31) % 50) } : {}),
      };
}

const base: PolicyInput = {
  control: "v1",
  treatments: ["v2", "v3"],
  minimumSampleSize: 500,
  metrics: [
    {
      name: "success_rate",
      kind: "proportion",
      field: "success",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.02 },
      rollbackWhen: { worseBy: { absolute: 0.05 } },
    },
    {
      name: "latency",
      kind: "quantile",
      field: "latencyMs",
      probability: 0.9,
      better: "lower",
      role: "guardrail",
      goal: "non-inferior",
      margin: { relative: 0.2 },
      rollbackWhen: { worseBy: { relative: 0.5 } },
    },
  ],
};

function decidedOf(arms: Readonly<Record<string, Arm>>, over: Partial<PolicyInput> = {}): Decision {
  const policy = definePolicy({ ...base, ...over });
  const decision = decide(analyze(summarize(rowsOf(arms) as never, planFor(policy)), policy), policy);
  DecisionSchema.parse(JSON.parse(JSON.stringify(decision)));
  const report = buildReport(decision, policy);
  expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity|undefined/u);
  return decision;
}

const good: Arm = { records: 5000, failures: 50 };
const harmful: Arm = { records: 5000, failures: 2500 };

const of = (decision: Decision, treatment: string): Decision["comparisons"][number] =>
  decision.comparisons.find((comparison) => comparison.treatment === treatment) as Decision["comparisons"][number];

describe("separate comparisons stay separate", () => {
  it("rolls back the harmful treatment while the other has weight 0 and no data yet", () => {
    const decision = decidedOf(
      { v1: good, v2: harmful },
      {
        allocation: [
          { from: null, weights: { v1: 1, v2: 1, v3: 0 } },
          { from: "2026-02-01T00:00:00.000Z", weights: { v1: 1, v2: 1, v3: 1 } },
        ],
      },
    );
    expect(decision.decision).toBe("rollback");
    expect(of(decision, "v2").decision).toBe("rollback");
    const waiting = of(decision, "v3");
    expect(waiting.decision).toBe("keep-running");
    expect(waiting.reasons).toEqual([{ code: "no-data-yet", treatment: "v3" }]);
    for (const { effect, goal } of waiting.metrics) {
      expect(isNotComputable(effect) && effect.reason).toBe("no-data");
      expect(goal !== null && isNotComputable(goal.claim)).toBe(true);
    }
  });

  const monitorings: readonly (readonly [string, Partial<PolicyInput>])[] = [
    ["anytime", {}],
    ["fixed", { monitoring: { kind: "fixed" }, minimumSampleSize: 5000 }],
    [
      "group-sequential",
      {
        monitoring: { kind: "group-sequential", looks: 2, spending: { kind: "pocock" } },
        maximumSampleSize: 5000,
      },
    ],
    ["anytime, by Holm", { multiplicity: "holm" }],
    ["exact", { guarantee: "exact" }],
  ];
  const others: readonly (readonly [string, Readonly<Record<string, Arm>>])[] = [
    ["has no records", {}],
    ["has one record", { v3: { records: 1, failures: 1 } }],
    ["began late", { v3: { records: 40, failures: 0, hours: 1 } }],
    ["has no latency at all", { v3: { ...good, latency: false } }],
    ["has latencies of 0 requests that succeed", { v3: { records: 5000, failures: 5000 } }],
  ];

  it.each(monitorings.flatMap(([name, over]) => others.map(([what, arms]) => [name, what, over, arms] as const)))(
    "under %s monitoring decides v2 as without v3 when v3 %s",
    (_name, _what, over, arms) => {
      for (const v2 of [good, harmful]) {
        // `none` divides alpha among nobody, so that the number of treatments in the policy does not matter.
        const multiplicity = over.multiplicity === "holm" ? "holm" : ("none" as const);
        const alone = decidedOf({ v1: good, v2 }, { ...over, multiplicity: "none", treatments: ["v2"] });
        const beside = decidedOf({ v1: good, v2, ...arms }, { ...over, multiplicity });
        expect(of(beside, "v2").decision).toBe(of(alone, "v2").decision);
        expect(of(beside, "v2").sample).toEqual(of(alone, "v2").sample);
        expect(of(beside, "v2").decision).toBe(v2 === good ? "ship" : "rollback");
        if (multiplicity === "none") expect(of(beside, "v2").metrics).toEqual(of(alone, "v2").metrics);
      }
    },
  );

  it("charges a split that was not kept to the treatment that it concerns", () => {
    const decision = decidedOf(
      { v1: good, v2: good, v3: { records: 3000, failures: 30 } },
      { allocation: { v1: 1, v2: 1, v3: 1 } },
    );
    expect(of(decision, "v2").decision).toBe("ship");
    expect(of(decision, "v3").decision).toBe("invalid");
    expect(decision.decision).toBe("invalid");
  });

  it("charges it to all when the control's share is off", () => {
    const decision = decidedOf(
      { v1: { records: 3000, failures: 30 }, v2: good, v3: good },
      { allocation: { v1: 1, v2: 1, v3: 1 } },
    );
    expect(decision.comparisons.map((comparison) => comparison.decision)).toEqual(["invalid", "invalid"]);
  });

  it("refuses an analysis in which nothing can be compared", () => {
    expect(() => decidedOf({ v1: good })).toThrow(/treatments\[0\] must be an arm that has records/u);
    expect(() => decidedOf({ v2: good })).toThrow(/control must be an arm that has records/u);
  });
});
