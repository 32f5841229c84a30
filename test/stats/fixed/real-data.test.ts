import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { clusteredMeanTest } from "../../../src/stats/means/clustered-means.ts";
import { mannWhitneyTest } from "../../../src/stats/means/mann-whitney.ts";
import type { momentsOf } from "../../../src/stats/means/sample-moments.ts";
import type { UnitTotals } from "../../../src/stats/means/unit-totals.ts";
import { welchTest } from "../../../src/stats/means/welch.ts";
import { mcnemarTest } from "../../../src/stats/proportions/mcnemar.ts";
import { clusteredQuantileComparison } from "../../../src/stats/quantiles/clustered-quantile.ts";
import { computed } from "./vectors.ts";

const shared = fileURLToPath(new URL("../../../../shared/data", import.meta.url));

describe.skipIf(absent("llm/llmdrift_requests.csv"))("LLMDrift", () => {
  it("paired McNemar of GPT-4 on prime_full: 476 lost, 147 gained of 1000", () => {
    const outcomes = new Map<string, { march?: string; june?: string }>();
    for (const line of readFileSync(`${shared}/llm/llmdrift_requests.csv`, "utf8").trim().split("\n").slice(1)) {
      // Only the timestamp is quoted, and it holds one comma.
      const [task, , model, query, ...rest] = line.split(",");
      const outcome = rest.at(-1) as string;
      if (task !== "prime_full" || !/^gpt-4-/.test(model as string)) continue;
      const pair = outcomes.get(query as string) ?? {};
      outcomes.set(query as string, model === "gpt-4-0314" ? { ...pair, march: outcome } : { ...pair, june: outcome });
    }
    const count = (march: string, june: string): number =>
      [...outcomes.values()].filter((pair) => pair.march === march && pair.june === june).length;
    const pairs = {
      bothSucceeded: count("1", "1"),
      onlyControl: count("1", "0"),
      onlyTreatment: count("0", "1"),
      bothFailed: count("0", "0"),
    };
    expect(pairs).toMatchObject({ onlyControl: 476, onlyTreatment: 147 });
    expect(pairs.bothSucceeded + pairs.onlyControl).toBe(840);
    expect(pairs.bothSucceeded + pairs.onlyTreatment).toBe(511);
    const exact = computed(mcnemarTest(pairs));
    expect(exact.estimate).toBeCloseTo(-0.329, 12);
    expect(exact.interval[0]).toBeLessThan(-0.329);
    expect(exact.interval[1]).toBeLessThan(-0.28);
    // 2 P(Bin(623, 1/2) <= 147), by exact integer arithmetic.
    expect(exact.pValue / exactTail(623n, 147n)).toBeCloseTo(1, 12);
    expect(computed(mcnemarTest(pairs, { method: "asymptotic" })).statistic).toBeCloseTo(
      (147 - 476) / Math.sqrt(623),
      12,
    );
  });
});

