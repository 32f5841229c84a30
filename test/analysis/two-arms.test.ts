import process from "node:process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  analyze,
  decide,
  definePolicy,
  isNotComputable,
  type Metric,
  planFor,
  type PolicyInput,
  summarize,
} from "../../src/index.ts";
import { begin, hour, recordsOf } from "../helpers/drawn-arms.ts";

/** Few for every run of the tests; ASSAY_LAW_RUNS=1000 for a long one. */
const numRuns = Number(process.env["ASSAY_LAW_RUNS"] ?? 6);
const prices = { a: { inputPerMillion: 3, outputPerMillion: 15 }, b: { inputPerMillion: 3, outputPerMillion: 15 } };

/** Every kind of metric, each to be better and to go at any worsening. */
const metrics: readonly Metric[] = [
  {
    name: "success",
    kind: "proportion",
    field: "success",
    better: "higher",
    role: "primary",
    goal: "superior",
    rollbackWhen: { worseBy: { absolute: 0 } },
  },
  {
    name: "success ratio",
    kind: "proportion",
    field: "success",
    better: "higher",
    role: "primary",
    goal: "superior",
    rollbackWhen: { worseBy: { relative: 0 } },
  },
  {
    name: "slow",
    kind: "exceedance",
    field: "latencyMs",
    threshold: 3,
    better: "lower",
    role: "primary",
    goal: "superior",
    rollbackWhen: { worseBy: { absolute: 0 } },
  },
  ...([0.5, 0.9, 0.99] as const).flatMap((probability): Metric[] => [
    {
      name: `p${100 * probability}`,
      kind: "quantile",
      field: "latencyMs",
      probability,
      better: "lower",
      role: "primary",
      goal: "superior",
      rollbackWhen: { worseBy: { relative: 0 } },
    },
    {
      name: `p${100 * probability} difference`,
      kind: "quantile",
      field: "latencyMs",
      probability,
      better: "lower",
      role: "primary",
      goal: "superior",
      rollbackWhen: { worseBy: { absolute: 0 } },
    },
  ]),
  {
    name: "mean",
    kind: "mean",
    field: "score",
    better: "higher",
    role: "primary",
    goal: "superior",
    rollbackWhen: { worseBy: { absolute: 0 } },
  },
  {
    name: "mean ratio",
    kind: "mean",
    field: "latencyMs",
    better: "lower",
    role: "primary",
    goal: "superior",
    rollbackWhen: { worseBy: { relative: 0 } },
  },
  {
    name: "ratio",
    kind: "ratio",
    numerator: "inputTokens",
    denominator: "outputTokens",
    better: "lower",
    role: "primary",
    goal: "superior",
    rollbackWhen: { worseBy: { relative: 0 } },
  },
  {
    name: "cost",
    kind: "cost",
    inputTokens: "inputTokens",
    outputTokens: "outputTokens",
    prices,
    better: "lower",
    role: "primary",
    goal: "superior",
    rollbackWhen: { worseBy: { relative: 0 } },
  },
];

const policies: Readonly<Record<string, Partial<PolicyInput>>> = {
  "at any look": {},
  "at one look": { monitoring: { kind: "fixed" } },
  "at planned looks": {
    monitoring: { kind: "group-sequential", looks: 2, spending: { kind: "pocock" } },
    maximumSampleSize: 4,
  },
  "at any look, per epoch": {
    allocation: [
      { from: null, weights: { a: 1, b: 1 } },
      { from: new Date(begin + 2 * hour).toISOString(), weights: { a: 2, b: 2 } },
    ],
  },
  "at any look, of users": { unit: "user" },
  "at any look, failures slower than all": { latencyOfFailures: "slowest" },
  "at any look, exactly": { guarantee: "exact" },
  "at any look, exactly, per epoch": {
    guarantee: "exact",
    allocation: [
      { from: null, weights: { a: 1, b: 1 } },
      { from: new Date(begin + 2 * hour).toISOString(), weights: { a: 2, b: 2 } },
    ],
  },
  "at one look, of users, segments": { monitoring: { kind: "fixed" }, unit: "user", segments: ["outputTokens"] },
};

/** The metrics for which a policy's guarantee can be given. */
const metricsOf = ({ guarantee }: Partial<PolicyInput>): (readonly [string, Metric])[] =>
  metrics
    .filter(({ kind }) => guarantee !== "exact" || ["proportion", "exceedance", "quantile"].includes(kind))
    .map((metric) => [metric.name, metric] as const);

const value = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 2, 4) },
  fc.constantFrom(5e-324, 1e-9, 1e300),
  fc.double({ min: 0, max: 1000, noNaN: true }),
);
const row = fc.record({
  success: fc.oneof(fc.boolean(), fc.constant(true)),
  latencyMs: value,
  score: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: -100, max: 100, noNaN: true })),
  inputTokens: fc.nat(3),
  outputTokens: fc.nat(3),
  at: fc.integer({ min: 0, max: 4 * hour - 1 }),
  user: fc.nat(4),
  times: fc.constantFrom(1, 1, 40),
});

