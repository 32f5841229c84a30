import { cannot, DatabaseError } from "../../errors.ts";
import { verdictOf } from "../statement/bins.ts";
import type { PartLayout } from "../statement/layout.ts";
import type { ResultRow } from "./result-row.ts";

/**
 * Refuses a row whose figures no rows of a table have: counts that are negative, broken or larger than the number of
 * rows, instants that are none.
 *
 * @throws {DatabaseError} `inconsistent-result`, naming the column
 */
export function requirePlausible(row: ResultRow, part: PartLayout, engine: string): void {
  const { n, values, slot } = row;
  const refuse = (field: string, requirement: string, value: unknown): DatabaseError =>
    new DatabaseError(cannot("use the result", field, requirement, value), {
      engine,
      code: "inconsistent-result",
      field,
      value,
      fix: "Return the rows of the statement unchanged; if they are, the database's answer can't be true",
    });
  const requireCount = (index: number, most: number): number => {
    const value = values[index] as number;
    if (Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
    throw refuse(`a${index}`, `a whole number from 0 to ${most}`, value);
  };
  const unused = part.facet.kind === "all" && part.scalars && verdictOf(row.edge) !== undefined;
  if (!Number.isFinite(slot)) throw refuse("o_slot", "a finite number", slot);
  if (unused) return;
  for (const layout of part.statistics) {
    if (layout?.kind === "count") requireCount(layout.successes, requireCount(layout.trials, n));
    else if (layout?.kind === "moments" || layout?.kind === "comoments") {
      const { kind: _kind, count, ...sums } = layout;
      requireCount(count, n);
      for (const index of Object.values(sums))
        if (Number.isNaN(values[index])) throw refuse(`a${index}`, "a number", values[index]);
    }
  }
  for (const [, index] of part.present) requireCount(index, n);
  if (part.failures !== null) requireCount(part.failures.successes, requireCount(part.failures.trials, n));
  if (part.extent === null) return;
  const { first, last } = part.extent;
  if (!((values[first] as number) <= (values[last] as number)))
    throw refuse(`a${first}`, `an instant not after a${last}`, [values[first], values[last]]);
}
