import { DatabaseError } from "../../errors.ts";
import type { SqlRow } from "../dialect.ts";

/**
 * Refuses a result whose branches counted different rows: part of it is missing, or the table changed while it was
 * read.
 *
 * @param totals - the counts of each place, one per branch.
 */
export function requireConsistent(totals: ReadonlyMap<string, readonly number[]>, engine: string): void {
  for (const [place, counts] of totals) {
    if (counts.every((count) => count === counts[0])) continue;
    throw new DatabaseError(
      `Cannot use the result: the rows counted for ${place} must be the same in every branch of the statement, ` +
        `current values are ${counts.join(", ")}`,
      {
        engine,
        code: "inconsistent-result",
        field: place,
        value: counts,
        fix:
          "Run it again on periods that are closed, or on a snapshot: the table changed while it was read, or " +
          "rows of the result were lost",
      },
    );
  }
}

/** Refuses a result of which a client kept only the first rows. */
export function requireWhole(rows: readonly SqlRow[], engine: string): void {
  const said = rows[0]?.["rows"];
  if (said === undefined || Number(said) === rows.length) return;
  throw new DatabaseError(
    `Cannot use the result: query must return all ${Number(said)} rows of the statement, current value is ` +
      `${rows.length}`,
    {
      engine,
      code: "truncated-result",
      field: "query",
      value: rows.length,
      fix: "Lift the client's row limit",
    },
  );
}
