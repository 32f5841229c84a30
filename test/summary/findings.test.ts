import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/math/random.ts";
import { sampleNormal } from "../../src/math/sampling.ts";
import { definePolicy } from "../../src/policy/define.ts";
import { safeRollout } from "../../src/policy/presets.ts";
import { batchesFromRows } from "../../src/records/rows.ts";
import { hashOfText } from "../../src/records/text-hash.ts";
import { decodeSummary } from "../../src/summary/decode.ts";
import { encodeSummary } from "../../src/summary/encode.ts";
import { findingsOf, type QualityFinding } from "../../src/summary/findings.ts";
import { IdSample } from "../../src/summary/id-sample.ts";
import { mergeSummaries } from "../../src/summary/merge.ts";
import { planFor } from "../../src/summary/plan.ts";
import { otherValues, segmentValues } from "../../src/summary/segment-values.ts";
import { summarize } from "../../src/summary/summarize.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const arms = { control: "v1", treatments: ["v2"] };
const policy = definePolicy({
  ...safeRollout(arms),
  unit: "user",
  segments: ["region"],
  end: "2026-01-06T00:00:00Z",
  metrics: [
    ...safeRollout(arms).metrics,
    { name: "score", kind: "mean", field: "score", better: "higher", role: "secondary" },
  ],
});
const plan = planFor(policy);
type Row = Record<string, string | number | boolean>;

/** Rows in which nothing is wrong, changed by `change`. */
function rows(count: number, change: (row: Row, i: number) => Row | undefined = (row) => row): Row[] {
  const random = createRandom(7);
  return Array.from({ length: count }, (_, i): Row | undefined => {
    const user = Math.floor(random() * 2000);
    const row: Row = {
      arm: user % 2 === 0 ? "v1" : "v2",
      timestamp: start + Math.floor((i / count) * 24 * hour),
      unit: `u${user}`,
      requestId: `r${i}`,
      success: random() < 0.99,
      latencyMs: 400 * Math.exp(0.5 * sampleNormal(random)),
      score: random(),
      region: "eu",
    };
    return change(row, i);
  }).filter((row) => row !== undefined);
}

const fields = {
  arm: "arm",
  timestamp: "timestamp",
  unit: "unit",
  requestId: "requestId",
  success: "success",
  latencyMs: "latencyMs",
  score: "score",
  "segment.region": "region",
};
const summaryOf = (records: readonly Row[]) => summarize(batchesFromRows(records, { fields }), plan);
const found = (records: readonly Row[]): QualityFinding[] => findingsOf(summaryOf(records));

describe("findings on the quality of records", () => {
  it("are none where nothing is wrong, with continuous and with whole-numbered latencies", () => {
    expect(found(rows(20_000))).toEqual([]);
    expect(found(rows(20_000, (row) => ({ ...row, latencyMs: Math.round(Number(row["latencyMs"]) / 40) })))).toEqual(
      [],
    );
  });

  it.each<[string, (row: Row, i: number) => Row | undefined, QualityFinding["code"]]>([
    [
      "a log read twice in part",
      (row, i) => ({ ...row, requestId: `r${i % 50 === 0 ? i - 1 : i}` }),
      "duplicate-requests",
    ],
    ["users who move between arms", (row, i) => (i % 40 === 0 ? { ...row, arm: "v1" } : row), "units-in-several-arms"],
    [
      "records after the end",
      (row, i) => (i > 19_900 ? { ...row, timestamp: start + 25 * hour } : row),
      "late-records",
    ],
    [
      "an arm that vanishes",
      (row) => (row["arm"] === "v2" && Number(row["timestamp"]) > start + 12 * hour ? undefined : row),
      "arm-missing-for-part",
    ],
    [
      "an outage of the log",
      (row) => (Math.floor((Number(row["timestamp"]) - start) / hour) === 7 ? undefined : row),
      "gaps-in-periods",
    ],
    ["a column that never changes", (row) => ({ ...row, score: 1 }), "constant-field"],
    ["timeouts at one value", (row, i) => (i % 50 === 0 ? { ...row, latencyMs: 30_000 } : row), "values-piled-up"],
    [
      "timeouts below the slowest",
      (row, i) => (i % 50 === 0 ? { ...row, latencyMs: 5000 } : i % 999 === 0 ? { ...row, latencyMs: 6000 + i } : row),
      "values-piled-up",
    ],
    [
      "one user with a fifth of the traffic",
      (row, i) => (i % 5 === 0 ? { ...row, unit: "robot", arm: "v1" } : row),
      "dominant-unit",
    ],
    ["a segment that is an id", (row, i) => ({ ...row, region: `region-${i}` }), "too-many-segment-values"],
  ])("tell of %s, and survive encoding", (_, change, code) => {
    const summary = summaryOf(rows(20_000, change));
    const findings = findingsOf(summary);
    expect([...new Set(findings.map((finding) => finding.code))]).toContain(code);
    expect(findingsOf(decodeSummary(encodeSummary(summary)))).toEqual(findings);
  });

  it("count duplicates and moved units exactly while there are few, and closely when there are many", () => {
    const few = found(rows(3000, (row, i) => ({ ...row, requestId: `r${i < 30 ? 0 : i}` })));
    expect(few.find(({ code }) => code === "duplicate-requests")).toEqual({
      code: "duplicate-requests",
      records: 29,
      share: 29 / 3000,
      exact: true,
    });
    const many = found(rows(60_000, (row, i) => ({ ...row, requestId: `r${i % 10 === 0 ? i + 1 : i}` })));
    const duplicates = many.find((finding) => finding.code === "duplicate-requests");
    expect(duplicates?.exact).toBe(false);
    // 6,000 of 60,000 records repeat an id; a sample of 4,096 ids knows the share to 0.0046 (one standard error).
    expect(Math.abs((duplicates?.share ?? 0) - 0.1)).toBeLessThan(5 * 0.0046);
    expect(Math.abs((duplicates?.records ?? 0) / 6000 - 1)).toBeLessThan(0.25);
  });

  it("keep the same segment values whatever the order, with the rest in one cell", () => {
    const records = rows(3000, (row, i) => ({ ...row, region: `region-${(i * 7919) % 1000}` }));
    const whole = summaryOf(records);
    const halves = [summaryOf(records.slice(0, 1234)), summaryOf(records.slice(1234))];
    expect(encodeSummary(mergeSummaries([...halves].reverse()))).toBe(encodeSummary(whole));
    const values = new Set(whole.cells.flatMap(({ segment }) => (segment === null ? [] : [segment.value])));
    expect(values.size).toBe(segmentValues + 1);
    const inSegments = whole.cells
      .filter(({ segment }) => segment !== null)
      .reduce((sum, cell) => sum + cell.records, 0);
    expect([values.has(otherValues), inSegments]).toEqual([true, 3000]);
  });
});

describe("a sample of ids", () => {
  it("estimates the number of different ids within five standard errors, and is the same in any order", () => {
    const ids = Array.from({ length: 50_000 }, (_, i) => hashOfText(`id-${i}`));
    const sample = new IdSample("count");
    for (const id of [...ids, ...ids.slice(0, 5000)]) sample.add(id, 1);
    const other = new IdSample("count");
    for (const id of [...ids.slice(0, 5000), ...ids].reverse()) other.add(id, 1);
    expect(other.toJSON()).toBe(sample.toJSON());
    expect(Math.abs(sample.distinct / 50_000 - 1)).toBeLessThan(5 / Math.sqrt(4096));
    expect(() => IdSample.fromJSON("zz*0", "count", "quality.requestIds")).toThrow(
      /quality.requestIds must be a sample of ids/u,
    );
  });
});
