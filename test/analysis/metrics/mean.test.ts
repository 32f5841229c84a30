import { describe, expect, it } from "vitest";
import { armData } from "../../../src/analysis/data/arm-data.ts";
import { dependentEngine } from "../../../src/analysis/metrics/dependent-engine.ts";
import { engineFor } from "../../../src/analysis/metrics/engine-for.ts";
import type { MetricEngine } from "../../../src/analysis/metrics/engine.ts";
import { meanEngine } from "../../../src/analysis/metrics/mean.ts";
import {
  createRandom,
  definePolicy,
  isNotComputable,
  type Metric,
  type NotComputable,
  planFor,
  type PolicyInput,
  sampleNormal,
  summarize,
} from "../../../src/index.ts";
import { closeTo } from "../../helpers/close-to.ts";

const prices = { a: { inputPerMillion: 3, outputPerMillion: 15 }, b: { inputPerMillion: 2, outputPerMillion: 20 } };
const metrics = [
  { name: "score", kind: "mean", field: "score", better: "higher", role: "primary", goal: "superior" },
  {
    name: "per output",
    kind: "ratio",
    numerator: "inputTokens",
    denominator: "outputTokens",
    better: "lower",
    role: "secondary",
  },
  {
    name: "cost",
    kind: "cost",
    inputTokens: "inputTokens",
    outputTokens: "outputTokens",
    prices,
    better: "lower",
    role: "secondary",
  },
  { name: "latency", kind: "quantile", field: "latencyMs", probability: 0.5, better: "lower", role: "secondary" },
] as const;
const begin = "2026-01-05T00:00:00.000Z";
const change = "2026-01-05T02:00:00.000Z";
const policyOf = (unit: string | null, changed: boolean) =>
  definePolicy({
    control: "a",
    treatments: ["b"],
    unit,
    metrics: metrics as unknown as readonly Metric[],
    ...(changed
      ? {
          allocation: [
            { from: begin, weights: { a: 0.5, b: 0.5 } },
            { from: change, weights: { a: 0.3, b: 0.7 } },
          ],
        }
      : {}),
  } satisfies PolicyInput);

type Row = Readonly<
  Record<"score" | "inputTokens" | "outputTokens" | "latencyMs" | "timestamp", number> & Record<"arm" | "unit", string>
>;

/** Requests of users who differ from each other, before and after a change of the allocation. */
function requests(rows: number, seed: number): Row[] {
  const random = createRandom(seed);
  const users = Array.from({ length: 24 }, (_, user) => ({ unit: `u${user}`, level: sampleNormal(random) }));
  return Array.from({ length: rows }, (_, i) => {
    const { unit, level } = users[Math.floor(random() * users.length)] as { unit: string; level: number };
    const arm = random() < 0.5 ? "a" : "b";
    const shift = arm === "b" ? 0.4 : 0;
    return {
      arm,
      unit: `${arm}-${unit}`,
      timestamp: Date.parse(begin) + Math.floor((4 * 3_600_000 * i) / rows),
      score: 3 + shift + level + sampleNormal(random),
      inputTokens: Math.round(400 + 60 * level + 40 * sampleNormal(random)),
      outputTokens: Math.round(200 - 30 * shift + 30 * sampleNormal(random)),
      latencyMs: 300 * Math.exp(0.3 * level + 0.2 * sampleNormal(random)),
    };
  });
}

interface Stratum {
  readonly n: number;
  readonly value: number;
  readonly spread: number;
  readonly variance: number;
}

