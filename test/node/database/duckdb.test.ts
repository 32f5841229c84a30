import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { duckdbReader, openDuckDb } from "../../../src/node/index.ts";
import { runCli } from "../../cli/run-cli.ts";
import { runDuckDb } from "../../helpers/run-duckdb.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-duckdb-"));
const path = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(path("a.csv"), "x,y\n1,2\n");
writeFileSync(path("b.csv"), "x,y\n9,9\n");
writeFileSync(path("[ab]'*.csv"), "x,y\n3,4\n5,6\n");

describe("openDuckDb", () => {
  it("reads the files named and no other, writes none, loads nothing and can't be unlocked", async () => {
    const connection = await openDuckDb(":memory:", { files: [path("a.csv"), path("[ab]'*.csv")] });
    const read = (name: string): Promise<readonly unknown[]> =>
      connection.query(`SELECT * FROM ${duckdbReader(path(name))?.sql}`);
    expect(await read("a.csv")).toHaveLength(1);
    expect(await read("[ab]'*.csv")).toHaveLength(2);
    for (const sql of [
      `SELECT * FROM ${duckdbReader(path("b.csv"))?.sql}`,
      `SELECT * FROM read_csv('${path("*.csv")}')`,
      `SELECT * FROM read_text('/etc/hostname')`,
      `COPY (SELECT 42) TO '${path("c.csv")}'`,
      `COPY (SELECT 42) TO '${path("a.csv")}'`,
      `ATTACH '${path("other.duckdb")}' AS other`,
      "INSTALL httpfs",
      "SET enable_external_access = true",
      "SET lock_configuration = false",
      "SET allowed_paths = ['/']",
      "SELECT 1; SELECT 2",
      "SELECT 1;\rSELECT 2",
    ])
      await expect(connection.query(sql), sql).rejects.toThrow(/Permission Error|Cannot change|one statement|locked/iu);
    expect(readdirSync(folder).sort()).toEqual(["[ab]'*.csv", "a.csv", "b.csv"]);
    await connection.close();
  });

  it("opens a database file for reading, and nothing beside it", async () => {
    const file = path("db.duckdb");
    await runDuckDb(`ATTACH '${file}' AS d`, "CREATE TABLE d.t AS SELECT 7 AS x", "DETACH d");
    const connection = await openDuckDb(file);
    expect(await connection.query("SELECT x FROM t")).toEqual([{ x: 7 }]);
    await expect(connection.query(`SELECT * FROM read_csv('${path("a.csv")}')`)).rejects.toThrow(/Permission Error/u);
    await expect(connection.query("CREATE TABLE u (x int)")).rejects.toThrow(/read-only/u);
    await connection.close();
    rmSync(file);
  });
});

describe("a file whose name holds a statement", () => {
  it.each(["\r", "\n", "\u0085", "\u2028"])("is not read by DuckDB (%j), and nothing runs", async (character) => {
    const name = `z${character}COPY (SELECT 42) TO (chr(112)||chr(119)) ;--.parquet`;
    writeFileSync(path(name), "PAR1");
    const { code, stderr } = await runCli(
      ...["analyze", path(name), "--control", "v1", "--treatment", "v2", "--engine", "duckdb"],
    );
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/free of control characters/u);
    expect(existsSync("pw") || existsSync(path("pw"))).toBe(false);
    rmSync(path(name));
  });
});
