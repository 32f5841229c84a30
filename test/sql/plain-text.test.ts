import { describe, expect, it } from "vitest";
import { simplePlan } from "../../simulations/databases/seeded-records.ts";
import { DatabaseError, RecordsError } from "../../src/index.ts";
import { duckdbReader } from "../../src/node/index.ts";
import { type DialectName, dialects, type SqlSource, summarizeTable, summaryStatement } from "../../src/sql/index.ts";

/** C0 and C1 control characters, DEL, the line and paragraph separators, and half a surrogate pair. */
const control = [
  ...Array.from({ length: 32 }, (_, code) => code),
  ...Array.from({ length: 33 }, (_, code) => 0x7f + code),
  0x2028,
  0x2029,
  0xd800,
].map((code) => String.fromCharCode(code));

const columns = ["experiment", "arm", "ts", "user_id", "latency_ms", "ok", "tokens", "region"].map((name) => ({
  name,
  type: { ts: "timestamp", latency_ms: "double", ok: "boolean", tokens: "integer" }[name] ?? "text",
}));

/** A source and a plan with the text in one place. */
const places: Readonly<Record<string, (text: string) => { source: SqlSource; arms?: string[]; segments?: string[] }>> =
  {
    "a table": (text) => ({ source: { ...plain, table: text } }),
    "a schema": (text) => ({ source: { ...plain, table: [text, "req"] } }),
    "a column": (text) => ({
      source: {
        ...plain,
        columns: [...columns, { name: text, type: "text" }],
        mapping: { ...mapping, fields: { ...mapping.fields, arm: `"${text}"` } },
      },
    }),
    "a field": (text) => ({
      source: { ...plain, mapping: { ...mapping, fields: { ...mapping.fields, [text]: "tokens" } } },
    }),
    "an arm": (text) => ({ source: plain, arms: [text, "v2"] }),
    "a segment": (text) => ({
      source: {
        ...plain,
        mapping: { ...mapping, fields: { ...mapping.fields, [`segment.${text}`]: "region" } },
      },
      segments: [text],
    }),
    "a condition": (text) => ({
      source: { ...plain, mapping: { ...mapping, where: [`experiment == "${text}"`] } },
    }),
  };
const mapping = {
  fields: { arm: "arm", timestamp: "ts", success: "ok", latencyMs: "latency_ms" },
  where: ["experiment=prime"],
};
const plain: SqlSource = { table: "req", mapping, columns, scan: "table" };

describe("requirePlainText", () => {
  it.each(Object.keys(places))("refuses every control character in %s, in every dialect, and names it", (place) => {
    for (const name of Object.keys(dialects) as DialectName[])
      for (const character of control) {
        const text = `a${character}b`;
        const { source, ...more } = (places[place] as (typeof places)[string])(text);
        const code = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
        let failure: unknown;
        try {
          summaryStatement({ ...simplePlan(), ...more }, source, dialects[name]);
        } catch (error) {
          failure = error;
        }
        if (failure instanceof RecordsError && failure.code.startsWith("invalid-")) continue;
        expect(failure, `${name} ${code}`).toBeInstanceOf(DatabaseError);
        expect(failure).toMatchObject({ code: "control-character", engine: name });
        const { message } = failure as Error;
        expect(message).toContain(code);
        // eslint-disable-next-line no-control-regex
        expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u);
      }
  });

  it("refuses them in the name of a file that DuckDB would read", () => {
    for (const character of control)
      expect(() => duckdbReader(`z${character}COPY (SELECT 42) TO (chr(112));--.parquet`)).toThrow(
        /free of control characters/u,
      );
    expect(duckdbReader("it's [1].csv")).toEqual({ sql: "read_csv('it''s [[]1].csv')" });
  });

  it("sends nothing to the database", async () => {
    const sent: string[] = [];
    const query = async (sql: string): Promise<never[]> => {
      sent.push(sql);
      return [];
    };
    for (const table of ["a\rDROP TABLE b", "a\u2028b", ["s\n", "t"]])
      await expect(summarizeTable({ query }, simplePlan(), { table, mapping }, dialects.duckdb)).rejects.toMatchObject({
        code: "control-character",
        field: "table",
      });
    expect(sent).toEqual([]);
  });

  it("refuses a type that is no type of its database, for it stands in the statement", () => {
    const typed = (type: string): SqlSource => ({
      ...plain,
      scan: "window",
      columns: columns.map((column) => (column.name === "ts" ? { ...column, type } : column)),
    });
    for (const name of ["duckdb", "postgres", "snowflake"] as const) {
      const statement = (type: string): string =>
        summaryStatement({ ...simplePlan(), start: 0 }, typed(type), dialects[name]).sql;
      expect(statement("timestamp")).toContain("::timestamp");
      for (const type of ["timestamp; DROP TABLE x", "timestamp' OR 1=1", "timestamp\u2028x", "timestamp(1) -- "])
        expect(() => statement(type)).toThrow(/must be a timestamp column/u);
    }
  });
});

describe("the name of a table", () => {
  it("is read part by part; what can't be read is refused", () => {
    const sent: string[] = [];
    const query = async (sql: string): Promise<never[]> => {
      sent.push(sql);
      return [];
    };
    const ask = (table: string): Promise<unknown> =>
      summarizeTable({ query }, simplePlan(), { table, mapping }, dialects.duckdb);
    return Promise.all([
      ...["", ".", "a.", ".a", '"a', '"a"b', "a..b"].map((table) =>
        expect(ask(table)).rejects.toMatchObject({ code: "invalid-table", value: table }),
      ),
      expect(ask('my."odd "".name"')).rejects.toMatchObject({ code: "unknown-column" }),
    ]).then(() => expect(sent.join()).toContain('"my"."odd "".name"'));
  });
});