describe.skipIf(absent("http/k6_monolith_baseline.csv.gz"))("k6 load tests", () => {
  const arms = absent("http/k6_monolith_baseline.csv.gz") ? [] : ["monolith", "microservices"].map(runsOf);
  const [monolith, microservices] = arms as [number[][], number[][]];

  it("Welch on run means: t = 6.02, p = 1.2e-5", () => {
    const own = computed(
      clusteredMeanTest({ units: monolith.map(totals) }, { units: microservices.map(totals) }, { weighting: "units" }),
    );
    expect(own.statistic).toBeCloseTo(-6.0175, 3);
    expect(own.pValue).toBeCloseTo(1.206e-5, 8);
    expect(own.method).toBe("unit-mean-welch");
  });

  // All 126 ways to set five runs of an arm against its other five: there is no difference to find.
  it.each([
    ["microservices", 1, 121],
    ["monolith", 0, 100],
  ] as const)("A/A of %s: requests as units reject almost always, runs as units do not", (_, index, requestLevel) => {
    const runs = arms[index] as number[][];
    const moments = runs.map((run) => ({
      values: run,
      totals: totals(run),
      squares: run.reduce((total, x) => total + x * x, 0),
    }));
    let [splits, requests, means, unitMeans, quantiles] = [0, 0, 0, 0, 0];
    for (const [first, second] of halves(runs.length)) {
      splits += 1;
      const [a, b] = [first.map((i) => moments[i]), second.map((i) => moments[i])] as [typeof moments, typeof moments];
      if (computed(welchTest(pooled(a), pooled(b))).pValue < 0.05) requests += 1;
      const [control, treatment] = [{ units: a.map((run) => run.totals) }, { units: b.map((run) => run.totals) }];
      if (computed(clusteredMeanTest(control, treatment)).pValue < 0.05) means += 1;
      if (computed(clusteredMeanTest(control, treatment, { weighting: "units" })).pValue < 0.05) unitMeans += 1;
      // Sorting all requests of each split takes seconds: every third will do.
      if (splits % 3 !== 0) continue;
      const [lower, upper] = computed(
        clusteredQuantileComparison(valuesOf(runs, first), valuesOf(runs, second), { probability: 0.99 }),
      ).interval;
      if (lower > 0 || upper < 0) quantiles += 1;
    }
    expect({ splits, requests }).toEqual({ splits: 126, requests: requestLevel });
    expect(means).toBeLessThanOrEqual(12);
    expect(unitMeans).toBeLessThanOrEqual(12);
    expect(quantiles).toBeLessThanOrEqual(4);
  });

  it("a request-level rank test between two runs of one arm rejects in most of 45 pairs", () => {
    let rejected = 0;
    for (let i = 0; i < 10; i += 1) {
      for (let j = i + 1; j < 10; j += 1) {
        if (asymptoticOnly(microservices[i] as number[], microservices[j] as number[]) < 0.05) rejected += 1;
      }
    }
    expect(rejected).toBe(40);
  });
});

function absent(file: string): boolean {
  const missing = !existsSync(`${shared}/${file}`);
  if (missing) console.warn(`skipped: ../shared/data/${file} is not there`);
  return missing;
}

/** Latencies in ms of each run, in order of first appearance. */
function runsOf(arm: string): number[][] {
  const runs = new Map<string, number[]>();
  for (const line of gunzipSync(readFileSync(`${shared}/http/k6_${arm}_baseline.csv.gz`))
    .toString()
    .trim()
    .split("\n")
    .slice(1)) {
    const cells = line.split(",");
    const run = cells[0] as string;
    const values = runs.get(run) ?? [];
    runs.set(run, values);
    values.push(Number(cells.at(-1)));
  }
  return [...runs.values()];
}

function totals(run: readonly number[]): UnitTotals {
  return { total: run.reduce((total, x) => total + x, 0), weight: run.length };
}

function pooled(
  runs: readonly { readonly values: readonly number[]; readonly totals: UnitTotals; readonly squares: number }[],
): ReturnType<typeof momentsOf> {
  const count = runs.reduce((n, run) => n + run.values.length, 0);
  const mean = runs.reduce((total, run) => total + run.totals.total, 0) / count;
  const squares = runs.reduce((total, run) => total + run.squares, 0);
  return { count, mean, variance: (squares - count * mean * mean) / (count - 1) };
}

function valuesOf(
  runs: readonly (readonly number[])[],
  chosen: readonly number[],
): { values: number[]; units: number[] } {
  return {
    values: chosen.flatMap((i) => runs[i] as number[]),
    units: chosen.flatMap((i) => (runs[i] as number[]).map(() => i)),
  };
}

/** The ways to split into two halves, the first item always in the first half. */
function halves(size: number): [number[], number[]][] {
  const all = Array.from({ length: 1 << size }, (_, mask) =>
    Array.from({ length: size }, (__, i) => ((mask >> i) & 1) === 1),
  );
  return all
    .filter((side) => side[0] === true && side.filter(Boolean).length === size / 2)
    .map((side) => [
      side.flatMap((chosen, i) => (chosen ? [i] : [])),
      side.flatMap((chosen, i) => (chosen ? [] : [i])),
    ]);
}

function exactTail(n: bigint, k: bigint): number {
  let [term, total] = [1n, 1n];
  for (let i = 1n; i <= k; i += 1n) {
    term = (term * (n - i + 1n)) / i;
    total += term;
  }
  // 2 total / 2^n with 60 digits in hand.
  return Number((2n * total * 10n ** 120n) / 2n ** n) / 1e120;
}

function asymptoticOnly(control: readonly number[], treatment: readonly number[]): number {
  return computed(mannWhitneyTest(control, treatment, { method: "asymptotic" })).pValue;
}
