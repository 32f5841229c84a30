import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assess, batchesFromRows, definePolicy, planFor, readCsv, safeRollout, summarize } from "../../src/index.ts";
import type { RecordBatch } from "../../src/records/batch.ts";
import type { ByteSource } from "../../src/records/bytes.ts";
import { requireAcceptable } from "../../src/records/quality.ts";
import type { Summary } from "../../src/summary/summary.ts";

const policy = definePolicy(safeRollout({ control: "v1", treatments: ["v2"] }));
const mapping = { fields: { arm: "arm", success: "success", latencyMs: "latencyMs" } };
const unusable = [Number.NaN, Infinity, -Infinity, -1, "-", "", "slow", "NaN", "n/a", null, undefined, {}, [1]];

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

async function collect(source: AsyncIterable<RecordBatch>): Promise<RecordBatch[]> {
  const batches: RecordBatch[] = [];
  for await (const batch of source) batches.push(batch);
  return batches;
}

/** Requests and successes of each arm. */
function outcomesOf(summary: Summary): unknown {
  const at = summary.plan.statistics.findIndex(({ kind }) => kind === "count");
  return Object.fromEntries(
    summary.cells.map(({ arm, records, statistics }) => [arm, { records, outcome: statistics[at] }]),
  );
}

describe("values that can't be used", () => {
  it("law: never take the request with them, whatever is done to fields other than arm and outcome", () => {
    const row = fc.record({
      arm: fc.constantFrom("v1", "v2"),
      success: fc.boolean(),
      latencyMs: fc.double({ min: 0, max: 1e4, noNaN: true }),
      damage: fc.option(fc.constantFrom<unknown>(...unusable)),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 200 }), (rows) => {
        const damaged = rows.map(({ damage, ...whole }) => (damage === null ? whole : { ...whole, latencyMs: damage }));
        const [before, after] = [rows, damaged].map((some) =>
          summarize(batchesFromRows([...some, { latencyMs: 1 }], mapping), planFor(policy)),
        ) as [Summary, Summary];
        expect(outcomesOf(after)).toEqual(outcomesOf(before));
      }),
      { numRuns: 200 },
    );
  });

  it("are counted by arm and field; missing ones are not, as some requests have no such value", () => {
    const [batch] = batchesFromRows(
      [
        ...unusable.map((latencyMs) => ({ arm: "v1", success: true, latencyMs })),
        { arm: "v2", success: "perhaps", latencyMs: -1 },
        { arm: "v2", success: false, latencyMs: 7 },
      ],
      mapping,
    );
    expect(batch?.damage).toEqual({
      v1: { rejected: 0, unusable: { latencyMs: 10 } },
      v2: { rejected: 1, unusable: {} },
    });
    expect(summarize([batch as RecordBatch], planFor(policy)).quality.byArm).toEqual({
      v1: { accepted: unusable.length, rejected: 0, unusable: { latencyMs: 10 } },
      v2: { accepted: 1, rejected: 1, unusable: {} },
    });
  });

  it("of the failed requests of a canary don't hide its failures", async () => {
    const lines = Array.from({ length: 100_000 }, (_, i) => {
      const canary = i % 100 === 0;
      const failed = canary ? (i / 100) % 1000 < 72 : i % 300 === 1;
      return `${canary ? "v2" : "v1"},${!failed},${canary && failed ? "NaN" : 100 + (i % 83)}`;
    });
    const source = bytesOf(`arm,success,latencyMs\n${lines.join("\n")}\n`) as ByteSource;
    const decision = assess(await collect(readCsv(source, mapping, "canary.csv")), policy);
    expect(decision.decision).toBe("rollback");
    expect(decision.quality.rejected).toEqual({});
    expect(decision.quality.byArm["v2"]).toEqual({ accepted: 1000, rejected: 0, unusable: { latencyMs: 72 } });
  });
});

describe("the limit of rejected rows", () => {
  it("holds for each arm, however small its share of all rows is", () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => ({
      arm: i % 100 === 0 ? "v2" : "v1",
      success: i % 1000 === 0 ? "lost" : true,
      latencyMs: 5,
    }));
    const { quality } = summarize(batchesFromRows(rows, mapping), planFor(policy));
    expect(() => requireAcceptable(quality.records, 0.01)).not.toThrow();
    expect(() => requireAcceptable(quality.records, 0.01, quality.byArm)).toThrow(
      /rejected rows of arm "v2" must be at most 1 %, current value is 10.0 % \(10 of 100\)/u,
    );
  });
});
