import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SummaryError } from "../../src/errors.ts";
import { definePolicy } from "../../src/policy/define.ts";
import type { PolicyInput } from "../../src/policy/policy.ts";
import { safeRollout } from "../../src/policy/presets.ts";
import type { RecordBatch, TextColumn } from "../../src/records/batch.ts";
import { emptyQuality } from "../../src/records/quality.ts";
import type { RequestRecord } from "../../src/records/record.ts";
import { CoMoments } from "../../src/sketch/comoments.ts";
import { bucketOfUnit, unitBuckets } from "../../src/summary/clusters.ts";
import { decodeSummary } from "../../src/summary/decode.ts";
import { encodeSummary } from "../../src/summary/encode.ts";
import { mergeSummaries } from "../../src/summary/merge.ts";
import { type Plan, planFor } from "../../src/summary/plan.ts";
import { summarize } from "../../src/summary/summarize.ts";
import { createSummarizer } from "../../src/summary/summarizer.ts";
import { sealed } from "../helpers/sealed.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const arms = { control: "v1", treatments: ["v2"] };
const metrics: PolicyInput["metrics"] = [
  ...safeRollout(arms).metrics,
  { name: "slow", kind: "exceedance", field: "latencyMs", threshold: 800, better: "lower", role: "secondary" },
  { name: "score", kind: "mean", field: "score", better: "higher", role: "secondary" },
  { name: "cost", kind: "ratio", numerator: "cost", denominator: "tokens", better: "lower", role: "secondary" },
];
const plan: Plan = planFor(
  definePolicy({
    ...arms,
    metrics,
    unit: "user",
    segments: ["region"],
    allocation: [
      { from: null, weights: { v1: 9, v2: 1 } },
      { from: new Date(start + 1.5 * hour).toISOString(), weights: { v1: 1, v2: 1 } },
    ],
  }),
);

const record = (users: number): fc.Arbitrary<RequestRecord> =>
  fc.record({
    arm: fc.constantFrom("v1", "v2", "v3"),
    timestamp: fc.integer({ min: start, max: start + 3 * hour }),
    unit: fc.integer({ min: 1, max: users }).map((user) => `user-${user}`),
    success: fc.boolean(),
    latencyMs: fc.double({ min: 0, max: 1e5, noNaN: true }).map(Math.abs),
    score: fc.option(fc.double({ min: -1e3, max: 1e3, noNaN: true })),
    cost: fc.double({ min: 0, max: 10, noNaN: true }),
    tokens: fc.integer({ min: 1, max: 5000 }),
    region: fc.constantFrom("eu", "us"),
  });

