import { isCondition } from "../../records/mapping/expression.ts";
import type { CompiledField, CompiledMapping } from "../../records/mapping/fields.ts";
import type { RejectionCode } from "../../records/quality.ts";
import { earliestMilliseconds, latestMilliseconds } from "../../records/timestamp.ts";
import type { SqlDialect } from "../dialect.ts";
import type { FieldSql } from "./field-sql.ts";

/** Why a row is not used, as a number. */
export const verdicts = { filtered: 1, beforeStart: 2, afterEnd: 3, otherArm: 4, firstRejection: 10 } as const;

/** One reason to turn a row away. */
export interface Rejection {
  readonly code: RejectionCode;
  /** The mapped field that is at fault. @internal */
  readonly field: CompiledField;
  /** Holds for the rows that are turned away. */
  readonly condition: string;
  /** Holds for the others, when all reasons of the field are taken together; given with the field's first reason. */
  readonly sound?: string;
  /** The offending value as a double; absent where it is nothing, or not a number. */
  readonly value?: string;
  /** What rows are always grouped by that tells whether the reason holds. */
  readonly toldBy?: "arm" | "time";
}

/** Names of the columns of a row that has been read, see `rowView`. */
export const named = {
  arm: "raw_arm",
  time: "raw_time",
  /** The timestamp as the table holds it, where its type is one of time. */
  instant: "raw_instant",
  unit: "raw_unit",
  instance: "raw_instance",
  kept: "raw_kept",
  number: (field: string): string => `raw_${field}`,
  /** 1 where a number was given that can't be used. */
  unusable: (field: string): string => `unusable_${field}`,
  segment: (field: string): string => `raw_segment_${field}`,
} as const;

/**
 * What must hold of a number that is used; elsewhere the field is missing, and the row stays.
 *
 * @param value - the number as an expression.
 * @returns `null` where every value can be used.
 */
export function usableCondition(
  field: CompiledField,
  value: string,
  fields: FieldSql,
  { infinity, number }: SqlDialect,
): string | null {
  if (isCondition(field.expression) || field.field === "success") return null;
  const kind = fields.kindOf(field);
  const duration = field.field.endsWith("Ms") && kind !== "boolean";
  const conditions = [
    ...(duration ? [`${value} >= ${number(0)}`] : []),
    ...(kind === "float" ? [`${duration ? value : `abs(${value})`} < ${infinity}`] : []),
  ];
  return conditions.length === 0 ? null : conditions.join(" AND ");
}

/** The reasons to turn a row away, in the order in which reading a row looks for them. */
export function rejectionsOf(mapping: CompiledMapping, fields: FieldSql, dialect: SqlDialect): Rejection[] {
  const { identifier, isNaN, number } = dialect;
  const rejections: Rejection[] = [];
  const missing = (name: string): string => `${identifier(name)} IS NULL OR ${identifier(name)} = ''`;
  rejections.push({ code: "arm-missing", field: mapping.arm, condition: missing(named.arm), toldBy: "arm" });
  if (mapping.timestamp !== null) {
    const time = identifier(named.time);
    const numeric = fields.kindOf(mapping.timestamp) !== "timestamp";
    const implausible = numeric
      ? ` OR ${time} < ${number(earliestMilliseconds)} OR ${time} > ` +
        `${number(latestMilliseconds)}${nanOf(mapping.timestamp, time)}`
      : "";
    const plausible = numeric
      ? `${time} BETWEEN ${number(earliestMilliseconds)} AND ${number(latestMilliseconds)}`
      : `${time} IS NOT NULL`;
    rejections.push({
      code: "timestamp-invalid",
      field: mapping.timestamp,
      condition: `${time} IS NULL${implausible}`,
      sound: plausible,
      ...(numeric ? { value: time } : { toldBy: "time" as const }),
    });
  }
  if (mapping.unit !== null && mapping.unitRequired)
    rejections.push({
      code: "unit-missing",
      field: mapping.unit,
      condition: missing(named.unit),
      sound: `${identifier(named.unit)} <> ''`,
    });
  for (const field of mapping.numbers) {
    if (isCondition(field.expression)) continue;
    if (field.field !== "success" || fields.kindOf(field) === "boolean") continue;
    const value = identifier(named.number(field.field));
    rejections.push({
      code: "success-not-boolean",
      field,
      condition: `${value} <> ${number(0)} AND ${value} <> ${number(1)}${nanOf(field, value)}`,
      sound: `(${value} IS NULL OR ${value} IN (${number(0)}, ${number(1)}))`,
      value,
    });
  }
  return rejections;

  function nanOf(field: CompiledField, value: string): string {
    return fields.kindOf(field) === "float" ? ` OR ${isNaN(value)}` : "";
  }
}
