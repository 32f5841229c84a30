import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchesFromRows, type FieldMapping } from "../../src/index.ts";

const fields = {
  arm: "version",
  timestamp: "at",
  success: "ok",
  latencyMs: "ms",
  tokens: "tokens",
  unit: "user",
  requestId: "id",
  "segment.region": "region",
};
const mapping: FieldMapping = { fields };
/** The same, but with a condition, which every row meets: each value then gets the closer look. */
const conditioned: FieldMapping = { ...mapping, where: ["kept=yes"] };

class Inheriting {}
Object.assign(Inheriting.prototype, { ms: 5 });

const cyclic: Record<string, unknown> = {};
cyclic["self"] = cyclic;

const oddValue = fc.constantFrom<unknown>(
  undefined,
  null,
  "",
  " ",
  "0",
  "1",
  "true",
  "FALSE",
  "12.5",
  "v1",
  "\ud800",
  "é",
  Number.NaN,
  Infinity,
  -0,
  -1,
  0,
  1,
  2,
  1e308,
  1_767_571_200,
  1_767_571_200_000,
  "2026-01-05T00:00:00Z",
  new Date(1_767_571_200_000),
  12n,
  2n ** 60n,
  cyclic,
  {},
  [1],
  true,
  false,
);
const plainRow = fc.record({
  version: fc.constantFrom("v1", "v2"),
  at: fc.integer({ min: 1_767_571_200_000, max: 1_767_585_600_000 }),
  ok: fc.boolean(),
  ms: fc.double({ min: 0, max: 1e4, noNaN: true }),
  tokens: fc.nat(),
  user: fc.constantFrom("a", "b", "c"),
  id: fc.uuid(),
  region: fc.constantFrom("eu", "us"),
});
const row = fc
  .tuple(plainRow, fc.option(fc.tuple(fc.constantFrom(...Object.values(fields)), oddValue)), fc.boolean())
  .map(([plain, odd, inheriting]) => {
    const values: Record<string, unknown> = { ...plain, ...(odd === null ? {} : { [odd[0]]: odd[1] }), kept: "yes" };
    if (inheriting) delete values["ms"];
    return inheriting ? Object.assign(new Inheriting(), values) : values;
  });

describe("rows in memory", () => {
  it("are the same batches whether plain rows are written at once or every value gets a closer look", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (rows) => {
        const seen = [
          ...Array.from({ length: 30 }, () => ({
            version: "v1",
            at: 1_767_571_200_000,
            ok: true,
            ms: 1,
            tokens: 1,
            user: "a",
            id: "x",
            region: "eu",
            kept: "yes",
          })),
          ...rows,
        ];
        const told: unknown[][] = [[], []];
        const [direct, looked] = [mapping, conditioned].map((one, index) => [
          ...batchesFromRows(seen, one, "rows", {
            onRejected: ({ row: whole, ...sample }) => told[index]?.push([sample, whole]),
          }),
        ]);
        expect(direct).toEqual(looked);
        expect(told[0]).toEqual(told[1]);
      }),
    );
  });

  it("may hold bigints, whose digits are kept where they name something", () => {
    const ids = [2n ** 60n, 2n ** 60n + 1n, 7n, "7"];
    const rows = ids.map((id, index) => ({
      version: "v1",
      at: 1_767_571_200_000n,
      ms: index === 0 ? 2n ** 60n : 250n,
      id,
    }));
    const [batch] = [
      ...batchesFromRows(rows, { fields: { arm: "version", timestamp: "at", latencyMs: "ms", requestId: "id" } }),
    ];
    expect(batch?.quality.accepted).toBe(4);
    expect(batch?.timestamp?.[0]).toBe(1_767_571_200_000);
    expect([...(batch?.numbers["latencyMs"] ?? [])]).toEqual([2 ** 60, 250, 250, 250]);
    const hashes = [...(batch?.requestId ?? [])];
    expect(new Set(hashes).size).toBe(3);
    expect(hashes[2]).toBe(hashes[3]);
  });

  it("are rejected with a sample even when the value has no JSON", () => {
    const [batch] = [
      ...batchesFromRows(
        [
          { version: "v1", ms: cyclic },
          { version: "v1", ms: [1n] },
        ],
        { fields: { arm: "version", latencyMs: "ms" } },
      ),
    ];
    expect(batch?.quality.samples.map(({ code, value }) => [code, value])).toEqual([
      ["not-a-number", "[object Object]"],
      ["not-a-number", "[object Array]"],
    ]);
  });

  it("may be nested beyond what a stack holds", () => {
    let deep: Record<string, unknown> = {};
    for (let level = 0; level < 20_000; level++) deep = { deep };
    const [batch] = [
      ...batchesFromRows([{ version: "v1", ms: 1, deep }], { fields: { arm: "version", latencyMs: "ms" } }),
    ];
    expect(batch?.quality.accepted).toBe(1);
  });

  it("take what a row has itself, not what it inherits", () => {
    const [batch] = [
      ...batchesFromRows(
        [
          ...Array.from({ length: 25 }, () => ({ version: "v1", ms: 1 })),
          Object.assign(new Inheriting(), { version: "v1" }),
          { version: "v1", ms: 3 },
        ],
        { fields: { arm: "version", latencyMs: "ms" } },
      ),
    ];
    expect([...(batch?.numbers["latencyMs"] ?? [])].slice(25)).toEqual([Number.NaN, 3]);
  });
});
