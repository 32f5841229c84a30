import { cannot, DatabaseError } from "../../errors.ts";
import type { SqlRow } from "../dialect.ts";

/** One row of the statement's result, checked. */
export interface ResultRow {
  readonly part: number;
  readonly arm: string;
  readonly slot: number;
  readonly name: string;
  readonly bin: number;
  readonly edge: number;
  readonly n: number;
  /** The aggregates; NaN where they are of rows that were not used. */
  readonly values: readonly number[];
}

/** Which columns a result has besides `part`, `o_arm`, `o_slot`, `o_edge` and `n`. */
export interface ResultColumns {
  readonly name: boolean;
  readonly bin: boolean;
  /** The names of the aggregates. */
  readonly aggregates: readonly string[];
}

/**
 * Reads a row, whatever types the client gives: numbers, bigints or texts of them.
 *
 * @throws {DatabaseError} when a column is missing or not a number: then this is not the result of the statement.
 */
export function readResultRow(row: SqlRow, { name, bin, aggregates }: ResultColumns, engine: string): ResultRow {
  const values: number[] = [];
  for (const column of aggregates) {
    const value = row[column];
    if (value === undefined) throw unreadable(column, "a number", value, engine);
    values.push(value === null ? Number.NaN : Number(value));
  }
  return {
    part: countIn(row, "part", engine),
    arm: textIn(row, "o_arm", engine),
    slot: numberIn(row, "o_slot", engine),
    name: name ? textIn(row, "o_name", engine) : "",
    bin: bin ? numberIn(row, "o_bin", engine) : 0,
    edge: numberIn(row, "o_edge", engine),
    n: countIn(row, "n", engine),
    values,
  };
}

function numberIn(row: SqlRow, column: string, engine: string): number {
  const value = row[column];
  const read =
    typeof value === "number"
      ? value
      : typeof value === "bigint" || (typeof value === "string" && value.trim() !== "")
        ? Number(value)
        : Number.NaN;
  if (Number.isNaN(read)) throw unreadable(column, "a number", value, engine);
  return read;
}

function textIn(row: SqlRow, column: string, engine: string): string {
  const value = row[column];
  if (typeof value !== "string") throw unreadable(column, "a text", value, engine);
  return value;
}

function countIn(row: SqlRow, column: string, engine: string): number {
  const value = numberIn(row, column, engine);
  if (!Number.isSafeInteger(value) || value < 0) throw unreadable(column, "a count", row[column], engine);
  return value;
}

function unreadable(column: string, requirement: string, value: unknown, engine: string): DatabaseError {
  return new DatabaseError(cannot("read the result", column, requirement, value), {
    engine,
    code: "unexpected-result",
    field: column,
    value,
    fix: "Return the rows of the statement unchanged, as objects with its column names",
  });
}
