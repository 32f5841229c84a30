import { describe, expect, it } from "vitest";
import { analyze } from "../../src/analysis/analyze.ts";
import { armData } from "../../src/analysis/data/arm-data.ts";
import { periodCount, trajectory } from "../../src/analysis/trajectory.ts";
import { definePolicy, isNotComputable, type Metric, planFor, type RequestRecord, summarize } from "../../src/index.ts";

const hour = 3_600_000;
const begin = Date.UTC(2026, 0, 5);
const metrics = [
  { name: "success", kind: "proportion", field: "success", better: "higher", role: "primary", goal: "superior" },
] as const satisfies readonly Metric[];
const policy = definePolicy({
  control: "a",
  treatments: ["b"],
  metrics,
  unit: "user",
  allocation: [
    { from: null, weights: { a: 1, b: 1 } },
    { from: new Date(begin + 2.5 * hour).toISOString(), weights: { a: 1, b: 2 } },
  ],
});

/** Five hours; b begins in the second, and a change of the split cuts the third in two. */
const records = Array.from({ length: 500 }, (_, i): RequestRecord => ({
  arm: i % 2 === 1 && i >= 100 ? "b" : "a",
  unit: `u${i % 20}`,
  success: i % 5 !== 0,
  timestamp: begin + (i * 5 * hour) / 500,
}));
const summary = summarize(records, planFor(policy));

describe("a trajectory", () => {
  const points = trajectory(summary, policy);

  it("has a point at the end of each period and at each change of the split, the last at the last record", () => {
    expect(periodCount(summary)).toBe(6);
    expect(points.map(({ until }) => ((until as number) - begin) / hour)).toEqual([1, 2, 2.5, 3, 4, 4.99]);
    expect(points.map(({ records: seen }) => seen)).toEqual([
      { a: 100, b: 0 },
      { a: 150, b: 50 },
      { a: 175, b: 75 },
      { a: 200, b: 100 },
      { a: 250, b: 150 },
      { a: 300, b: 200 },
    ]);
  });

  it("is at each point the analysis of the records up to then, or says which arm has none", () => {
    expect(points[0]?.analysis).toEqual({ computable: false, reason: "no-data", detail: "no records of b yet" });
    for (const [index, end] of [
      [1, 2],
      [2, 2.5],
    ] as const) {
      const early = summarize(
        records.filter(({ timestamp }) => (timestamp as number) < begin + end * hour),
        planFor(policy),
      );
      const [own, seen] = [points[index]?.analysis, analyze(early, policy)];
      if (own === undefined || isNotComputable(own)) throw new Error("the point must have an analysis");
      expect(own.comparisons[0]?.metrics[0]?.control.n).toBe(seen.comparisons[0]?.metrics[0]?.control.n);
      expect(own.checks.sampleSize.records).toEqual(seen.checks.sampleSize.records);
      expect(own.comparisons[0]?.metrics[0]?.control.value).toBe(seen.comparisons[0]?.metrics[0]?.control.value);
    }
    expect(points.at(-1)?.analysis).toEqual(analyze(summary, policy));
  });

  it("without units has at each point what analyzing only the records up to then gives, and lasts until then", () => {
    // Slices of all data may be wider than those of its beginning, so dependence is left out of this law.
    const free = definePolicy({ ...policy, unit: null, dependence: "none" });
    const all = trajectory(summarize(records, planFor(free)), free);
    const hours: number[] = [];
    for (const { until, analysis } of all.slice(1)) {
      const last = until === all.at(-1)?.until;
      const early = analyze(
        summarize(
          records.filter(({ timestamp }) => last || (timestamp as number) < (until as number)),
          planFor(free),
        ),
        free,
      );
      if (isNotComputable(analysis)) throw new Error("the point must have an analysis");
      // A summary knows the end of a period, not the instant of its last record.
      for (const [index, { sample, ...comparison }] of analysis.comparisons.entries()) {
        const { sample: own, ...expected } = early.comparisons[index] as (typeof early.comparisons)[number];
        expect(comparison).toEqual(expected);
        expect(sample).toEqual({ ...own, hours: expect.closeTo(own.hours as number, 1) as number });
      }
      expect(analysis.checks.coverage).toEqual(early.checks.coverage);
      hours.push(analysis.checks.sampleSize.hours as number);
    }
    // b has records from the second hour on only: the time before it is not a time of both arms.
    const expected = [1, 1.5, 2, 3].map((end) => end - 1 / hour).concat(3.99);
    for (const [index, own] of expected.entries()) expect(hours[index]).toBeCloseTo(own, 9);
  });

  it("is thinned evenly, the last point always there", () => {
    expect(trajectory(summary, policy, { maximumPoints: 3 }).map(({ until }) => until)).toEqual(
      [1, 3, 5].map((index) => points[index]?.until),
    );
    expect(trajectory(summary, policy, { maximumPoints: 2 })).toHaveLength(2);
    for (const maximumPoints of [1, 0, 2.5, Number.NaN])
      expect(() => trajectory(summary, policy, { maximumPoints })).toThrow(
        `Cannot follow the trajectory: maximumPoints must be an integer from 2, current value is ${maximumPoints}`,
      );
  });

  it("without timestamps is one point", () => {
    const free = definePolicy({ control: "a", treatments: ["b"], metrics });
    const [point, ...others] = trajectory(
      summarize(
        records.map(({ arm, success }) => ({ arm, success })),
        planFor(free),
      ),
      free,
    );
    expect(others).toEqual([]);
    expect(point).toMatchObject({ until: null, records: { a: 300, b: 200 } });
  });
});

describe("what a summary holds of an arm", () => {
  it("is merged over the periods of each epoch, null where it had none", () => {
    const { epochs, records: count, clusters } = armData(summary, metrics[0], "a");
    expect(count).toBe(300);
    expect(epochs.map((statistic) => (statistic?.kind === "count" ? statistic.trials : null))).toEqual([175, 125]);
    expect(clusters.map(({ arm, epoch }) => [arm, epoch])).toEqual([
      ["a", 0],
      ["a", 1],
    ]);
    expect(armData(summary, metrics[0], "nobody")).toMatchObject({ epochs: [null, null], records: 0, clusters: [] });
    expect(armData(summary, metrics[0], "a", { field: "region", value: "eu" })).toMatchObject({
      epochs: [null, null],
      clusters: [],
    });
    // Merging leaves the summary as it was.
    expect(armData(summary, metrics[0], "a").epochs).toEqual(epochs);
  });

  it("must have been kept", () => {
    expect(() =>
      armData(
        summary,
        { name: "p99", kind: "quantile", field: "latencyMs", probability: 0.99, better: "lower", role: "secondary" },
        "a",
      ),
    ).toThrow(
      new RegExp(
        `^Cannot analyze the summary: metric "p99" must be one that the summary's plan keeps, ` +
          "current value is .*Summarize the records again with this policy$",
        "u",
      ),
    );
  });
});