describe("summaries", () => {
  it("merge to the same bytes as summarizing everything, whatever the split and the order", () => {
    for (const users of [20, 400]) {
      fc.assert(
        fc.property(fc.array(record(users), { minLength: 1, maxLength: 200 }), fc.nat(), (records, at) => {
          const cut = at % (records.length + 1);
          const whole = encodeSummary(summarize(records, plan));
          const halves = [records.slice(0, cut), records.slice(cut)]
            .filter((half) => half.length > 0)
            .map((half) => summarize(half, plan));
          expect(encodeSummary(mergeSummaries(halves))).toBe(whole);
          expect(encodeSummary(mergeSummaries([...halves].reverse()))).toBe(whole);
          expect(encodeSummary(decodeSummary(whole))).toBe(whole);
        }),
        { numRuns: 60 },
      );
    }
  });

  it("hold what a slow, obvious count of the records holds", () => {
    fc.assert(
      fc.property(fc.array(record(30), { minLength: 1, maxLength: 100 }), (records) => {
        const summary = summarize(records, plan);
        for (const cell of summary.cells) {
          const mine = records.filter(
            (one) =>
              one.arm === cell.arm &&
              Math.floor((one.timestamp as number) / hour) * hour === cell.period &&
              (one.timestamp as number) >= start + 1.5 * hour === (cell.epoch === 1) &&
              (cell.segment === null || one["region"] === cell.segment.value),
          );
          expect(cell.records).toBe(mine.length);
          const [success, latency, slow, score, cost] = cell.statistics;
          expect(success).toEqual({
            kind: "count",
            trials: mine.length,
            successes: mine.filter((one) => one.success).length,
          });
          expect(slow).toEqual({
            kind: "count",
            trials: mine.length,
            successes: mine.filter((one) => (one.latencyMs as number) > 800).length,
          });
          const latencies = mine.map((one) => one.latencyMs as number);
          if (latency?.kind !== "sketch" || score?.kind !== "moments" || cost?.kind !== "comoments")
            throw new Error("other kinds than planned");
          expect([latency.sketch.count, latency.sketch.min, latency.sketch.max]).toEqual([
            mine.length,
            Math.min(...latencies),
            Math.max(...latencies),
          ]);
          const scores = mine.map((one) => one["score"]).filter((one): one is number => typeof one === "number");
          expect(score.moments.count).toBe(scores.length);
          if (scores.length > 1) {
            const mean = scores.reduce((sum, one) => sum + one, 0) / scores.length;
            const squares = scores.reduce((sum, one) => sum + (one - mean) ** 2, 0);
            expect(score.moments.mean).toBeCloseTo(mean, 9);
            expect(score.moments.sumOfSquaredDeviations).toBeCloseTo(squares, 5);
          }
          expect(cost.comoments.sumY).toBe(mine.reduce((sum, one) => sum + (one["tokens"] as number), 0));
        }
        const inCells = summary.cells
          .filter(({ segment }) => segment === null)
          .reduce((sum, cell) => sum + cell.records, 0);
        const others = Object.values(summary.quality.otherArms).reduce((sum, count) => sum + count, 0);
        expect(inCells + others).toBe(records.length);
      }),
      { numRuns: 100 },
    );
  });

  it.each([1, 2, 3, 6])(
    "hold the records of each of %i treatments, and none of other arms, without units and periods",
    (treatments) => {
      const names = Array.from({ length: treatments }, (_, index) => `v${index + 2}`);
      const policy = definePolicy({
        control: "v1",
        treatments: names,
        metrics: [
          {
            name: "ratio",
            kind: "ratio",
            numerator: "cost",
            denominator: "tokens",
            better: "lower",
            role: "primary",
            goal: "superior",
          },
        ],
      });
      const timeless = fc.record({
        arm: fc.constantFrom("v1", ...names, "v0"),
        cost: fc.double({ min: 0, max: 10, noNaN: true }),
        tokens: fc.integer({ min: 1, max: 5000 }),
      });
      fc.assert(
        fc.property(fc.array(timeless, { minLength: 1, maxLength: 60 }), (records) => {
          const { cells, quality } = summarize(records as RequestRecord[], planFor(policy));
          expect(quality.otherArms).toEqual(
            records.some(({ arm }) => arm === "v0") ? { v0: records.filter(({ arm }) => arm === "v0").length } : {},
          );
          expect(cells.map(({ arm }) => arm)).toEqual(
            ["v1", ...names].filter((name) => records.some(({ arm }) => arm === name)),
          );
          for (const cell of cells) {
            const alone = new CoMoments();
            for (const { arm, cost, tokens } of records)
              if (arm === cell.arm) alone.addAll(Float64Array.of(cost), Float64Array.of(tokens));
            expect(cell.records).toBe(alone.count);
            expect(JSON.stringify(cell.statistics)).toBe(JSON.stringify([{ kind: "comoments", comoments: alone }]));
          }
        }),
      );
    },
  );

  it("refuse batches in which a row has no arm or unit", () => {
    const text = (...codes: number[]): TextColumn => ({ values: ["v1", "v2"], codes: Int32Array.from(codes) });
    const batch: RecordBatch = {
      length: 2,
      arm: text(0, 1),
      timestamp: null,
      unit: text(0, 1),
      requestId: null,
      numbers: { success: Float64Array.of(1, 1) },
      segments: {},
      quality: emptyQuality,
    };
    const summarizer = createSummarizer(
      planFor(
        definePolicy({
          ...arms,
          unit: "user",
          metrics: [
            { name: "ok", kind: "proportion", field: "success", better: "higher", role: "primary", goal: "superior" },
          ],
        }),
      ),
    );
    summarizer.addBatch(batch);
    expect(() => summarizer.addBatch({ ...batch, arm: text(0, -1) })).toThrow(
      "Cannot summarize the records: arm.codes[1] must be the number of a text in each row, current value is -1",
    );
    expect(() => summarizer.addBatch({ ...batch, unit: text(-1, 0) })).toThrow("unit.codes[0]");
  });

  it("keep few units apart and hash many, with the same totals", () => {
    const records = (users: number): RequestRecord[] =>
      Array.from({ length: 600 }, (_, i) => ({
        arm: i % 2 === 0 ? "v1" : "v2",
        timestamp: start,
        unit: `user-${i % users}`,
        success: i % 3 > 0,
        latencyMs: i,
        score: 1,
        cost: 1,
        tokens: 1,
        region: "eu",
      }));
    const few = summarize(records(40), plan).clusters;
    expect(few.map(({ identified, buckets }) => [identified, buckets.length])).toEqual([
      [true, 20],
      [true, 20],
    ]);
    const many = summarize(records(600), plan).clusters;
    for (const { identified, buckets } of many) {
      expect(identified).toBe(false);
      expect(buckets.length).toBeLessThanOrEqual(unitBuckets);
      expect(buckets.reduce((sum, bucket) => sum + bucket.records, 0)).toBe(300);
    }
  });

  it("hash units by the first byte of their MD5, as databases do", () => {
    // md5sum: "abc" begins with 90, the empty text with d4.
    expect([bucketOfUnit("abc"), bucketOfUnit("")]).toEqual([0x90 % 64, 0xd4 % 64]);
  });

  it("cut a period where the allocation changes", () => {
    const at = (minutes: number): RequestRecord => ({
      arm: "v1",
      timestamp: start + minutes * 60_000,
      unit: "u",
      success: true,
      latencyMs: 1,
      score: 1,
      cost: 1,
      tokens: 1,
      region: "eu",
    });
    const cells = summarize([at(89), at(90)], plan).cells.filter(({ segment }) => segment === null);
    expect(cells.map(({ epoch, period, records }) => [epoch, (period as number) - start, records])).toEqual([
      [0, hour, 1],
      [1, hour, 1],
    ]);
  });

  it("leave the window's end out and its start in, and count what is outside", () => {
    const windowed = planFor(
      definePolicy({ ...safeRollout(arms), start: "2026-01-05T00:00:00Z", end: "2026-01-05T01:00:00Z" }),
    );
    const records = [-1, 0, hour - 1, hour].map((offset): RequestRecord => ({
      arm: "v1",
      timestamp: start + offset,
      success: true,
      latencyMs: 1,
    }));
    const summary = summarize(records, windowed);
    expect(summary.quality.outsideWindow).toBe(2);
    expect(summary.cells.map(({ records: count }) => count)).toEqual([2]);
  });

  it("treat the latency of failures as the policy says, and count failures with latency 0", () => {
    const records: RequestRecord[] = [
      { arm: "v1", success: false, latencyMs: 0 },
      { arm: "v1", success: true, latencyMs: 10 },
    ];
    const sketchOf = (latencyOfFailures: "as-recorded" | "exclude" | "slowest") => {
      const summary = summarize(records, planFor(definePolicy({ ...safeRollout(arms), latencyOfFailures })));
      expect(summary.quality.failures["v1"]).toEqual({ count: 1, zeroLatency: 1 });
      const statistic = summary.cells[0]?.statistics[1];
      return statistic?.kind === "sketch" ? [statistic.sketch.count, statistic.sketch.min, statistic.sketch.max] : [];
    };
    expect(sketchOf("as-recorded")).toEqual([2, 0, 10]);
    expect(sketchOf("exclude")).toEqual([1, 10, 10]);
    expect(sketchOf("slowest")).toEqual([2, 10, Infinity]);
  });

  it("say what is missing when a field, a unit or a timestamp is not there", () => {
    expect(() => summarize([{ arm: "v1", success: true, latencyMs: 1 }], plan)).toThrow(
      /must be mapped to one of the columns/u,
    );
  });
});

