import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Summary } from "../../src/index.ts";
import { type Case, columns, jsonCases, textCases, typedCases } from "./readers/awkward-values.ts";
import { columnReaders, jsonReaders, outcomes, planOf, type Rows, textReaders } from "./readers/every-reader.ts";

/** Where a reader may give something else than all others, and why. */
const explained: readonly {
  readonly reader: string;
  readonly of: (value: unknown) => boolean;
  readonly found: RegExp;
  readonly reason: string;
}[] = [
  {
    reader: "CSV plain",
    of: (value) => /[",\r\n]/u.test(String(value)),
    found: /^not counted$/u,
    reason: "a text with a comma, a quote or a line feed can't be written without quotes",
  },
  {
    reader: "TSV",
    of: (value) => /["\t\r\n]/u.test(String(value)),
    found: /^not counted$/u,
    reason: "nor can one with a tab where tabs separate",
  },
  {
    reader: "CSV with semicolons",
    of: (value) => /[";\r\n]/u.test(String(value)),
    found: /^not counted$/u,
    reason: "nor can one with a semicolon where semicolons separate",
  },
  ...["objects", "arquero"].map((reader) => ({
    reader,
    of: (value: unknown) => /^-?\d{17,}$/u.test(String(value)),
    found: /^rejected$/u,
    reason:
      "JSON.parse of the caller has made a number of the identifier, which has lost digits: the row is rejected, " +
      "while the readers of JSON text keep every digit",
  })),
];

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "assay-readers-"));
  folders.push(folder);
  return folder;
}

/** The explanations that were needed. */
const needed = new Set<string>();

const idOf = (index: number): string => `c${index}`;

function rowsOf(cases: readonly Case<unknown>[], plain: Readonly<Record<string, unknown>>): Rows {
  return cases.map(({ column, value }, index) => ({ id: idOf(index), ...plain, [column]: value }));
}

/** What differs between readers, but for what is explained: a line for each case. */
async function differences(
  readers: Readonly<Record<string, () => Promise<Summary>>>,
  cases: readonly Case<unknown>[],
): Promise<readonly string[]> {
  const ids = cases.map((_, index) => idOf(index));
  const found: [reader: string, outcome: Map<string, string>][] = [];
  for (const [reader, read] of Object.entries(readers)) found.push([reader, outcomes(await read(), ids)]);
  return cases.flatMap(({ column, value }, index) => {
    const groups = new Map<string, string[]>();
    for (const [reader, outcome] of found) {
      const own = outcome.get(idOf(index)) as string;
      const why = explained.find((one) => one.reader === reader && one.of(value) && one.found.test(own));
      if (why !== undefined) {
        needed.add(reader);
        continue;
      }
      groups.set(own, [...(groups.get(own) ?? []), reader]);
    }
    const differing = [...groups].map(([own, by]) => `${own} by ${by.join(", ")}`);
    return groups.size === 1 ? [] : [`${column} = ${JSON.stringify(String(value))}: ${differing.join("; ")}`];
  });
}

const plainTexts = { ts: "1767571200000", unit: "u1", ok: "true", ms: "7", score: "1", seg: "s" };
const plainTyped = { ts: new Date("2026-01-05T00:00:00Z"), unit: 1n, ok: true, ms: 7, score: 1, seg: "s" };
const types = {
  id: "VARCHAR",
  ts: "TIMESTAMP",
  unit: "BIGINT",
  ok: "BOOLEAN",
  ms: "DOUBLE",
  score: "DOUBLE",
  seg: "VARCHAR",
};