/** Word by word from the rows: value, variance of one request, and of the value, where units count (Kish 1965). */
function byHand(
  rows: readonly Row[],
  changed: boolean,
  kind: Metric["kind"],
  clustered: boolean,
): { readonly factor: number | null; readonly strata: Stratum[] } {
  const arm = rows[0]?.arm as "a" | "b";
  const epochs = changed
    ? [
        rows.filter(({ timestamp }) => timestamp < Date.parse(change)),
        rows.filter(({ timestamp }) => timestamp >= Date.parse(change)),
      ]
    : [rows];
  const price = prices[arm];
  const sumOf = (list: readonly Row[], of: (row: Row) => number): number =>
    list.reduce((total, row) => total + of(row), 0);
  const parts = epochs.map((list) => {
    const denominator = kind === "ratio" ? sumOf(list, ({ outputTokens }) => outputTokens) / list.length : 1;
    const of = (row: Row): number =>
      kind === "mean"
        ? row.score
        : kind === "quantile"
          ? row.latencyMs
          : kind === "ratio"
            ? row.inputTokens
            : (price.inputPerMillion * row.inputTokens + price.outputPerMillion * row.outputTokens) / 1e6;
    const value = sumOf(list, of) / list.length / denominator;
    const residual = (row: Row): number => of(row) - value * (kind === "ratio" ? row.outputTokens : 1);
    return {
      n: list.length,
      value,
      denominator,
      residual,
      list,
      squares: sumOf(list, (row) => residual(row) ** 2) / (list.length - 1),
    };
  });
  const units = [...new Set(rows.map(({ unit }) => unit))];
  const between =
    (units.length / (units.length - 1)) *
    units.reduce(
      (total, unit) =>
        total +
        parts.reduce(
          (sum, { list, residual }) =>
            sum +
            sumOf(
              list.filter((row) => row.unit === unit),
              residual,
            ),
          0,
        ) **
          2,
      0,
    );
  const factor = clustered ? Math.max(1, between / parts.reduce((sum, { n, squares }) => sum + n * squares, 0)) : null;
  const spreads = parts.map(({ n, squares, denominator }) => ({ degrees: n - 1, spread: squares / denominator ** 2 }));
  const pooled =
    spreads.reduce((sum, { degrees, spread }) => sum + degrees * spread, 0) /
    spreads.reduce((sum, { degrees }) => sum + degrees, 0);
  return {
    factor,
    strata: parts.map(({ n, value }, index) => {
      const { degrees, spread: own } = spreads[index] as (typeof spreads)[number];
      // Epochs lend each other four degrees of freedom; a single one has only its own.
      const spread = changed ? (degrees * own + 4 * pooled) / (degrees + 4) : own;
      return { n, value, spread, variance: (spread * (factor ?? 1)) / n };
    }),
  };
}

function computed(engine: ReturnType<typeof engineFor>): MetricEngine {
  if (isNotComputable(engine)) throw new Error(engine.detail);
  return engine;
}

const known = <Value>(value: Value | NotComputable): Value => {
  if (isNotComputable(value)) throw new Error(value.detail);
  return value;
};
const half = (value: readonly [number, number]): number => (value[1] - value[0]) / 2;