describe("refusals", () => {
  const policy = definePolicy(safeRollout(arms));
  const summary = summarize([{ arm: "v1", success: true, latencyMs: 5 }], planFor(policy));

  it("of merging different plans name what differs", () => {
    const other = summarize(
      [{ arm: "v1", success: true, latencyMs: 5 }],
      planFor(definePolicy({ ...safeRollout(arms), periodHours: 2 })),
    );
    expect(() => mergeSummaries([summary, other])).toThrow(
      /plan.periodMs must be the same, current values are 3600000 and 7200000/u,
    );
    expect(() => mergeSummaries([])).toThrow(SummaryError);
  });

  it.each([
    ["text that is not JSON", "{", /must be JSON/u],
    [
      "a newer version",
      '{"kind":"assay-summary","specVersion":3}',
      /specVersion must be at most 2, current value is 3/u,
    ],
    ["another document", '{"specVersion":1}', /kind must be/u],
    [
      "a missing statistic",
      sealed(encodeSummary(summary).replace('{"kind":"count","trials":1,"successes":1},', "")),
      /statistics must be 2 statistics/u,
    ],
    [
      "more successes than trials",
      sealed(encodeSummary(summary).replace('"successes":1', '"successes":2')),
      /successes must be at most the 1 trials/u,
    ],
    ["a negative count", encodeSummary(summary).replace('"records":1', '"records":-1'), /records must be/u],
    [
      "an unknown arm",
      sealed(encodeSummary(summary).replace('"arm":"v1"', '"arm":"v9"')),
      /arm must be one of the plan's arms/u,
    ],
  ])("of %s name the field", (_name, text, message) => {
    expect(() => decodeSummary(text)).toThrow(SummaryError);
    expect(() => decodeSummary(text)).toThrow(message);
  });
});
