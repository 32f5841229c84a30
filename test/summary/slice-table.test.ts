import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  batchesFromRows,
  createSummarizer,
  decodeSummary,
  definePolicy,
  encodeSummary,
  mergeSummaries,
  planFor,
  summarize,
  type Summary,
} from "../../src/index.ts";
import { mostSlices } from "../../src/summary/slices.ts";

const plan = planFor(
  definePolicy({
    control: "a",
    treatments: ["b"],
    minimumSampleSize: 0,
    allocation: [
      { from: null, weights: { a: 1, b: 1 } },
      { from: "2026-01-01T02:00:00Z", weights: { a: 1, b: 3 } },
    ],
    metrics: [
      { name: "ok", kind: "proportion", field: "success", better: "higher", role: "primary", goal: "superior" },
      { name: "p90", kind: "quantile", field: "latencyMs", probability: 0.9, better: "lower", role: "secondary" },
    ],
  }),
);
const begin = Date.UTC(2026, 0, 1);
const record = fc.record({
  arm: fc.constantFrom("a", "b"),
  timestamp: fc.integer({ min: 0, max: 4 * 3_600_000 }).map((ms) => begin + ms),
  success: fc.boolean(),
  latencyMs: fc.double({ min: 1, max: 1e4, noNaN: true }),
});
const counts = (summary: Summary): Record<string, number> => {
  const totals: Record<string, number> = {};
  for (const { epoch, arm, buckets } of summary.slices?.series ?? [])
    totals[`${epoch} ${arm}`] = buckets.reduce((sum, { records }) => sum + records, 0);
  return totals;
};

describe("time slices", () => {
  it("are the same bytes in any order and any division of the records", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 600 }), fc.integer({ min: 1, max: 5 }), (rows, parts) => {
        const whole = encodeSummary(summarize(rows, plan));
        expect(encodeSummary(summarize([...rows].reverse(), plan))).toBe(whole);
        const pieces = Array.from({ length: parts }, (_, part) => rows.filter((_row, i) => i % parts === part));
        const merged = createSummarizer(plan);
        for (const piece of pieces)
          for (const batch of batchesFromRows(
            piece,
            { fields: Object.fromEntries(Object.keys(rows[0] as object).map((key) => [key, key])) as never },
            "rows",
          ))
            merged.addBatch(batch);
        const slices = JSON.stringify(JSON.parse(encodeSummary(merged.summary())).slices);
        expect(slices).toBe(JSON.stringify(JSON.parse(whole).slices));
      }),
      { numRuns: 25 },
    );
  });

  it("hold every record once, in at most 256 slices of a width that is a power of 2", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 900 }), (rows) => {
        const summary = summarize(rows, plan);
        const { widthMs, series } = summary.slices as NonNullable<Summary["slices"]>;
        expect(Math.log2(widthMs / 62.5) % 1).toBe(0);
        expect(new Set(series.flatMap(({ buckets }) => buckets.map(({ key }) => key))).size).toBeLessThanOrEqual(
          mostSlices,
        );
        const cells: Record<string, number> = {};
        for (const { epoch, arm, records } of summary.cells)
          cells[`${epoch} ${arm}`] = (cells[`${epoch} ${arm}`] ?? 0) + records;
        expect(counts(summary)).toEqual(cells);
      }),
      { numRuns: 25 },
    );
  });

  it("survive encoding, and merge with those of another width", () => {
    const narrow = Array.from({ length: 100 }, (_, i) => ({
      arm: i % 2 === 0 ? "a" : "b",
      timestamp: begin + i * 100,
      success: true,
      latencyMs: 5,
    }));
    const wide = Array.from({ length: 2000 }, (_, i) => ({
      arm: i % 2 === 0 ? "a" : "b",
      timestamp: begin + i * 4000,
      success: true,
      latencyMs: 7,
    }));
    const [first, second] = [summarize(narrow, plan), summarize(wide, plan)];
    expect(decodeSummary(encodeSummary(first)).slices).toEqual(first.slices);
    expect(first.slices?.widthMs).not.toBe(second.slices?.widthMs);
    expect(mergeSummaries([first, second]).slices).toEqual(summarize([...narrow, ...wide], plan).slices);
  });

  it("are not kept without timestamps, or where dependence is none", () => {
    const timeless = [{ arm: "a", success: true, latencyMs: 3 }];
    const free = { ...plan, epochStarts: [] };
    expect(summarize(timeless, free).slices).toBeNull();
    expect(
      summarize([{ ...timeless[0], arm: "a", timestamp: begin }], { ...free, dependence: false }).slices,
    ).toBeNull();
  });
});
