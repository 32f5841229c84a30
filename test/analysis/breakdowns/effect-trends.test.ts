import { describe, expect, it } from "vitest";
import { analyze } from "../../../src/analysis/analyze.ts";
import { timePartsOf } from "../../../src/analysis/data/time-parts.ts";
import { definePolicy, type Metric, planFor, type RequestRecord, summarize } from "../../../src/index.ts";

const hour = 3_600_000;
const begin = Date.UTC(2026, 0, 5);
const metrics = [
  { name: "score", kind: "mean", field: "score", better: "higher", role: "primary", goal: "superior" },
  { name: "success", kind: "proportion", field: "success", better: "higher", role: "secondary" },
] as const satisfies readonly Metric[];
const policy = definePolicy({ control: "a", treatments: ["b"], metrics, segments: ["region"] });

/** The effect on the score in each of the eight stretches. */
const effects = [3, 2.6, 2.7, 2.1, 2.2, 1.4, 1.5, 1.1];

/**
 * Sixteen hours with 40 records each, four hours apart in the middle, and a score that b betters by the stretch's
 * effect.
 */
const hours = Array.from({ length: 16 }, (_, index) => (index < 8 ? index : index + 4));
const recordsOf = (score: (stretch: number) => number): RequestRecord[] =>
  hours.flatMap((at, index) =>
    Array.from({ length: 40 }, (_, i): RequestRecord => {
      const arm = i % 2 === 0 ? "a" : "b";
      return {
        arm,
        timestamp: begin + at * hour + i * 60_000,
        success: i % 7 !== 0,
        region: i % 4 < 2 ? "eu" : "us",
        score: 5 + (i % 20 < 10 ? 1 : -1) + (arm === "b" ? score(Math.floor(index / 2)) : 0),
      };
    }),
  );
const summary = summarize(
  recordsOf((stretch) => effects[stretch] as number),
  planFor(policy),
);

describe("stretches of an experiment", () => {
  it("hold an eighth of the records each, in order, with the middle of their periods", () => {
    const { parts, whole } = timePartsOf(summary);
    expect(parts?.map(({ day }) => (day * 24 * hour - begin) / hour)).toEqual(
      [1, 3, 5, 7, 13, 15, 17, 19].map((at) => expect.closeTo(at, 6) as number),
    );
    expect(
      parts?.map(({ summary: part }) => part.cells.map(({ arm, segment, records }) => [arm, segment, records])),
    ).toEqual(
      Array.from({ length: 8 }, () => [
        ["a", null, 40],
        ["b", null, 40],
      ]),
    );
    expect(whole.cells).toHaveLength(6);
    expect(analyze(whole, policy).comparisons[0]?.metrics).toEqual(analyze(summary, policy).comparisons[0]?.metrics);
  });

  it("are cut where the records are, not the hours: one busy hour is a stretch of its own", () => {
    const busy = [
      ...recordsOf(() => 1),
      ...Array.from({ length: 4 * 640 }, (_, i): RequestRecord => ({
        arm: i % 2 === 0 ? "a" : "b",
        timestamp: begin + 3 * hour,
        success: true,
        score: i % 3,
        region: "eu",
      })),
    ];
    const { parts } = timePartsOf(summarize(busy, planFor(policy)));
    // 3200 records: 400 a stretch. Three quiet hours, the busy one with its middle at 120 + 2600 / 2, and then 40 by 40
    // from 2720 on.
    expect(parts?.map(({ summary: part }) => part.cells.reduce((sum, { records }) => sum + records, 0))).toEqual([
      120, 2600, 80, 400,
    ]);
    expect(parts?.map(({ day }) => Math.round(((day * 24 * hour - begin) / hour) * 1e6) / 1e6)).toEqual([
      1.5, 3.5, 5, 14.2,
    ]);
  });

  it("need eight periods and timestamps", () => {
    const few = recordsOf(() => 1).filter(({ timestamp }) => (timestamp as number) < begin + 7 * hour);
    expect(timePartsOf(summarize(few, planFor(policy))).parts).toBeNull();
    expect(
      timePartsOf(
        summarize(
          recordsOf(() => 1).map(({ timestamp: _, ...rest }) => rest),
          planFor(policy),
        ),
      ).parts,
    ).toBeNull();
  });
});