describe("means, ratios and costs", () => {
  const rows = requests(1600, 5);
  const cases = metrics.flatMap((metric) =>
    [true, false].map(
      (changed) => [`${metric.kind}${changed ? ", two epochs" : ""}`, metric as unknown as Metric, changed] as const,
    ),
  );

  it.each(cases)("%s: level, spread, effect and intervals are those of the rows", (_name, metric, changed) => {
    const summary = summarize(rows, planFor(policyOf(null, changed)));
    const [control, treatment] = [armData(summary, metric, "a"), armData(summary, metric, "b")];
    const engine = computed(
      metric.kind === "quantile" ? meanEngine(control, treatment) : engineFor(metric, control, treatment),
    );
    const hands = {
      control: byHand(
        rows.filter(({ arm }) => arm === "a"),
        changed,
        metric.kind,
        false,
      ),
      treatment: byHand(
        rows.filter(({ arm }) => arm === "b"),
        changed,
        metric.kind,
        false,
      ),
    };
    // The variance of a distribution is known up to its buckets.
    const close = metric.kind === "quantile" ? 5e-3 : 1e-9;
    for (const side of ["control", "treatment"] as const) {
      const { strata } = hands[side];
      const arm = engine.arms[side];
      const n = strata.reduce((sum, stratum) => sum + stratum.n, 0);
      const value = strata.reduce((sum, stratum) => sum + stratum.n * stratum.value, 0) / n;
      const variance = strata.reduce((sum, stratum) => sum + stratum.n ** 2 * stratum.variance, 0) / n ** 2;
      const spread = strata.reduce((sum, stratum) => sum + stratum.n * stratum.spread, 0) / n;
      expect(arm.n).toBe(n);
      closeTo(arm.value as number, value, 1e-11);
      closeTo(arm.information, spread / variance, close);
      const [lower, upper] = arm.interval(2);
      closeTo(half([lower, upper]), Math.sqrt(4 * variance), close);
      closeTo((lower + upper) / 2, value, 1e-9);
      const { deviance, above } = known(arm.deviance(value - Math.sqrt(variance)));
      closeTo(deviance, 1, 2 * close, 1e-6);
      expect(above).toBe(true);
      expect(known(arm.deviance(value + Math.sqrt(variance))).above).toBe(false);
    }
    const pairs = hands.control.strata.map((first, index) => ({
      first,
      second: hands.treatment.strata[index] as Stratum,
    }));
    const weights = pairs.map(({ first, second }) => 1 / (first.variance + second.variance));
    const whole = weights.reduce((sum, weight) => sum + weight, 0);
    const difference =
      pairs.reduce(
        (sum, { first, second }, index) => sum + (weights[index] as number) * (second.value - first.value),
        0,
      ) / whole;
    closeTo(engine.estimate("difference") as number, difference, close / 10);
    closeTo(half(engine.interval("difference", 2) as [number, number]), Math.sqrt(4 / whole), close);
    closeTo(engine.deviance("difference", difference + Math.sqrt(1 / whole)).deviance, 1, 2 * close, 1e-6);
    expect(engine.deviance("difference", difference + 1).above).toBe(false);
    expect(engine.deviance("difference", difference - 1).above).toBe(true);
    closeTo(
      engine.information,
      pairs.reduce(
        (sum, { first, second }) =>
          sum +
          (first.n * first.spread + second.n * second.spread) /
            (first.n + second.n) /
            (first.variance + second.variance),
        0,
      ),
      close,
    );
    const misfit = (ratio: number): number =>
      pairs.reduce(
        (sum, { first, second }) =>
          sum + (second.value - ratio * first.value) ** 2 / (second.variance + ratio ** 2 * first.variance),
        0,
      );
    const ratio = engine.estimate("ratio") as number;
    if (!changed)
      closeTo(
        ratio,
        (pairs[0] as { second: Stratum }).second.value / (pairs[0] as { first: Stratum }).first.value,
        1e-10,
      );
    for (const step of [-1e-3, 1e-3]) expect(misfit(ratio + step)).toBeGreaterThan(misfit(ratio));
    closeTo(engine.deviance("ratio", 1.2).deviance, misfit(1.2) - misfit(ratio), 2 * close, 1e-6);
    expect(engine.deviance("ratio", ratio * 1.01).above).toBe(false);
    expect(engine.deviance("ratio", ratio / 1.01).above).toBe(true);
    for (const end of engine.interval("ratio", 2)) closeTo((misfit(end) - misfit(ratio)) / 2, 2, 2 * close, 1e-6);
    expect([engine.prior, engine.method, engine.fixedTest]).toEqual([0.035, "gaussian-mixture", "welch-z"]);
  });

  it.each(metrics.map((metric) => [metric.kind, metric as unknown as Metric] as const))(
    "%s: users inflate the variance of the effect as between-user variances by hand say",
    (_kind, metric) => {
      const policy = policyOf("user", false);
      const summary = summarize(rows, planFor(policy));
      const own = metric.kind === "quantile" ? ({ ...metric, kind: "mean" } as unknown as Metric) : metric;
      const data = (arm: string): ReturnType<typeof armData> => armData(summary, metric, arm);
      const { dependence } = dependentEngine(own, { ...policy, dependence: "none" }, data("a"), data("b"));
      const variance = (arm: string, clustered: boolean): number => {
        const { strata, factor } = byHand(
          rows.filter((row) => row.arm === arm),
          false,
          metric.kind,
          clustered,
        );
        if (clustered) expect(factor).toBeGreaterThan(1);
        return (strata[0] as Stratum).variance;
      };
      const expected = (variance("a", true) + variance("b", true)) / (variance("a", false) + variance("b", false));
      const [part, ...others] = dependence.shown;
      expect(others).toEqual([]);
      closeTo(part?.factor as number, expected, 0.01);
      expect(part?.degreesOfFreedom).toBeGreaterThan(30);
      expect(part?.degreesOfFreedom).toBeLessThanOrEqual(46);
    },
  );

  const engineOf = (given: readonly Partial<Row>[], name: string): ReturnType<typeof engineFor> => {
    const metric = metrics.find((one) => one.name === name) as unknown as Metric;
    const whole = given.map((row, index) => ({
      unit: `u${index}`,
      timestamp: Date.parse(begin),
      score: 1,
      inputTokens: 10,
      outputTokens: 5 + (index % 3),
      latencyMs: 100,
      ...row,
    }));
    const summary = summarize(whole as Row[], planFor(policyOf(null, false)));
    const [control, treatment] = [armData(summary, metric, "a"), armData(summary, metric, "b")];
    return name === "latency" ? meanEngine(control, treatment) : engineFor(metric, control, treatment);
  };

  it.each(["score", "latency", "per output"])("%s of one request of an arm has no effect, of two it has", (name) => {
    const values = [1, 2, 3].map((value) => ({ score: value, latencyMs: 100 * value, inputTokens: 10 * value }));
    const arms = (count: number): Partial<Row>[] => [
      ...values.map((row) => ({ ...row, arm: "a" })),
      ...values.slice(0, count).map((row) => ({ ...row, arm: "b" })),
    ];
    const one = computed(engineOf(arms(1), name));
    expect(one.estimate("difference")).toEqual({
      computable: false,
      reason: "no-data",
      detail: "no epoch has at least two values of both arms",
    });
    expect([
      one.arms.treatment.n,
      one.arms.treatment.value,
      one.arms.treatment.information,
      ...one.arms.treatment.interval(1),
    ]).toEqual([0, null, 0, -Infinity, Infinity]);
    const two = computed(engineOf(arms(2), name));
    expect(two.estimate("difference")).toBeLessThan(0);
    expect(two.arms.treatment.n).toBe(2);
  });

  it("are not computable where all values are equal or the control's mean is 0", () => {
    const both = (of: (index: number) => Partial<Row>): Partial<Row>[] =>
      Array.from({ length: 40 }, (_, index) => ({ arm: index % 2 === 0 ? "a" : "b", ...of(index) }));
    expect(
      computed(
        engineOf(
          both(() => ({})),
          "score",
        ),
      ).estimate("difference"),
    ).toMatchObject({ reason: "zero-variance" });
    // One arm that varies is enough.
    expect(
      computed(
        engineOf(
          both((index) => ({ score: index % 4 === 1 ? 2 : 1 })),
          "score",
        ),
      ).estimate("difference"),
    ).toBeCloseTo(0.5, 12);
    const centred = computed(
      engineOf(
        both((index) => ({ score: index % 2 === 0 ? (index % 4 === 0 ? 1 : -1) : index })),
        "score",
      ),
    );
    // It has no number, but the claims about it are decided.
    expect(centred.estimate("ratio")).toBe(Infinity);
    expect(centred.deviance("ratio", 1.5)).toMatchObject({ above: true });
    expect(centred.estimate("difference")).toBe(20);
  });

  it("of denominators that add up to 0 have no ratio", () => {
    const given = Array.from({ length: 8 }, (_, index) => ({
      arm: index % 2 === 0 ? "a" : "b",
      inputTokens: 10 + index,
      outputTokens: index % 2 === 0 ? 0 : 4 + index,
    }));
    expect(computed(engineOf(given, "per output")).estimate("difference")).toMatchObject({ reason: "no-data" });
  });
});
