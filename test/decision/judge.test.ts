import { describe, expect, it } from "vitest";
import type { MetricAnalysis } from "../../src/analysis/analysis.ts";
import type { Reason } from "../../src/decision/reasons.ts";
import {
  claim,
  comparison,
  decided,
  type Given,
  goal,
  limit,
  metric,
  notComputable,
  ofMetrics,
  policy,
  reached,
  rule,
  sampleRatio,
  sampleSize,
} from "./given-analysis.ts";

const fixed: Given["under"] = { monitoring: { kind: "fixed" } as never };
const looks: Given["under"] = {
  monitoring: { kind: "group-sequential", looks: 2, spending: { kind: "obrien-fleming" } } as never,
};
const established = rule({ claim: reached });
const mismatch = { sampleRatio: sampleRatio({ mismatch: true, pValue: 1e-9 }) };
const open = goal({ claim: claim() });
const codes = ({ reasons }: { readonly reasons: readonly Reason[] }): string[] => reasons.map(({ code }) => code);

describe("what is decided, rule by rule", () => {
  it.each<[string, string, readonly string[], Given]>([
    ["every goal reached", "ship", ["goals-reached"], {}],
    [
      "a rule established",
      "rollback",
      ["rollback-rule-established"],
      { comparisons: [comparison({ metrics: [metric({ rules: [established] })] })] },
    ],
    [
      "a rule that can't be computed",
      "invalid",
      ["rule-not-computable"],
      { comparisons: [comparison({ metrics: [metric({ rules: [rule({ claim: notComputable("no-data") })] })] })] },
    ],
    [
      "a rule and a mismatch",
      "rollback",
      ["rollback-rule-established", "sample-ratio-mismatch"],
      { comparisons: [comparison({ metrics: [metric({ rules: [established] })] })], checks: mismatch },
    ],
    ["a mismatch", "invalid", ["sample-ratio-mismatch"], { checks: mismatch }],
    ["a ratio that can't be checked", "ship", ["goals-reached"], { checks: { sampleRatio: notComputable("no-data") } }],
    [
      "a goal not reached",
      "keep-running",
      ["goal-not-reached"],
      { comparisons: [comparison({ metrics: [metric({ goal: open })] })] },
    ],
    [
      "a goal of a secondary metric not reached",
      "ship",
      ["goals-reached"],
      {
        comparisons: [comparison({ metrics: [metric(), metric({ metric: "other", role: "secondary", goal: open })] })],
      },
    ],
    [
      "a guardrail not reached",
      "keep-running",
      ["goal-not-reached"],
      {
        comparisons: [comparison({ metrics: [metric(), metric({ metric: "other", role: "guardrail", goal: open })] })],
      },
    ],
    [
      "a goal ruled out",
      "keep-running",
      ["goal-ruled-out"],
      { comparisons: [comparison({ metrics: [metric({ goal: goal({ claim: claim(), ruledOut: true }) })] })] },
    ],
    [
      "a goal that the data can't answer",
      "invalid",
      ["goal-not-computable"],
      {
        comparisons: [
          comparison({ metrics: [metric({ goal: goal({ claim: notComputable("method-does-not-apply") }) })] }),
        ],
      },
    ],
    [
      "a goal without data",
      "invalid",
      ["goal-not-computable"],
      { comparisons: [comparison({ metrics: [metric({ goal: goal({ claim: notComputable("no-data") }) })] })] },
    ],
    [
      "a goal without data so far",
      "keep-running",
      ["goal-not-computable"],
      {
        comparisons: [comparison({ metrics: [metric({ goal: goal({ claim: notComputable("no-data") }) })] })],
        checks: { sampleSize: sampleSize({ reachedMinimum: false }) },
      },
    ],
    [
      "a goal that can't be computed yet",
      "keep-running",
      ["goal-not-computable"],
      { comparisons: [comparison({ metrics: [metric({ goal: goal({ claim: notComputable("zero-variance") }) })] })] },
    ],
    [
      "a limit not shown",
      "keep-running",
      ["limit-not-shown"],
      { comparisons: [comparison({ metrics: [metric({ limits: [limit({ claim: claim() })] })] })] },
    ],
    [
      "a limit ruled out",
      "keep-running",
      ["limit-ruled-out"],
      { comparisons: [comparison({ metrics: [metric({ limits: [limit({ claim: claim(), ruledOut: true })] })] })] },
    ],
    [
      "a limit that the data can't answer",
      "invalid",
      ["goal-not-computable"],
      {
        comparisons: [
          comparison({ metrics: [metric({ limits: [limit({ claim: notComputable("method-does-not-apply") })] })] }),
        ],
      },
    ],
    [
      "limits without a goal",
      "ship",
      ["goals-reached"],
      { comparisons: [comparison({ metrics: [metric({ goal: null, limits: [limit()] })] })] },
    ],
    [
      "a goal that can't be computed and a limit not shown",
      "keep-running",
      ["goal-not-computable", "limit-not-shown"],
      {
        comparisons: [
          comparison({
            metrics: [
              metric({ goal: goal({ claim: notComputable("zero-variance") }), limits: [limit({ claim: claim() })] }),
            ],
          }),
        ],
      },
    ],
    [
      "the minimum not reached",
      "keep-running",
      ["minimum-sample-not-reached"],
      { checks: { sampleSize: sampleSize({ records: { a: 100, b: 99 }, reachedMinimum: false }) } },
    ],
    [
      "an arm without records",
      "keep-running",
      ["no-data-yet"],
      { checks: { sampleSize: sampleSize({ records: { a: 200 }, reachedMinimum: false }) } },
    ],
    [
      "another arm short of the minimum",
      "keep-running",
      [],
      { checks: { sampleSize: sampleSize({ reachedMinimum: false }) } },
    ],
    [
      "the duration not reached",
      "keep-running",
      ["minimum-duration-not-reached"],
      { checks: { sampleSize: sampleSize({ minimumHours: 10.5 }) } },
    ],
    [
      "the duration just reached",
      "ship",
      ["goals-reached"],
      { checks: { sampleSize: sampleSize({ minimumHours: 10 }) } },
    ],
    [
      "the duration unknown",
      "keep-running",
      ["minimum-duration-not-reached"],
      { checks: { sampleSize: sampleSize({ minimumHours: 10, hours: null }) } },
    ],
    [
      "no duration asked for, and none known",
      "ship",
      ["goals-reached"],
      { checks: { sampleSize: sampleSize({ hours: null }) } },
    ],
    [
      "a cycle not whole",
      "keep-running",
      ["minimum-cycles-not-reached"],
      { checks: { coverage: { cycleHours: 24, covered: 24, slots: 24, wholeCycles: 1, minimumCycles: 2 } } },
    ],
    [
      "cycles whole",
      "ship",
      ["goals-reached"],
      { checks: { coverage: { cycleHours: 24, covered: 24, slots: 24, wholeCycles: 2, minimumCycles: 2 } } },
    ],
    [
      "the end reached without a verdict",
      "inconclusive",
      ["goal-not-reached", "end-reached"],
      {
        comparisons: [comparison({ metrics: [metric({ goal: open })] })],
        checks: { sampleSize: sampleSize({ reachedEnd: true }) },
      },
    ],
    [
      "the maximum reached without a verdict",
      "inconclusive",
      ["goal-not-reached", "end-reached"],
      {
        comparisons: [comparison({ metrics: [metric({ goal: open })] })],
        checks: { sampleSize: sampleSize({ reachedMaximum: true }) },
      },
    ],
    [
      "the end reached with every goal",
      "ship",
      ["goals-reached"],
      { checks: { sampleSize: sampleSize({ reachedEnd: true }) } },
    ],
    [
      "the one look not reached",
      "keep-running",
      ["planned-look-not-reached", "minimum-sample-not-reached"],
      { under: fixed, checks: { sampleSize: sampleSize({ records: { a: 99, b: 100 }, reachedMinimum: false }) } },
    ],
    [
      "harm before the one look",
      "keep-running",
      ["planned-look-not-reached"],
      {
        under: fixed,
        comparisons: [comparison({ metrics: [metric({ rules: [established] })] })],
        checks: { sampleSize: sampleSize({ reachedMinimum: false }) },
      },
    ],
    [
      "harm at the one look",
      "rollback",
      ["rollback-rule-established"],
      { under: fixed, comparisons: [comparison({ metrics: [metric({ rules: [established] })] })] },
    ],
    [
      "the one look without a verdict",
      "inconclusive",
      ["goal-not-reached", "end-reached"],
      { under: fixed, comparisons: [comparison({ metrics: [metric({ goal: open })] })] },
    ],
    ["before the first of some looks", "keep-running", ["planned-look-not-reached"], { under: looks }],
    [
      "the first of two looks",
      "keep-running",
      ["goal-not-reached"],
      {
        under: looks,
        look: { number: 1, of: 2, fraction: 0.5, final: false },
        comparisons: [comparison({ metrics: [metric({ goal: open })] })],
      },
    ],
    [
      "the last of two looks",
      "inconclusive",
      ["goal-not-reached", "end-reached"],
      {
        under: looks,
        look: { number: 2, of: 2, fraction: 1, final: true },
        comparisons: [comparison({ metrics: [metric({ goal: open })] })],
      },
    ],
    [
      "the first of two looks, beyond a maximum",
      "keep-running",
      ["goal-not-reached"],
      {
        under: looks,
        look: { number: 1, of: 2, fraction: 0.5, final: false },
        checks: { sampleSize: sampleSize({ reachedMaximum: true }) },
        comparisons: [comparison({ metrics: [metric({ goal: open })] })],
      },
    ],
  ])("%s", (_what, verdict, expected, given) => {
    const decision = decided(given);
    expect(decision.decision).toBe(verdict);
    expect(codes(decision)).toEqual(expected);
    expect(codes(decision.comparisons[0] as never)).toEqual(expected);
  });

  it("says in its reasons what they are about", () => {
    const limits = [limit({ limit: "ceiling", claim: claim() })];
    expect(ofMetrics([metric({ goal: goal({ claim: notComputable("zero-variance") }), limits })]).reasons).toEqual([
      {
        code: "goal-not-computable",
        metric: "success",
        treatment: "b",
        reason: "zero-variance",
        detail: "because of zero-variance",
      },
      { code: "limit-not-shown", metric: "success", treatment: "b", limit: "ceiling" },
    ]);
    expect(
      ofMetrics([
        metric(),
        metric({ metric: "cost", role: "secondary" }),
        metric({ metric: "latency", role: "guardrail" }),
      ]).reasons,
    ).toEqual([{ code: "goals-reached", treatment: "b", metrics: ["success", "latency"] }]);
    expect(
      ofMetrics([
        metric({ rules: [rule({ rule: "below", claim: reached }), rule(), rule({ rule: "above", claim: reached })] }),
      ]).reasons,
    ).toEqual([
      { code: "rollback-rule-established", metric: "success", treatment: "b", rule: "below" },
      { code: "rollback-rule-established", metric: "success", treatment: "b", rule: "above" },
    ]);
    expect(
      decided({
        checks: {
          sampleSize: sampleSize({ records: { a: 7, b: 3 }, reachedMinimum: false, minimumHours: 30 }),
          coverage: { cycleHours: 24, covered: 9, slots: 24, wholeCycles: 0, minimumCycles: 1 },
        },
      }).reasons,
    ).toEqual([
      { code: "minimum-sample-not-reached", arm: "a", records: 7, minimum: 100 },
      { code: "minimum-sample-not-reached", arm: "b", records: 3, minimum: 100 },
      { code: "minimum-duration-not-reached", hours: 10, minimum: 30 },
      { code: "minimum-cycles-not-reached", cycles: 0, minimum: 1, cycleHours: 24 },
    ]);
    for (const [what, given] of [
      ["end", { reachedEnd: true, reachedMaximum: true }],
      ["maximum-sample", { reachedMaximum: true }],
    ] as const) {
      expect(ofMetrics([metric({ goal: open })], { checks: { sampleSize: sampleSize(given) } }).reasons.at(-1)).toEqual(
        { code: "end-reached", what },
      );
    }
    expect(ofMetrics([metric({ goal: open })], { under: fixed }).reasons.at(-1)).toEqual({
      code: "end-reached",
      what: "planned-look",
    });
  });

  it("puts first what waiting won't help", () => {
    const never = goal({ claim: claim(), ruledOut: true });
    expect(
      codes(
        ofMetrics([
          metric({ goal: open }),
          metric({ metric: "m", goal: never }),
          metric({ metric: "n", goal: open, limits: [limit({ claim: claim(), ruledOut: true })] }),
        ]),
      ),
    ).toEqual(["goal-ruled-out", "limit-ruled-out", "goal-not-reached", "goal-not-reached"]);
  });

  it("gives the most urgent of several treatments' verdicts, and its reasons only", () => {
    const of = (treatment: string, metrics: MetricAnalysis[]) => comparison({ treatment, metrics });
    const ships = of("b", [metric()]);
    const waits = of("c", [metric({ goal: open })]);
    const rollsBack = of("d", [metric({ rules: [established] })]);
    const invalid = of("e", [metric({ goal: goal({ claim: notComputable("method-does-not-apply") }) })]);
    const checks = { sampleSize: sampleSize({ records: { a: 200, b: 200, c: 200, d: 200, e: 200 } }) };
    const urgency = [rollsBack, invalid, ships, waits];
    const verdicts = ["rollback", "invalid", "ship", "keep-running"];
    for (let from = 0; from < urgency.length; from++) {
      const decision = decided({ comparisons: urgency.slice(from).reverse(), checks });
      expect(decision.decision).toBe(verdicts[from]);
      expect(decision.reasons).toHaveLength(1);
      expect(decision.comparisons.map((one) => one.decision)).toEqual(verdicts.slice(from).reverse());
    }
  });

  it("tells how each metric stands", () => {
    const verdictOf = (over: Partial<MetricAnalysis>): unknown =>
      ofMetrics([metric(over)]).comparisons[0]?.metrics[0]?.verdict;
    expect(verdictOf({})).toEqual({ goal: "reached", rollbackRule: "not-established" });
    expect(verdictOf({ goal: null, rules: [] })).toEqual({ goal: "none", rollbackRule: "none" });
    expect(
      verdictOf({ goal: open, limits: [limit()], rules: [rule({ claim: claim({ suspected: true }) }), rule()] }),
    ).toEqual({ goal: "not-reached", rollbackRule: "suspected" });
    expect(
      verdictOf({
        limits: [limit({ claim: notComputable("no-data") }), limit({ claim: claim() })],
        rules: [rule({ claim: notComputable("no-data") }), rule()],
      }),
    ).toEqual({ goal: "not-computable", rollbackRule: "not-computable" });
    expect(
      verdictOf({
        rules: [
          rule(),
          rule({ claim: notComputable("no-data") }),
          rule({ claim: claim({ suspected: true }) }),
          established,
        ],
      }),
    ).toEqual({ goal: "reached", rollbackRule: "established" });
  });
});

