/* eslint-disable @typescript-eslint/no-explicit-any -- the forged documents are of no type */
import { describe, expect, it } from "vitest";
import {
  createRandom,
  decodeSummary,
  definePolicy,
  encodeSummary,
  planFor,
  type RequestRecord,
  summarize,
  SummaryError,
} from "../../src/index.ts";
import { sealed } from "../helpers/sealed.ts";

const policy = definePolicy({
  control: "v1",
  treatments: ["v2"],
  unit: "user",
  segments: ["region"],
  start: "2026-01-05T00:00:00Z",
  end: "2026-01-06T00:00:00Z",
  allocation: [
    { from: "2026-01-05T00:00:00Z", weights: { v1: 0.5, v2: 0.5 } },
    { from: "2026-01-05T02:00:00Z", weights: { v1: 0.2, v2: 0.8 } },
  ],
  metrics: [
    {
      name: "success_rate",
      kind: "proportion",
      field: "success",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.01 },
    },
    {
      name: "p99",
      kind: "quantile",
      field: "latencyMs",
      probability: 0.99,
      better: "lower",
      role: "guardrail",
      goal: "non-inferior",
      margin: { relative: 0.1 },
    },
    { name: "cost", kind: "mean", field: "cost", better: "lower", role: "secondary" },
  ],
});
const start = Date.UTC(2026, 0, 5);
const records = Array.from({ length: 80 }, (_, i): RequestRecord => ({
  arm: i % 2 === 0 ? "v1" : "v2",
  timestamp: start + i * 200_000,
  unit: `u${i % 12}`,
  success: i % 17 > 0,
  latencyMs: 20 + ((i * i) % 700),
  cost: i / 7,
  region: i % 3 === 0 ? "eu" : "us",
}));
const text = encodeSummary(summarize(records, planFor(policy)));

/** The text with one change to its JSON, under a checksum that fits. */
function forged(change: (json: any) => void): string {
  const json = JSON.parse(text) as object;
  change(json);
  return sealed(JSON.stringify(json));
}

