import { describe, expect, it } from "vitest";
import { decodeSummary, definePolicy, encodeSummary, mergeSummaries, planFor, summarize } from "../../src/index.ts";
import { safeRollout } from "../../src/policy/presets.ts";

const plan = planFor(definePolicy(safeRollout({ control: "v1", treatments: ["v2"] })));
const textOf = (latencyMs: number): string => encodeSummary(summarize([{ arm: "v1", success: true, latencyMs }], plan));
const [a, b, c] = [textOf(1), textOf(2), textOf(3)];
const merged = (...texts: readonly string[]): string =>
  encodeSummary(mergeSummaries(texts.map((text) => decodeSummary(text))));

describe("mergeSummaries", () => {
  it("refuses the same encoded summary twice, and names both places", () => {
    expect(() => mergeSummaries([decodeSummary(a), decodeSummary(b), decodeSummary(a)])).toThrow(
      /summaries\[0\] and summaries\[2\], which are, or were made of, the same summary/u,
    );
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(a) as object).reverse()), null, 2);
    expect(() => mergeSummaries([decodeSummary(a), decodeSummary(reordered)])).toThrow(/same summary/u);
  });

  it("refuses a summary and one it is part of, however often they were merged and written in between", () => {
    const ab = merged(a, b);
    for (const [left, right] of [
      [ab, a],
      [ab, ab],
      [ab, merged(b, c)],
      [merged(ab, c), b],
    ] as const)
      expect(() => mergeSummaries([decodeSummary(left), decodeSummary(right)])).toThrow(/same summary/u);
    expect(decodeSummary(merged(ab, c)).quality.records.rows).toBe(3);
  });

  it("gives the same text in whatever order and however nested, and reading it gives it again", () => {
    const all = merged(a, b, c);
    expect(merged(merged(c, a), b)).toBe(all);
    expect(merged(c, b, a)).toBe(all);
    expect(merged(all)).toBe(all);
    expect(merged(a)).toBe(a);
  });

  it("merges summaries without records as often as one likes, and records that were read here", () => {
    const empty = encodeSummary(summarize([], plan));
    expect(merged(empty, empty)).toBe(empty);
    const summary = summarize([{ arm: "v1", success: true, latencyMs: 1 }], plan);
    expect(mergeSummaries([summary, summary]).quality.records.rows).toBe(2);
  });
});
