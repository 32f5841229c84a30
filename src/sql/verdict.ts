import type { CompiledField, CompiledMapping } from "../records/fields.ts";
import type { RejectionCode } from "../records/quality.ts";
import { earliestMilliseconds, latestMilliseconds } from "../records/timestamp.ts";
import type { SqlDialect } from "./dialect.ts";
import type { FieldSql } from "./field-sql.ts";
import type { TimeWindow } from "./source.ts";

/** What becomes of a row, as a number: used, or why not. */
export const verdicts = { used: 0, filtered: 1, beforeStart: 2, afterEnd: 3, otherArm: 4, firstRejection: 10 } as const;

/** One reason to turn a row away. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly field: CompiledField;
  readonly condition: string;
}

/** Names of the columns of a row that has been read, see `rowView`. */
export const named = {
  arm: "raw_arm",
  time: "raw_time",
  unit: "raw_unit",
  kept: "raw_kept",
  number: (field: string): string => `raw_${field}`,
  segment: (field: string): string => `raw_segment_${field}`,
} as const;

/** The reasons to turn a row away, in the order in which reading a row looks for them. */
export function rejectionsOf(mapping: CompiledMapping, fields: FieldSql, dialect: SqlDialect): Rejection[] {
  const { identifier, infinity, isNaN, number } = dialect;
  const rejections: Rejection[] = [];
  const missing = (name: string): string => `${identifier(name)} IS NULL OR ${identifier(name)} = ''`;
  rejections.push({ code: "arm-missing", field: mapping.arm, condition: missing(named.arm) });
  if (mapping.timestamp !== null) {
    const time = identifier(named.time);
    const numeric = fields.kindOf(mapping.timestamp) !== "timestamp";
    const implausible = numeric ? ` OR ${time} < ${number(earliestMilliseconds)} OR ${time} > ${number(latestMilliseconds)}${nanOf(mapping.timestamp, time)}` : "";
    rejections.push({ code: "timestamp-invalid", field: mapping.timestamp, condition: `${time} IS NULL${implausible}` });
  }
  if (mapping.unit !== null) rejections.push({ code: "unit-missing", field: mapping.unit, condition: missing(named.unit) });
  for (const field of mapping.numbers) {
    if (field.expression.kind === "comparison") continue;
    const value = identifier(named.number(field.field));
    const kind = fields.kindOf(field);
    const reject = (code: RejectionCode, condition: string): void => void rejections.push({ code, field, condition });
    if (field.field === "success") {
      if (kind !== "boolean") reject("success-not-boolean", `${value} <> ${number(0)} AND ${value} <> ${number(1)}${nanOf(field, value)}`);
      continue;
    }
    if (kind === "float") {
      reject("not-a-number", isNaN(value));
      reject("not-finite", `abs(${value}) = ${infinity}`);
    }
    if (field.field.endsWith("Ms") && kind !== "boolean") reject("negative-duration", `${value} < ${number(0)}`);
  }
  return rejections;

  function nanOf(field: CompiledField, value: string): string {
    return fields.kindOf(field) === "float" ? ` OR ${isNaN(value)}` : "";
  }
}

/** What the verdict on a row depends on. */
export interface VerdictTerms {
  readonly mapping: CompiledMapping;
  readonly rejections: readonly Rejection[];
  readonly arms: readonly string[];
  readonly window: TimeWindow;
  /** Whether rows that do not meet the mapping's conditions are among those read. */
  readonly filters: boolean;
}

/** The number that says what becomes of a row. Rows without anything to object to are decided by the first condition alone. */
export function verdictSql({ mapping, rejections, arms, window, filters }: VerdictTerms, dialect: SqlDialect): string {
  const { identifier, text, number } = dialect;
  const inPlan = `${identifier(named.arm)} IN (${arms.map(text).join(", ")})`;
  const time = identifier(named.time);
  const from = window.from === null || mapping.timestamp === null ? [] : [`${time} >= ${number(window.from)}`];
  const to = window.to === null || mapping.timestamp === null ? [] : [`${time} < ${number(window.to)}`];
  const sound = rejections.filter(({ code }) => code !== "arm-missing").map(({ condition }) => `coalesce(NOT (${condition}), 1 = 1)`);
  const whens = [
    ...(filters ? [`WHEN ${identifier(named.kept)} = 0 THEN ${verdicts.filtered}`] : []),
    ...rejections.map(({ condition }, index) => `WHEN ${condition} THEN ${verdicts.firstRejection + index}`),
    `WHEN NOT ${inPlan} THEN ${verdicts.otherArm}`,
    ...from.map((inside) => `WHEN NOT ${inside} THEN ${verdicts.beforeStart}`),
  ];
  const conditions = [...(filters ? [`${identifier(named.kept)} = 1`] : []), inPlan, ...from, ...to, ...sound];
  return `CASE WHEN ${conditions.join(" AND ")} THEN ${verdicts.used} ELSE CASE ${whens.join(" ")} ELSE ${verdicts.afterEnd} END END`;
}