describe("what speaks against it", () => {
  const strength = (lnPValue: number): MetricAnalysis["anytime"] => ({
    lnEvidence: -lnPValue,
    lnPValue,
    pValue: Math.exp(lnPValue),
  });
  const fixedTest = (lnPValue: number): MetricAnalysis["fixedHorizon"] => ({
    test: "any",
    statistic: 1,
    lnPValue,
    pValue: Math.exp(lnPValue),
    interval: [null, null],
  });
  const effect = (estimate: number, kind: "difference" | "ratio" = "difference"): MetricAnalysis["effect"] => ({
    kind,
    estimate,
    interval: [null, null],
    level: 0.95,
    method: "any",
    guarantee: "anytime-asymptotic",
  });
  const against = (metrics: readonly MetricAnalysis[], given: Given = {}): string | undefined =>
    ofMetrics(metrics, given).comparisons[0]?.against?.metric;

  it("is what got worse where it does not roll back, and what got better where it does", () => {
    const worse = metric({ metric: "worse", effect: effect(-0.1), anytime: strength(-3) });
    const better = metric({ metric: "better", effect: effect(0.1), anytime: strength(-4) });
    expect(against([worse, better])).toBe("worse");
    expect(against([worse, metric({ ...better, rules: [established] })])).toBe("better");
    expect(ofMetrics([worse, better]).comparisons[0]?.against).toEqual({
      metric: "worse",
      direction: "worse",
      lnPValue: -3,
      pValue: Math.exp(-3),
    });
  });

  it("is the strongest, by the test of the policy's monitoring", () => {
    const weak = metric({ metric: "weak", effect: effect(-0.1), anytime: strength(-1), fixedHorizon: fixedTest(-9) });
    const strong = metric({
      metric: "strong",
      effect: effect(-0.1),
      anytime: strength(-2),
      fixedHorizon: fixedTest(-8),
    });
    expect(against([weak, strong])).toBe("strong");
    expect(against([weak, strong], { under: fixed })).toBe("weak");
    expect(against([metric({ metric: "none", effect: effect(-0.1), anytime: strength(0) })])).toBeUndefined();
    expect(against([metric({ effect: effect(-0.1), anytime: notComputable("no-data") })])).toBeUndefined();
  });

  it("knows which way is better, of differences and of ratios", () => {
    const lower = { better: "lower", anytime: strength(-3) } as const;
    expect(against([metric({ ...lower, metric: "m", effect: effect(1.1, "ratio") })])).toBe("m");
    expect(against([metric({ ...lower, effect: effect(0.9, "ratio") })])).toBeUndefined();
    expect(against([metric({ ...lower, effect: effect(1, "ratio") })])).toBeUndefined();
    expect(against([metric({ ...lower, effect: effect(0) })])).toBeUndefined();
    expect(against([metric({ ...lower, effect: notComputable("no-data") })])).toBeUndefined();
  });
});