describe.each(Object.entries(policies))("two arms with the same records, %s", (_name, changes) => {
  it.each(metricsOf(changes))(
    "%s: nothing is established, the interval holds no effect, every figure is one",
    (_metric, metric) => {
      const policy = definePolicy({
        control: "a",
        treatments: ["b"],
        minimumSampleSize: 0,
        cycleHours: null,
        metrics: [metric],
        ...changes,
      });
      fc.assert(
        fc.property(fc.array(row, { minLength: 1, maxLength: 12 }), (rows) => {
          const analysis = analyze(summarize(recordsOf({ a: rows, b: rows }), planFor(policy)), policy);
          for (const { effect, goal, rules, anytime, fixedHorizon } of analysis.comparisons[0]?.metrics ?? []) {
            for (const claim of [goal?.claim, ...rules.map((rule) => rule.claim)])
              if (claim !== undefined && !isNotComputable(claim)) expect(claim.established).toBe(false);
            for (const evidence of [anytime, fixedHorizon])
              if (!isNotComputable(evidence)) expect(evidence.pValue).toBeGreaterThan(0.05);
            if (isNotComputable(effect)) continue;
            const [lower, upper] = effect.interval;
            const none = effect.kind === "ratio" ? 1 : 0;
            expect((lower ?? -Infinity) <= none && none <= (upper ?? Infinity), JSON.stringify(effect)).toBe(true);
          }
          expect(nonsenseIn(analysis)).toEqual([]);
          expect(["ship", "rollback"]).not.toContain(decide(analysis, policy).decision);
        }),
        { seed: 5, numRuns },
      );
    },
  );
});

describe.each(Object.entries(policies))("any two arms, %s", (_name, changes) => {
  it.each(metricsOf(changes))("%s: every figure is one, and an estimate lies in its interval", (_metric, metric) => {
    const level =
      metric.better === "higher"
        ? { floor: 0.5, rollbackWhen: { ...metric.rollbackWhen, below: 0.5 } }
        : { ceiling: 0.5, rollbackWhen: { ...metric.rollbackWhen, above: 0.5 } };
    const policy = definePolicy({
      control: "a",
      treatments: ["b"],
      minimumSampleSize: 0,
      cycleHours: null,
      metrics: [{ ...metric, ...level }],
      ...changes,
    });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.array(row, { minLength: 1, maxLength: 8 }),
        (a, b) => {
          const analysis = analyze(summarize(recordsOf({ a, b }), planFor(policy)), policy);
          expect(nonsenseIn(analysis)).toEqual([]);
          // An exact sequence assumes one rate throughout; where the rate moved it may rule out its own average.
          for (const { control, treatment, effect } of changes.guarantee === "exact"
            ? []
            : (analysis.comparisons[0]?.metrics ?? [])) {
            for (const { value, interval } of [control, treatment])
              if (value !== null) expectInside(interval, value, metric);
            if (!isNotComputable(effect)) expectInside(effect.interval, effect.estimate, metric);
          }
          expect(nonsenseIn(decide(analysis, policy))).toEqual([]);
        },
      ),
      { seed: 6, numRuns },
    );
  });
});

describe.each(Object.entries(policies).filter(([name]) => !name.includes("epoch")))(
  "two arms that change places, %s",
  (_name, changes) => {
    it.each(metricsOf(changes))("%s: the evidence stays, the interval turns around", (_metric, metric) => {
      const options = {
        control: "a",
        treatments: ["b"],
        minimumSampleSize: 0,
        cycleHours: null,
        metrics: [metric],
        ...changes,
      } as const;
      const policy = definePolicy(options);
      fc.assert(
        fc.property(
          fc.array(row, { minLength: 1, maxLength: 8 }),
          fc.array(row, { minLength: 1, maxLength: 8 }),
          (a, b) => {
            const seen = (arms: Readonly<Record<string, typeof a>>) =>
              analyze(summarize(recordsOf(arms), planFor(policy)), policy).comparisons[0]?.metrics[0];
            const [one, other] = [seen({ a, b }), seen({ a: b, b: a })];
            if (one === undefined || other === undefined) throw new Error("the metric must be there");
            expect(one.control.n).toBe(other.treatment.n);
            if (isNotComputable(one.effect) || isNotComputable(other.effect)) return;
            if (isNotComputable(one.anytime) || isNotComputable(other.anytime))
              return expect(isNotComputable(one.anytime)).toBe(isNotComputable(other.anytime));
            expect(other.anytime.lnEvidence).toBeCloseTo(one.anytime.lnEvidence, 6);
            // The exact sequences bet on a grid over the control's rate, which is not mirrored: as valid, and not the
            // same.
            if (changes.guarantee === "exact") return;
            const turned = one.effect.kind === "ratio" ? (end: number) => 1 / end : (end: number) => -end;
            for (const side of [0, 1] as const) {
              const [own, counterpart] = [one.effect.interval[side], other.effect.interval[1 - side] ?? null];
              // A ratio's end at 0 turns into one that is not there.
              if (own === null || counterpart === null || turned(counterpart) === Infinity || own === 0) continue;
              expect(Math.abs(own / turned(counterpart) - 1)).toBeLessThanOrEqual(1e-5);
            }
          },
        ),
        { seed: 8, numRuns },
      );
    });
  },
);

/** Up to rounding, and for a quantile up to the width of a bucket of the sketch. */
function expectInside([lower, upper]: readonly [number | null, number | null], value: number, { kind }: Metric): void {
  if (value === Infinity) return expect(upper).toBeNull();
  const slack = (kind === "quantile" ? 0.01 : 1e-9) * Math.abs(value) + 1e-300;
  expect(
    (lower ?? -Infinity) <= value + slack && value - slack <= (upper ?? Infinity),
    `${value} in [${lower}, ${upper}]`,
  ).toBe(true);
}

/** Where a result holds a number that is none. A quantile may lie among failures that are slower than all values. */
function nonsenseIn(value: unknown, path: string = ""): string[] {
  if (typeof value === "number")
    return Number.isFinite(value) || (value === Infinity && /\.(?:control|treatment)\.value$/u.test(path))
      ? []
      : [`${path}: ${value}`];
  return typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, own]) => nonsenseIn(own, `${path}.${key}`))
    : [];
}
