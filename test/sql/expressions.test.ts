import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Expression, printExpression } from "../../src/records/mapping/expression-tree.ts";
import { compileMapping } from "../../src/records/mapping/fields.ts";
import { duckdb } from "../../src/sql/dialects/duckdb.ts";
import { dialects } from "../../src/sql/index.ts";
import { FieldSql } from "../../src/sql/statement/field-sql.ts";
import {
  drawnCondition,
  drawnNumber,
  type DrawnRow,
  drawnRows,
  drawnText,
  obviousValue,
} from "../helpers/drawn-expressions.ts";

const columns = [
  { name: "n", type: "DOUBLE" },
  { name: "m", type: "DOUBLE" },
  { name: "t", type: "VARCHAR" },
  { name: "u", type: "VARCHAR" },
  { name: "b", type: "BOOLEAN" },
  { name: "body", type: "VARCHAR" },
];
const fieldsOf = (fields: Readonly<Record<string, string>>) =>
  compileMapping(
    { fields: { arm: "t", ...fields } },
    columns.map(({ name }) => name),
  );
const hasColumn = (tree: Expression): boolean =>
  /"[nmtub]"/u.test(printExpression(tree)) && !/^"[nm]" [*/] 0$/u.test(printExpression(tree));

describe("expressions in DuckDB", () => {
  let instance: DuckDBInstance;
  beforeAll(async () => {
    instance = await DuckDBInstance.create(":memory:");
  });
  afterAll(() => instance.closeSync());

  it("give the values of a slow and obvious evaluator", async () => {
    const connection = await instance.connect();
    const trees = fc.array(fc.tuple(drawnCondition.filter(hasColumn), drawnNumber.filter(hasColumn), drawnText), {
      minLength: 20,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(trees, drawnRows, async (all, rows) => {
        const values = rows.map((row, index) => `(${index}, ${literals(row)})`).join(", ");
        const from = `FROM (VALUES ${values}) AS r(i, n, m, t, u, b)`;
        const typed =
          `SELECT i, n::DOUBLE AS n, m::DOUBLE AS m, t::VARCHAR AS t, u::VARCHAR AS u, ` + `b::BOOLEAN AS b ${from}`;
        const sql = new FieldSql(duckdb, columns);
        const selected = all.flatMap(([condition, number, text], index) => {
          const mapped = fieldsOf({
            success: printExpression(condition),
            value: printExpression(number),
            "segment.s": printExpression(text),
          });
          const [success, value] = mapped.numbers as [(typeof mapped.numbers)[0], (typeof mapped.numbers)[0]];
          const [segment] = mapped.segments as [(typeof mapped.segments)[0]];
          return [
            `${sql.number(success)} AS c${index}`,
            `${sql.number(value)} AS v${index}`,
            `${sql.text(segment)} AS s${index}`,
          ];
        });
        const result = await connection.runAndReadAll(`SELECT ${selected.join(", ")} FROM (${typed}) ORDER BY i`);
        const got = result.getRowObjectsJS();
        for (const [at, row] of rows.entries()) {
          for (const [index, [condition, number, text]] of all.entries()) {
            const record = got[at] as Record<string, unknown>;
            expect([printExpression(condition), record[`c${index}`]]).toEqual([
              printExpression(condition),
              Number(obviousValue(condition, row)),
            ]);
            expect([printExpression(number), usable(record[`v${index}`])]).toEqual([
              printExpression(number),
              usable(obviousValue(number, row)),
            ]);
            expect(record[`s${index}`] ?? null).toBe(obviousValue(text, row));
          }
        }
      }),
      { numRuns: 25 },
    );
    connection.closeSync();
  });

  it("read members of JSON texts", async () => {
    const connection = await instance.connect();
    const mapped = fieldsOf({ value: 'json(body).usage."total.ms" * 2', success: "json(body).state == done" });
    const sql = new FieldSql(duckdb, columns);
    const [value, success] = mapped.numbers as [(typeof mapped.numbers)[0], (typeof mapped.numbers)[0]];
    const result = await connection.runAndReadAll(
      `SELECT ${sql.number(value)} AS v, ${sql.number(success)} AS c FROM (VALUES ` +
        `('{"usage":{"total.ms":21},"state":"done"}'), ('{"state":"x"}'), ('no JSON'), (NULL)) AS r(body)`,
    );
    expect(result.getRowsJS()).toEqual([
      [42, 1],
      [null, 0],
      [null, 0],
      [null, 0],
    ]);
    connection.closeSync();
  });

  it("are refused where databases differ, with the field", () => {
    const mapped = fieldsOf({ latencyMs: "duration(t)" });
    const sql = new FieldSql(duckdb, columns);
    expect(() => sql.number(mapped.numbers[0] as (typeof mapped.numbers)[0])).toThrow(
      /latencyMs.*duration.*in a view/su,
    );
  });

  it("quote texts and names by the dialect only", () => {
    const hostile = `contains(t, "x' OR 1=1 --") and t in ('";DROP', b) and "n" > 1`;
    for (const dialect of Object.values(dialects)) {
      const mapped = fieldsOf({ success: hostile });
      const text = new FieldSql(
        dialect,
        columns.map((column) => ({ ...column, type: typeIn(dialect.name, column.type) })),
      );
      const sql = text.condition(mapped.numbers[0] as (typeof mapped.numbers)[0]);
      expect(sql).toContain(dialect.text("x' OR 1=1 --"));
      expect(sql).toContain(dialect.text('";DROP'));
      expect(sql).toContain(dialect.identifier("n"));
    }
  });
});

function typeIn(dialect: string, type: string): string {
  if (dialect !== "clickhouse") return type;
  return type === "DOUBLE" ? "Nullable(Float64)" : type === "BOOLEAN" ? "Nullable(Bool)" : "Nullable(String)";
}

function literals({ n, m, t, u, b }: DrawnRow): string {
  const text = (value: string | null): string => (value === null ? "NULL" : `'${value.replaceAll("'", "''")}'`);
  return `${n ?? "NULL"}, ${m ?? "NULL"}, ${text(t)}, ${text(u)}, ${b ?? "NULL"}`;
}

function usable(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(14)) + 0 : null;
}
