import { describe, expect, it } from "vitest";
import { settleSource } from "../../../src/records/mapping/source-fields.ts";
import { batchesFromRows } from "../../../src/records/rows.ts";

const taken = (text: string, path: string): unknown => settleSource({ fields: { arm: text } }, path).constants?.["arm"];

describe("settleSource", () => {
  it.each([
    ["@file", "runs/v2.csv", "v2"],
    ["@file", "runs/v2.ndjson.gz", "v2"],
    ["@file", "logs.zip#v3.log", "v3"],
    ["@folder", "runs/v2/results.csv", "v2"],
    ['@path("runs/(*)/*.csv")', "/data/runs/v2/results.csv", "v2"],
    ['@file("shop-(*)-*")', "shop-v2-eu.log", "v2"],
  ])("takes %s of %s", (text, path, value) => {
    expect(taken(text, path)).toBe(value);
  });

  it.each([
    ["@folder", "results.csv", "of a file in a folder"],
    ["@path", "a/b.csv", "a pattern in @path"],
    ['@path("runs/*.csv")', "runs/a.csv", "a pattern with (*)"],
    ['@path("runs/(*)/x.csv")', "a/b.csv", "of a path that the pattern fits"],
    ["@file(x)", "a.csv", "of the form"],
  ])("refuses %s of %s", (text, path, message) => {
    expect(() => taken(text, path)).toThrow(message);
  });

  it("gives all rows the text, and other fields their columns", () => {
    const mapping = settleSource(
      { fields: { arm: "@file", "segment.run": "@folder", latencyMs: "ms" }, zeroIsMissing: ["latencyMs"] },
      "monday/v2.json",
    );
    const [batch] = [...batchesFromRows([{ ms: 5 }, { ms: 0 }], mapping)];
    expect([...(batch?.arm.codes ?? [])].map((code) => batch?.arm.values[code])).toEqual(["v2", "v2"]);
    const run = batch?.segments["run"];
    expect([...(run?.codes ?? [])].map((code) => run?.values[code])).toEqual(["monday", "monday"]);
    expect([...(batch?.numbers["latencyMs"] ?? [])]).toEqual([5, Number.NaN]);
  });
});
