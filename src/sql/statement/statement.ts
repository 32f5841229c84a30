import type { Plan } from "../../summary/plan.ts";
import { type SqlDialect, tableName } from "../dialect.ts";
import type { ResultColumns } from "../result/result-row.ts";
import type { SqlSource } from "../source.ts";
import type { Centres } from "./aggregates.ts";
import { branchSql } from "./branch-sql.ts";
import { branchesOf } from "./branch.ts";
import { compileSource } from "./compile-source.ts";
import type { PartLayout } from "./layout.ts";
import { rowView } from "./row-view.ts";
import type { Rejection } from "./verdict.ts";

/** A statement, and how to read what it returns. */
export interface SummaryStatement {
  /**
   * Columns: `part`, `o_arm`, `o_slot`, `o_name` where there are segments or units, `o_bin` where values can be
   * negative, `o_edge`, `n`, `a0`, `a1`, …, and `rows`, how many rows there are, where the engine can say it.
   */
  readonly sql: string;
  readonly columns: ResultColumns;
  readonly parts: readonly PartLayout[];
  readonly rejections: readonly Rejection[];
  readonly timed: boolean;
  readonly centres: Centres;
  /** Name of the table, for messages. */
  readonly table: string;
}

/**
 * Which statement makes the database compute this summary?
 *
 * One statement, a UNION ALL of one branch for all records, one for each segment, one for units, times one for each
 * further field whose distribution is kept. It only reads, and returns counts and sums per period, arm and bucket.
 * `readRows` turns the rows into the summary.
 *
 * @param plan - what to keep, see `planFor`.
 * @param source - the table, with its columns.
 * @param dialect - one of `dialects`.
 * @param centres - pilot means for `mean` and `ratio` metrics; without them sums are taken around 0 and squares lose
 * digits.
 * @throws {RecordsError}, DatabaseError when the mapping does not give what the plan needs or a column has the wrong
 * type.
 * @example
 * ```ts
 * const source = { table: "requests", mapping, columns, scan: "window" } as const;
 * const { sql } = summaryStatement(planFor(policy), source, dialects.duckdb);
 * ```
 */
export function summaryStatement(
  plan: Plan,
  source: SqlSource,
  dialect: SqlDialect,
  centres: Centres = new Map(),
): SummaryStatement {
  const compiled = compileSource(source, plan, dialect);
  const view = rowView(compiled, plan, dialect);
  const mapped = new Set(compiled.mapping.numbers.map(({ field }) => field));
  const context = { plan, dialect, view, mapped, centres, timestamp: compiled.mapping.timestamp };
  const branches = branchesOf(context);
  const columns: ResultColumns = {
    name: branches.some(({ layout }) => layout.facet.kind !== "all"),
    bin: branches.some(({ layout }) => layout.sketch !== null && !layout.oneKey),
    aggregates: Array.from(
      { length: Math.max(...branches.map(({ aggregates }) => aggregates.size)) },
      (_, index) => `a${index}`,
    ),
  };
  const header =
    `-- Assay: ${plan.arms.length} arms, ${dialect.name}` +
    (dialect.tested ? "" : " (generated only, never run by the project)");
  const union = branches.map((branch, part) => branchSql(branch, part, columns, context)).join("\nUNION ALL\n");
  const counted =
    `SELECT *, count(*) OVER () AS ${dialect.identifier("rows")} FROM (\n${union}\n) ` + dialect.identifier("result");
  const sql = `${header}\n${dialect.windows ? counted : union}`;
  return {
    sql,
    columns,
    parts: branches.map(({ layout }) => layout),
    rejections: view.terms.rejections,
    timed: context.timestamp !== null,
    centres,
    table: tableName(source.table),
  };
}
