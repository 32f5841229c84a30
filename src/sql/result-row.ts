import { DatabaseError, cannot } from "../errors.ts";
import type { SqlRow } from "./dialect.ts";

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
  readonly values: Float64Array;
}

/**
 * Reads a row, whatever types the client gives: numbers, bigints or texts of them.
 *
 * @throws DatabaseError when a column is missing or not a number: then this is not the result of the statement.
 */
export function readResultRow(row: SqlRow, width: number, engine: string): ResultRow {
  const number = (column: string): number => {
    const value = row[column];
    const read = typeof value === "number" ? value : typeof value === "bigint" || (typeof value === "string" && value.trim() !== "") ? Number(value) : Number.NaN;
    if (Number.isNaN(read)) throw unreadable(column, "a number", value, engine);
    return read;
  };
  const text = (column: string): string => {
    const value = row[column];
    if (typeof value !== "string") throw unreadable(column, "a text", value, engine);
    return value;
  };
  const count = (column: string): number => {
    const value = number(column);
    if (!Number.isSafeInteger(value) || value < 0) throw unreadable(column, "a count", row[column], engine);
    return value;
  };
  const values = new Float64Array(width);
  for (let index = 0; index < width; index++) {
    const value = row[`a${index}`];
    if (value === undefined) throw unreadable(`a${index}`, "a number", value, engine);
    values[index] = value === null ? Number.NaN : Number(value);
  }
  return { part: count("part"), arm: text("o_arm"), slot: number("o_slot"), name: text("o_name"), bin: number("o_bin"), edge: number("o_edge"), n: count("n"), values };
}

function unreadable(column: string, requirement: string, value: unknown, engine: string): DatabaseError {
  return new DatabaseError(cannot("read the result", column, requirement, value), {
    engine, code: "unexpected-result", field: column, value, fix: "Return the rows of the statement unchanged, as objects with its column names",
  });
}