describe("when it would be decided", () => {
  const growing = (neededGrowth: number | null): MetricAnalysis =>
    metric({ goal: goal({ claim: claim({ neededGrowth }) }) });
  const forecast = (metrics: readonly MetricAnalysis[], given: Given = {}): unknown =>
    ofMetrics(metrics, given).comparisons[0]?.forecast;

  it("is when the slowest goal is reached, at the pace so far", () => {
    expect(forecast([growing(3)])).toEqual({ records: 1200, remaining: 800, hours: 20, beyondPlan: null });
    expect(
      forecast([
        growing(3),
        growing(5),
        metric({ role: "secondary", goal: goal({ claim: claim({ neededGrowth: 9 }) }) }),
      ]),
    ).toEqual({ records: 2000, remaining: 1600, hours: 40, beyondPlan: null });
    expect(forecast([growing(3), metric({ limits: [limit({ claim: claim({ neededGrowth: 4 }) })] })])).toEqual({
      records: 1600,
      remaining: 1200,
      hours: 30,
      beyondPlan: null,
    });
    expect(forecast([metric({ goal: null, limits: [] }), growing(0.5)])).toEqual({
      records: 400,
      remaining: 0,
      hours: 0,
      beyondPlan: null,
    });
  });

  it("is never when a goal is ruled out, on the wrong side or not computable, and not asked when decided", () => {
    expect(forecast([growing(3), growing(null)])).toBeNull();
    expect(forecast([growing(3), metric({ goal: goal({ claim: notComputable("zero-variance") }) })])).toBeNull();
    expect(forecast([metric({ goal: goal({ claim: claim(), ruledOut: true }) })])).toBeNull();
    expect(forecast([metric({ goal: open, limits: [limit({ claim: claim(), ruledOut: true })] })])).toBeNull();
    expect(forecast([growing(1e300)])).toBeNull();
    expect(forecast([metric()])).toBeNull();
    expect(
      ofMetrics([growing(3)], { checks: { sampleSize: sampleSize({ reachedEnd: true }) } }).comparisons[0]?.forecast,
    ).toEqual({ records: 1200, remaining: 800, hours: 20, beyondPlan: null });
  });

  it("waits for the minimum sample, duration and cycles", () => {
    const size = (over: Parameters<typeof sampleSize>[0]): Given => ({ checks: { sampleSize: sampleSize(over) } });
    expect(forecast([growing(3)], size({ minimum: 1000 }))).toEqual({
      records: 2000,
      remaining: 1600,
      hours: 40,
      beyondPlan: null,
    });
    expect(forecast([growing(3)], size({ minimum: 1000, records: { a: 0, b: 200 } }))).toBeNull();
    expect(forecast([growing(3)], size({ minimumHours: 60 }))).toEqual({
      records: 2400,
      remaining: 2000,
      hours: 50,
      beyondPlan: null,
    });
    expect(
      forecast([growing(3)], {
        checks: { coverage: { cycleHours: 20, covered: 10, slots: 20, wholeCycles: 0, minimumCycles: 4 } },
      }),
    ).toEqual({ records: 3200, remaining: 2800, hours: 70, beyondPlan: null });
    expect(
      forecast([growing(3)], {
        checks: {
          sampleSize: sampleSize({ minimumHours: 90 }),
          coverage: { cycleHours: 20, covered: 10, slots: 20, wholeCycles: 0, minimumCycles: 4 },
        },
      }),
    ).toEqual({ records: 3600, remaining: 3200, hours: 80, beyondPlan: null });
  });

  it("counts time by the rate where records have none, this pair's share of all arms", () => {
    const size = (over: Parameters<typeof sampleSize>[0]): Given => ({ checks: { sampleSize: sampleSize(over) } });
    expect(forecast([growing(3)], size({ hours: null, recordsPerHour: 100 }))).toEqual({
      records: 1200,
      remaining: 800,
      hours: 8,
      beyondPlan: null,
    });
    expect(forecast([growing(3)], size({ hours: 0, recordsPerHour: 100 }))).toEqual({
      records: 1200,
      remaining: 800,
      hours: 8,
      beyondPlan: null,
    });
    expect(
      forecast([growing(3)], size({ hours: null, recordsPerHour: 100, records: { a: 200, b: 200, c: 400 } })),
    ).toEqual({ records: 1200, remaining: 800, hours: 16, beyondPlan: null });
    expect(forecast([growing(3)], size({ hours: null, recordsPerHour: null }))).toEqual({
      records: 1200,
      remaining: 800,
      hours: null,
      beyondPlan: null,
    });
    expect(
      forecast([growing(3)], { ...size({ hours: null, recordsPerHour: null }), under: { requestsPerHour: 200 } }),
    ).toEqual({ records: 1200, remaining: 800, hours: 4, beyondPlan: null });
  });

  it("tells when the first suspected harm would be shown", () => {
    const harm = (metrics: readonly MetricAnalysis[]): unknown => ofMetrics(metrics).comparisons[0]?.harmForecast;
    expect(harm([metric()])).toBeNull();
    expect(
      harm([
        metric({
          rules: [
            rule({ claim: claim({ neededGrowth: 7 }) }),
            rule({ claim: claim({ neededGrowth: 2 }) }),
            rule({ claim: notComputable("no-data") }),
          ],
        }),
      ]),
    ).toEqual({ records: 800, remaining: 400, hours: 10, beyondPlan: null });
    expect(harm([metric({ rules: [rule({ claim: claim({ neededGrowth: 7 }) }), established] })])).toBeNull();
    expect(policy.requestsPerHour).toBeNull();
  });
});
