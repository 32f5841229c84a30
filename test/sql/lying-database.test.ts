import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { loadDuckDb } from "../../simulations/databases/load.ts";
import { seededMapping, seededRows, simplePlan } from "../../simulations/databases/seeded-records.ts";
import { AssayError, createRandom, decodeSummary, encodeSummary } from "../../src/index.ts";
import { dialects, type SqlRow, summarizeTable } from "../../src/sql/index.ts";

/** Answers of the summary's statement with one figure changed, run after run. */
async function answers(): Promise<(change: (rows: Record<string, unknown>[]) => void) => Promise<string>> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await loadDuckDb(connection, seededRows(300, 3, 12));
  const plan = simplePlan();
  const known = new Map<string, readonly SqlRow[]>();
  return async (change) => {
    const query = async (sql: string): Promise<readonly SqlRow[]> => {
      if (!known.has(sql)) known.set(sql, (await connection.runAndReadAll(sql)).getRowObjectsJS() as SqlRow[]);
      const rows = (known.get(sql) as readonly SqlRow[]).map((row) => ({ ...row }));
      if (sql.startsWith("-- Assay")) change(rows);
      return rows;
    };
    const source = { table: "req", mapping: seededMapping, scan: "table" } as const;
    return encodeSummary(await summarizeTable({ query }, plan, source, dialects.duckdb));
  };
}

describe("a database that lies", () => {
  it("is refused with an error of Assay's own, or gives a summary that reads back to the same bytes", async () => {
    const ask = await answers();
    const truth = await ask(() => undefined);
    expect(encodeSummary(decodeSummary(truth))).toBe(truth);
    const random = createRandom(5);
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
    const lies = [-1, Number.NaN, 0.5, Infinity, 1e300, 2 ** 53, null, "", "v9", "x", -1n, {}, undefined, 0, 7];
    const outcomes = { refused: 0, accepted: 0 };
    for (let run = 0; run < 40; run++) {
      try {
        const text = await ask((rows) => {
          const row = pick(rows);
          row[pick(Object.keys(row))] = pick(lies);
        });
        expect(encodeSummary(decodeSummary(text))).toBe(text);
        outcomes.accepted++;
      } catch (error) {
        expect(error, String((error as Error).stack)).toBeInstanceOf(AssayError);
        outcomes.refused++;
      }
    }
    expect(outcomes.refused).toBeGreaterThan(10);
  }, 60_000);

  // The engine gives its rows in any order, and rows outside the experiment's periods hold no figures that are used.
  it.each<[string, (row: Record<string, unknown>) => void]>([
    ["a count of -1", (row) => (row["n"] = -1)],
    ["a count that is none", (row) => (row["n"] = Number.NaN)],
    ["more successes than trials", (row) => (row["a1"] = 1e6)],
    ["the name of another arm", (row) => (row["o_arm"] = "v9")],
    ["an hour long after the experiment", (row) => (row["o_slot"] = 4e12)],
  ])("is refused and named: %s", async (_what, change) => {
    const ask = await answers();
    await expect(
      ask((rows) => {
        const inPeriod = (row: Record<string, unknown>): boolean => Number(row["o_slot"]) > 0;
        const used = rows.find((row) => row["part"] === 0 && row["o_arm"] === "v1" && inPeriod(row));
        change(used as Record<string, unknown>);
      }),
    ).rejects.toBeInstanceOf(AssayError);
  });
});
