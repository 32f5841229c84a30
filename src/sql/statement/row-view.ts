import { earliestMilliseconds, latestMilliseconds } from "../../records/timestamp.ts";
import type { Plan } from "../../summary/plan.ts";
import { type SqlDialect, tableText } from "../dialect.ts";
import type { CompiledSource } from "./compile-source.ts";
import { FieldSql } from "./field-sql.ts";
import { selectLines } from "./lines.ts";
import { usedCondition, type VerdictTerms } from "./row-verdict.ts";
import { named, rejectionsOf, usableCondition } from "./verdict.ts";

/** The rows of a table as records. */
export interface RowView {
  /** A query of one row per row of the table, with its fields as `raw_…`; line by line. */
  readonly lines: readonly string[];
  /** Whether such a row is part of the summary; NULL stands for false. */
  readonly used: string;
  readonly terms: VerdictTerms;
  readonly fields: FieldSql;
}

export function rowView(compiled: CompiledSource, plan: Plan, dialect: SqlDialect): RowView {
  const { source, mapping, window } = compiled;
  const { identifier } = dialect;
  const fields = new FieldSql(dialect, source.columns);
  const columns: string[] = [];
  const give = (expression: string, name: string): void => void columns.push(`${expression} AS ${identifier(name)}`);
  give(fields.text(mapping.arm), named.arm);
  if (mapping.timestamp !== null) {
    give(fields.instant(mapping.timestamp), named.time);
    if (fields.kindOf(mapping.timestamp) === "timestamp") give(fields.column(mapping.timestamp), named.instant);
  }
  if (mapping.unit !== null) give(fields.text(mapping.unit), named.unit);
  if (mapping.instance !== null) give(fields.text(mapping.instance), named.instance);
  for (const field of mapping.numbers) {
    const value = fields.number(field);
    const usable = usableCondition(field, value, fields, dialect);
    give(usable === null ? value : `CASE WHEN ${usable} THEN ${value} END`, named.number(field.field));
    if (usable !== null)
      give(
        `CASE WHEN ${value} IS NULL OR (${usable}) THEN ${dialect.number(0)} ELSE ${dialect.number(1)} END`,
        named.unusable(field.field),
      );
  }
  for (const field of mapping.segments) give(fields.text(field), named.segment(field.field));
  const conditions = mapping.where.map((field) => fields.condition(field));
  const filters = source.scan === "table" && conditions.length > 0;
  if (filters) give(`CASE WHEN ${conditions.join(" AND ")} THEN 1 ELSE 0 END`, named.kept);
  const rejections = rejectionsOf(mapping, fields, dialect);
  const inWindow =
    source.scan === "window" && mapping.timestamp !== null && fields.kindOf(mapping.timestamp) === "timestamp";
  const terms = { mapping, rejections, arms: plan.arms, window, filters, inWindow };
  const where = source.scan === "table" ? [] : [...conditions, ...timeCondition(compiled, fields, dialect)];
  const lines = [
    ...selectLines(columns),
    `FROM ${tableText(dialect, source.table)}`,
    ...where.map((condition, index) => `${index === 0 ? "WHERE" : "  AND"} ${condition}`),
  ];
  return { lines, used: usedCondition(terms, dialect), terms, fields };
}

/**
 * The time window as a condition on the column itself, so that partitions and indexes serve; rows whose timestamp is
 * unusable stay in.
 */
export function timeCondition(
  { source, mapping, window }: CompiledSource,
  fields: FieldSql,
  dialect: SqlDialect,
): string[] {
  const field = mapping.timestamp;
  if (field === null || (window.from === null && window.to === null)) return [];
  const column = fields.column(field);
  const type = fields.typeOf(field);
  const factor = field.expression.kind === "column" ? field.expression.factor : 1;
  const timestamp = fields.kindOf(field) === "timestamp";
  const plain = (value: number): string => (Number.isSafeInteger(value) ? String(value) : dialect.number(value));
  const literal = (milliseconds: number, widen: number): string =>
    timestamp ? dialect.instant(milliseconds, type) : plain((milliseconds / factor) * (1 + widen));
  const slack = factor === 1 ? 0 : 1e-12;
  const inside = [
    ...(window.from === null ? [] : [`${column} >= ${literal(window.from, -slack)}`]),
    ...(window.to === null ? [] : [`${column} < ${literal(window.to, slack)}`]),
  ].join(" AND ");
  if (source.untimed === false) return [inside];
  const unusable = timestamp
    ? `${column} IS NULL`
    : `${column} IS NULL OR ${column} < ${literal(earliestMilliseconds, -slack)} OR ${column} > ` +
      `${literal(latestMilliseconds, slack)}`;
  return [`(${inside} OR ${unusable})`];
}
