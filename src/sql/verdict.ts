import type { CompiledField, CompiledMapping } from "../records/fields.ts";
import type { RejectionCode } from "../records/quality.ts";
import { earliestMilliseconds, latestMilliseconds } from "../records/timestamp.ts";
import { unusedCode } from "./bins.ts";
import type { SqlDialect } from "./dialect.ts";
import type { FieldSql } from "./field-sql.ts";
import type { TimeWindow } from "./source.ts";

/** Why a row is not used, as a number. */
export const verdicts = { filtered: 1, beforeStart: 2, afterEnd: 3, otherArm: 4, firstRejection: 10 } as const;

/** One reason to turn a row away. */
export interface Rejection {
  readonly code: RejectionCode;
  readonly field: CompiledField;
  /** Holds for the rows that are turned away. */
  readonly condition: string;
  /** Holds for the others, when all reasons of the field are taken together; given with the field's first reason. */
  readonly sound?: string;
  /** The offending value as a double; absent where it is nothing, or not a number. */
  readonly value?: string;
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
    const plausible = numeric ? `${time} BETWEEN ${number(earliestMilliseconds)} AND ${number(latestMilliseconds)}` : `${time} IS NOT NULL`;
    rejections.push({ code: "timestamp-invalid", field: mapping.timestamp, condition: `${time} IS NULL${implausible}`, sound: plausible, value: time });
  }
  if (mapping.unit !== null) rejections.push({ code: "unit-missing", field: mapping.unit, condition: missing(named.unit), sound: `${identifier(named.unit)} <> ''` });
  for (const field of mapping.numbers) {
    if (field.expression.kind === "comparison") continue;
    const value = identifier(named.number(field.field));
    const kind = fields.kindOf(field);
    if (field.field === "success") {
      if (kind !== "boolean") rejections.push({ code: "success-not-boolean", field, condition: `${value} <> ${number(0)} AND ${value} <> ${number(1)}${nanOf(field, value)}`, sound: `(${value} IS NULL OR ${value} IN (${number(0)}, ${number(1)}))`, value });
      continue;
    }
    const duration = field.field.endsWith("Ms") && kind !== "boolean";
    const reasons: readonly (readonly [RejectionCode, string])[] = [
      ...(kind === "float" ? [["not-a-number", isNaN(value)] as const, ["not-finite", `abs(${value}) = ${infinity}`] as const] : []),
      ...(duration ? [["negative-duration", `${value} < ${number(0)}`] as const] : []),
    ];
    const finite = `${duration ? value : `abs(${value})`} < ${infinity}`;
    const sound = `(${value} IS NULL OR ${[...(duration ? [`${value} >= ${number(0)}`] : []), ...(kind === "float" ? [finite] : [])].join(" AND ")})`;
    for (const [index, [code, condition]] of reasons.entries()) rejections.push({ code, field, condition, value, ...(index === 0 ? { sound } : {}) });
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
  /** Whether only instants inside the window are among those read, or none at all. */
  readonly inWindow: boolean;
}

/**
 * Whether there is nothing to object to a row; NULL stands for false.
 *
 * @param unchecked - a field whose values are not looked at, because its bad ones fall into groups of their own.
 */
export function usedCondition({ mapping, rejections, arms, window, filters, inWindow }: VerdictTerms, unchecked: string | undefined, dialect: SqlDialect): string {
  const { identifier } = dialect;
  const sound = rejections.flatMap((rejection) => (rejection.sound === undefined || rejection.field.field === unchecked || (rejection.code === "timestamp-invalid" && !inWindow && windowIsPlausible(window)) ? [] : [rejection.sound]));
  return [...(filters ? [`${identifier(named.kept)} = 1`] : []), inPlan(arms, dialect), ...(inWindow ? [] : insideConditions(mapping, window, dialect)), ...sound].join(" AND ");
}

/** The code that says why a row is not used, of a row that is not. */
export function unusedSql({ mapping, rejections, arms, window, filters }: VerdictTerms, dialect: SqlDialect): string {
  const { identifier, number } = dialect;
  const code = (verdict: number): string => number(unusedCode(verdict));
  const whens = [
    ...(filters ? [`WHEN ${identifier(named.kept)} = 0 THEN ${code(verdicts.filtered)}`] : []),
    ...rejections.map(({ condition }, index) => `WHEN ${condition} THEN ${code(verdicts.firstRejection + index)}`),
    `WHEN NOT ${inPlan(arms, dialect)} THEN ${code(verdicts.otherArm)}`,
    ...(window.from === null || mapping.timestamp === null ? [] : [`WHEN ${identifier(named.time)} < ${number(window.from)} THEN ${code(verdicts.beforeStart)}`]),
  ];
  return `CASE ${whens.join(" ")} ELSE ${code(verdicts.afterEnd)} END`;
}

function inPlan(arms: readonly string[], { identifier, text }: SqlDialect): string {
  return `${identifier(named.arm)} IN (${arms.map(text).join(", ")})`;
}

function insideConditions(mapping: CompiledMapping, { from, to }: TimeWindow, { identifier, number }: SqlDialect): string[] {
  if (mapping.timestamp === null) return [];
  const time = identifier(named.time);
  return [...(from === null ? [] : [`${time} >= ${number(from)}`]), ...(to === null ? [] : [`${time} < ${number(to)}`])];
}

/** Whether all instants of the window are plausible, so that being inside it is enough. */
function windowIsPlausible({ from, to }: TimeWindow): boolean {
  return from !== null && to !== null && from >= earliestMilliseconds && to <= latestMilliseconds;
}