describe("every reader gives the same record, or rejects it", () => {
  it("of texts, in every format that holds texts", async () => {
    const rows = rowsOf(textCases, plainTexts);
    const plan = planOf(rows.map((_, index) => idOf(index)));
    const lines = rows.map((row) => JSON.stringify(row));
    const texts = Object.fromEntries(columns.map((name) => [name, "VARCHAR"]));
    const {
      "Parquet in DuckDB": parquet,
      "DuckDB table": table,
      ...others
    } = await columnReaders(rows, texts, plan, newFolder());
    const readers = { ...jsonReaders(lines, plan), ...textReaders(rows, columns, plan), ...others };
    expect(Object.keys(readers)).toHaveLength(15);
    expect(await differences(readers, textCases)).toEqual([]);
    // A database has types: it refuses a text where a number or an instant is needed, and says which column.
    for (const read of [parquet, table])
      await expect(read?.()).rejects.toThrow(/column "ts"\) must be a timestamp column/u);
  });

  it("of identifiers and segments, in databases too", async () => {
    const cases = textCases.filter(({ column }) => column === "unit" || column === "seg");
    const plan = planOf(cases.map((_, index) => idOf(index)));
    const readers = await columnReaders(
      rowsOf(cases, { ...plainTyped, unit: "u1" }),
      { ...types, unit: "VARCHAR" },
      plan,
      newFolder(),
    );
    expect(await differences(readers, cases)).toEqual([]);
  });

  it("of JSON, however its values are spelled", async () => {
    const rows = rowsOf(jsonCases, { ...plainTexts, unit: '"u1"', seg: '"s"' });
    const lines = rows.map((row) => {
      const keys = Object.entries(row).filter(([, value]) => value !== undefined);
      const spelled = keys.map(([key, value]) => `"${key}":${key === "id" ? `"${String(value)}"` : String(value)}`);
      return `{${spelled.join(",")}}`;
    });
    const readers = jsonReaders(lines, planOf(rows.map((_, index) => idOf(index))));
    expect(await differences(readers, jsonCases)).toEqual([]);
  });

  it("of columns with types", async () => {
    const plan = planOf(typedCases.map((_, index) => idOf(index)));
    const readers = await columnReaders(rowsOf(typedCases, plainTyped), types, plan, newFolder());
    expect(await differences(readers, typedCases)).toEqual([]);
  });

  it("tries more than 250 values, and explains only what happens", () => {
    expect(textCases.length + jsonCases.length + typedCases.length).toBeGreaterThan(250);
    expect([...needed].sort()).toEqual(explained.map(({ reader }) => reader).sort());
  });
});

describe("the record that all of them give", () => {
  const right: readonly (readonly [Case["column"], string, string])[] = [
    ["ok", "TRUE", '"1/1"'],
    ["ok", "200 OK", "rejected"],
    ["ok", "", '"0/0"'],
    ["ms", "1e3", '"1000"'],
    ["ms", "1,000", '"unusable":{"latencyMs":1}'],
    ["ms", "", '"values":["1/1","none","1"]'],
    ["ms", "-1", '"unusable":{"latencyMs":1}'],
    ["score", "-5.5", '"-5.5"'],
    ["ts", "1767571200", "rejected"],
    ["ts", "2026-02-30T00:00:00Z", "rejected"],
    ["ts", "2026-01-05T00:00:00+02", '"at":1767564000000'],
    ["ts", "[05/Jan/2026:00:00:00 +0000]", '"at":1767571200000'],
    ["unit", "9007199254740993", '"unit":["9007199254740993"]'],
    ["unit", "", "rejected"],
    ["unit", "a\r\nb", String.raw`"unit":["a\r\nb"]`],
  ];

  it("is the right one", async () => {
    const cases = right.map(([column, value]) => ({ column, value }));
    const rows = rowsOf(cases, plainTexts);
    const ids = cases.map((_, index) => idOf(index));
    const read = jsonReaders(
      rows.map((row) => JSON.stringify(row)),
      planOf(ids),
    )["NDJSON fast path"] as () => Promise<Summary>;
    const found = outcomes(await read(), ids);
    for (const [index, [, , expected]] of right.entries()) expect(found.get(idOf(index))).toContain(expected);
  });
});
