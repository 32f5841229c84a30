import type { CompiledMapping } from "../../records/mapping/fields.ts";
import type { Plan } from "../../summary/plan.ts";
import { requirePlainTable, type SqlDialect, type SqlTable } from "../dialect.ts";
import { requirePlainText } from "../plain-text.ts";

/**
 * Refuses control characters in every name and text that comes to stand in a statement: of the table, of its mapped
 * columns, of the record's fields, in conditions, and of arms and segments.
 *
 * @throws {DatabaseError} code `control-character`, naming the place
 */
export function requirePlainNames(mapping: CompiledMapping, plan: Plan, table: SqlTable, dialect: SqlDialect): void {
  const check = (text: string, field: string): void => void requirePlainText(text, field, dialect.name);
  if (typeof table === "string" || !("sql" in table)) requirePlainTable(table, dialect.name);
  const { arm, timestamp, unit, instance, requestId, numbers, segments, where } = mapping;
  for (const mapped of [arm, timestamp, unit, instance, requestId, ...numbers, ...segments, ...where]) {
    if (mapped === null) continue;
    const { field, expression } = mapped;
    check(field, "the name of a mapped field");
    for (const text of textsIn(expression)) check(text, `a column or text of ${field}`);
  }
  for (const [index, name] of plan.arms.entries()) check(name, `arms[${index}]`);
  for (const [index, name] of plan.segments.entries()) check(name, `segments[${index}]`);
}

/** Every text inside an expression, however deep it stands. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