describe("the trend of an effect", () => {
  it("is the least-squares line through the stretches' effects, with Student's p-value", () => {
    const [trend, ...others] = analyze(summary, policy).comparisons[0]?.trends ?? [];
    expect(others).toEqual([]);
    const days = [1, 3, 5, 7, 13, 15, 17, 19].map((at) => at / 24);
    const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
    const products = days.map((day, i) => (day - mean(days)) * ((effects[i] as number) - mean(effects)));
    const squares = days.map((day) => (day - mean(days)) ** 2);
    const slope = mean(products) / mean(squares);
    const residual = mean(
      days.map((day, i) => ((effects[i] as number) - mean(effects) - slope * (day - mean(days))) ** 2),
    );
    // Student's distribution with 6 degrees of freedom in closed form.
    const angle = Math.atan(Math.abs(slope) / Math.sqrt(residual / mean(squares)));
    const inside = Math.sin(angle) * (1 + Math.cos(angle) ** 2 / 2 + (3 / 8) * Math.cos(angle) ** 4);
    expect(trend).toMatchObject({ metric: "score", kind: "difference" });
    expect(trend?.slopePerDay).toBeCloseTo(slope, 9);
    expect((trend?.pValue as number) / (1 - inside)).toBeCloseTo(1, 6);
    expect([trend?.first, trend?.last]).toEqual([expect.closeTo(3, 12), expect.closeTo(1.1, 12)]);
  });

  it("of a ratio is that of its logarithm", () => {
    const onRatio = definePolicy({
      control: "a",
      treatments: ["b"],
      metrics: [
        {
          name: "level",
          kind: "ratio",
          numerator: "score",
          denominator: "weight",
          better: "higher",
          role: "primary",
          goal: "superior",
        },
      ],
    });
    const records = recordsOf(
      (stretch) => 5 * Math.expm1(0.1 + 0.05 * stretch + (stretch % 2 === 0 ? 0.01 : -0.01)),
    ).map((record) => ({ ...record, weight: 1 }));
    const [trend] = analyze(summarize(records, planFor(onRatio)), onRatio).comparisons[0]?.trends ?? [];
    const days = [1, 3, 5, 7, 13, 15, 17, 19].map((at) => at / 24);
    const logarithms = days.map((_, stretch) => 0.1 + 0.05 * stretch + (stretch % 2 === 0 ? 0.01 : -0.01));
    const middle = days.reduce((sum, day) => sum + day, 0) / 8;
    const slope =
      days.reduce((sum, day, i) => sum + (day - middle) * (logarithms[i] as number), 0) /
      days.reduce((sum, day) => sum + (day - middle) ** 2, 0);
    expect(trend?.kind).toBe("ratio");
    expect(trend?.slopePerDay).toBeCloseTo(slope, 9);
    expect(trend?.first).toBeCloseTo(Math.exp(0.11), 12);
  });

  it("is not told of an effect that never moves, nor of one that is known in fewer than four stretches", () => {
    const trendsOf = (records: readonly RequestRecord[]): readonly unknown[] =>
      analyze(summarize(records, planFor(policy)), policy).comparisons[0]?.trends ?? [];
    const late = recordsOf((stretch) => effects[stretch] as number);
    const inStretches = (count: number): RequestRecord[] =>
      late.map(
        ({ score, ...rest }) =>
          (rest.arm === "b" && (rest.timestamp as number) >= begin + 2 * count * hour
            ? rest
            : { ...rest, score }) as RequestRecord,
      );
    expect(trendsOf(inStretches(3))).toEqual([]);
    expect(trendsOf(inStretches(4))).toHaveLength(1);
    expect(trendsOf(recordsOf(() => 0))).toEqual([]);
  });
});