describe("decodeSummary", () => {
  it("gives back what was encoded, to the byte", () => {
    expect(encodeSummary(decodeSummary(text))).toBe(text);
    expect(text).toMatch(/"specVersion":2.*,"checksum":"sha256:[0-9a-f]{64}"\}$/u);
  });

  it("notices each of 500 changed bits and 500 changed digits, and never throws but a SummaryError", () => {
    const random = createRandom(1);
    const bytes = new TextEncoder().encode(text);
    const digits = [...text.matchAll(/\d/gu)].map(({ index }) => index);
    const silent: string[] = [];
    for (let i = 0; i < 1000; i++) {
      const changed = bytes.slice();
      const at =
        i % 2 === 0 ? Math.floor(random() * bytes.length) : (digits[Math.floor(random() * digits.length)] as number);
      changed[at] =
        i % 2 === 0
          ? (bytes[at] as number) ^ (1 << Math.floor(random() * 8))
          : 0x30 + (((bytes[at] as number) - 0x30 + 1 + Math.floor(random() * 9)) % 10);
      try {
        const decoded = decodeSummary(new TextDecoder().decode(changed));
        if (encodeSummary(decoded) !== text) silent.push(`byte ${at}`);
      } catch (error) {
        if (!(error instanceof SummaryError)) silent.push(`byte ${at}: ${String(error)}`);
      }
    }
    expect(silent).toEqual([]);
  }, 60_000);

  it("reads version 1, which had no checksum, and tells of it", () => {
    const { checksum: _, ...fields } = JSON.parse(text) as { checksum: string };
    const told: number[] = [];
    const old = decodeSummary(JSON.stringify({ ...fields, specVersion: 1 }), {
      onUnchecked: (version) => told.push(version),
    });
    expect(told).toEqual([1]);
    expect(old.cells).toHaveLength(decodeSummary(text, { onUnchecked: (version) => told.push(version) }).cells.length);
    expect(told).toEqual([1]);
    expect(() => decodeSummary(JSON.stringify(fields))).toThrow(/checksum must be/u);
  });

  it.each<[string, (json: any) => void, RegExp]>([
    ["a cell that stands twice", ({ cells }) => cells.push(cells[0]), /cells\.\d+ must be the only cell/u],
    ["a period off the grid", ({ cells }) => (cells[0].period += 1), /cells\.0\.period must be a multiple/u],
    [
      "a period before the start",
      ({ cells }) => (cells[0].period -= 24 * 3_600_000),
      /cells\.0\.period must be a period that/u,
    ],
    ["an epoch that is none", ({ cells }) => (cells[0].epoch = 9), /cells\.0\.epoch must be at most 2/u],
    [
      "a period of another epoch",
      ({ cells }) => (cells[0].epoch = 2),
      /cells\.0\.period must be a period that overlaps/u,
    ],
    [
      "more trials than records",
      ({ cells }) => (cells[0].statistics[0].trials += 1000),
      /cells\.0\.statistics\.0 must be of at most/u,
    ],
    [
      "fewer records than the quality says",
      ({ quality }) => ((quality.records.rows += 1), (quality.records.accepted += 1)),
      /quality\.records\.accepted must be/u,
    ],
    ["rows that do not add up", ({ quality }) => (quality.records.filtered += 1), /quality\.records\.rows must be/u],
    [
      "a segment of no plan",
      ({ cells }) => (cells.find((cell: any) => cell.segment).segment.field = "tier"),
      /segment\.field must be one of/u,
    ],
    [
      "more records in segments than in all",
      ({ cells }) => (cells.find((cell: any) => cell.segment).records += 500),
      /the records by "region" must be at most/u,
    ],
    [
      "units without their records",
      ({ clusters }) => clusters[0].buckets.pop(),
      /clusters\.0\.buckets must be of the/u,
    ],
    [
      "units with other successes",
      ({ clusters }) =>
        clusters[0].buckets.find((bucket: any) => bucket.statistics[0].successes > 0).statistics[0].successes--,
      /clusters\.0\.buckets must be of the \d+ values/u,
    ],
    [
      "a unit that stands twice",
      ({ clusters }) => clusters[0].buckets.push(clusters[0].buckets[0]),
      /key must be different/u,
    ],
    ["an arm's units twice", ({ clusters }) => clusters.push(clusters[0]), /clusters\.\d+ must be the only one/u],
    [
      "more failures than records",
      ({ quality }) => (quality.failures.v1.count = 1000),
      /quality\.failures\.v1\.count must be at most/u,
    ],
    ["an extent that ends before it begins", ({ quality }) => (quality.extent.last = 0), /quality\.extent/u],
    [
      "an extent outside the experiment",
      ({ quality }) => (quality.extent.first -= 1e11),
      /quality\.extent must be within/u,
    ],
    [
      "an extent of no arm",
      ({ quality }) => (quality.extents.v9 = quality.extents.v1),
      /quality\.extents\.v9 must be absent/u,
    ],
    [
      "squares below what the sum asks for",
      ({ cells }) => (cells[0].statistics[2].moments.sumOfSquares = [0.001]),
      /sumOfSquares must be at least/u,
    ],
    ["values without a count", ({ cells }) => (cells[0].statistics[2].moments.count = 0), /must be empty/u],
    ["two arms of one name", ({ plan }) => (plan.arms = ["v1", "v1", "v2"]), /plan\.arms\.1 must be different/u],
    [
      "changes of the split out of order",
      ({ plan }) => plan.epochStarts.reverse(),
      /plan\.epochStarts\.1 must be after/u,
    ],
    ["an end before the start", ({ plan }) => (plan.end = plan.start), /plan\.end must be after/u],
    ["a negative count", ({ cells }) => (cells[0].records = -1), /records must be/u],
    ["a sketch that is none", ({ cells }) => (cells[0].statistics[1].sketch = null), /the sketch must be an object/u],
    ["moments that are none", ({ cells }) => (cells[0].statistics[2].moments = 7), /count must be/u],
  ])("refuses %s, even under a checksum that fits", (_what, change, message) => {
    let failure: unknown;
    try {
      decodeSummary(forged(change));
    } catch (error) {
      failure = error;
    }
    expect((failure as Error).message).toMatch(message);
    expect((failure as { code?: string }).code).toBeTruthy();
  });
});
