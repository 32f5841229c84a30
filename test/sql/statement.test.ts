import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { fullPolicy, seededMapping, simplePlan } from "../../simulations/databases/seeded-records.ts";
import { planFor } from "../../src/index.ts";
import { type DialectName, dialects, pilotStatement, type SqlColumn, summaryStatement } from "../../src/sql/index.ts";

const golden = resolve(import.meta.dirname, "../../fixtures/golden/sql");

const types: Readonly<
  Record<DialectName, readonly [text: string, time: string, double: string, boolean: string, integer: string]>
> = {
  duckdb: ["VARCHAR", "TIMESTAMP WITH TIME ZONE", "DOUBLE", "BOOLEAN", "INTEGER"],
  clickhouse: ["LowCardinality(Nullable(String))", "DateTime64(3)", "Nullable(Float64)", "UInt8", "UInt32"],
  postgres: ["text", "timestamp with time zone", "double precision", "boolean", "integer"],
  spark: ["string", "timestamp", "double", "boolean", "int"],
  bigquery: ["STRING", "TIMESTAMP", "FLOAT64", "BOOL", "INT64"],
  snowflake: ["TEXT", "TIMESTAMP_TZ", "FLOAT", "BOOLEAN", "NUMBER"],
  trino: ["varchar", "timestamp(3) with time zone", "double", "boolean", "integer"],
};

function columnsOf(name: DialectName): SqlColumn[] {
  const [text, time, double, boolean, integer] = types[name];
  const of = {
    experiment: text,
    arm: text,
    ts: time,
    user_id: text,
    latency_ms: double,
    ok: boolean,
    tokens: integer,
    cost: double,
    score: double,
    region: text,
  };
  return Object.entries(of).map(([column, type]) => ({ name: column, type }));
}

describe.each(Object.keys(dialects) as DialectName[])("the statements of %s", (name) => {
  const dialect = dialects[name];
  const source = { table: "logs.requests", mapping: seededMapping, columns: columnsOf(name) };

  it("stay as they were", async () => {
    const simple = summaryStatement(simplePlan(), { ...source, scan: "window" }, dialect);
    await expect(`${simple.sql}\n`).toMatchFileSnapshot(join(golden, `${name}-simple.sql`));
    const centres = new Map(
      ["v1", "v2", "v3"].map((arm) => [
        arm,
        new Map([
          ["score", 0.125],
          ["costUsd", 0.0011],
          ["tokens", 449],
        ]),
      ]),
    );
    const full = summaryStatement(planFor(fullPolicy()), { ...source, scan: "table" }, dialect, centres);
    await expect(`${full.sql}\n`).toMatchFileSnapshot(join(golden, `${name}-full.sql`));
    await expect(
      `${dialect.describe("logs.requests")}\n\n` +
        `${pilotStatement(planFor(fullPolicy()), { ...source, scan: "window" }, dialect)}\n`,
    ).toMatchFileSnapshot(join(golden, `${name}-around.sql`));
  });

  it("say so when no engine ever ran them", () => {
    const { sql } = summaryStatement(simplePlan(), { ...source, scan: "window" }, dialect);
    expect(sql.includes("never run")).toBe(!dialect.tested);
  });

  it("keep values and names that try to break out inside their quotes", () => {
    const nasty = `x'); DROP TABLE t; --"\`\\`;
    const plan = { ...simplePlan(), arms: [nasty, "v2"] };
    const columns = [...source.columns, { name: nasty, type: types[name][0] }];
    const { sql } = summaryStatement(
      plan,
      {
        ...source,
        table: [nasty],
        columns,
        scan: "table",
        mapping: { fields: seededMapping.fields, where: [`experiment=${JSON.stringify("a'b\\").slice(0, -2)}"`] },
      },
      dialect,
    );
    expect(unquoted(sql, name)).not.toMatch(/drop/iu);
  });
});

/** A statement without what is inside quotes, by the engine's rules. */
function unquoted(sql: string, name: DialectName): string {
  const backslash = name === "clickhouse" || name === "spark" || name === "bigquery" || name === "snowflake";
  const text = backslash ? /'(?:[^'\\]|\\.|'')*'/gsu : / E'(?:[^'\\]|\\.)*'|'(?:[^']|'')*'/gsu;
  const identifier =
    name === "clickhouse" || name === "bigquery"
      ? /`(?:[^`\\]|\\.)*`/gsu
      : name === "spark"
        ? /`(?:[^`]|``)*`/gsu
        : /"(?:[^"]|"")*"/gsu;
  return sql.replace(/^--.*$/gmu, "").replace(new RegExp(`${text.source}|${identifier.source}`, "gsu"), "_");
}
