import type { CompiledMapping } from "../../records/mapping/fields.ts";
import { earliestMilliseconds, latestMilliseconds } from "../../records/timestamp.ts";
import type { SqlDialect } from "../dialect.ts";
import type { TimeWindow } from "../source.ts";
import { unusedCode } from "./bins.ts";
import { named, type Rejection, verdicts } from "./verdict.ts";

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

/** Whether there is nothing to object to a row; NULL stands for false. */
export function usedCondition(terms: VerdictTerms, dialect: SqlDialect): string {
  return [inPlan(terms.arms, dialect), ...soundConditions(terms, () => false, dialect)].join(" AND ");
}

/**
 * Whether the keys of a group tell if a rejection holds for its rows, where these are also grouped by the values of a
 * field.
 */
export function isTold(rejection: Rejection, groupedField: string | undefined): boolean {
  return rejection.toldBy !== undefined || rejection.field.field === groupedField;
}

/**
 * The slot of a row that has nothing wrong with it but what the keys of its group tell, otherwise the code of what is
 * wrong: rows are judged one by one only as far as groups can't be.
 *
 * @param slot - `null` where all rows have the same.
 * @returns `null` where that is the slot of every row.
 */
export function judgedSlotSql(
  slot: string | null,
  terms: VerdictTerms,
  groupedField: string | undefined,
  dialect: SqlDialect,
): string | null {
  const conditions = soundConditions(terms, (rejection) => isTold(rejection, groupedField), dialect);
  return conditions.length === 0
    ? slot
    : `CASE WHEN ${conditions.join(" AND ")} THEN ${slot ?? dialect.number(0)} ELSE ` +
        `${flawSql(terms, groupedField, dialect)} END`;
}

/** What must hold for a row, but for rejections that are told otherwise and for its arm. */
function soundConditions(
  { mapping, rejections, window, filters, inWindow }: VerdictTerms,
  told: (rejection: Rejection) => boolean,
  dialect: SqlDialect,
): string[] {
  const inside = inWindow ? [] : insideConditions(mapping, window, dialect);
  const implied = ({ code }: Rejection): boolean =>
    code === "timestamp-invalid" && inside.length > 0 && windowIsPlausible(window);
  const sound = rejections.flatMap((rejection) =>
    rejection.sound === undefined || told(rejection) || implied(rejection) ? [] : [rejection.sound],
  );
  return [...(filters ? [`${dialect.identifier(named.kept)} = 1`] : []), ...inside, ...sound];
}

/** The code of what is wrong with a row with which something is: the last reason, when it is none of the others. */
function flawSql(
  { mapping, rejections, window, filters, inWindow }: VerdictTerms,
  groupedField: string | undefined,
  { identifier, number }: SqlDialect,
): string {
  const code = (verdict: number): string => number(unusedCode(verdict));
  const outside =
    inWindow || mapping.timestamp === null
      ? []
      : [
          ...(window.from === null
            ? []
            : [[`${identifier(named.time)} < ${number(window.from)}`, code(verdicts.beforeStart)] as const]),
          ...(window.to === null
            ? []
            : [[`${identifier(named.time)} >= ${number(window.to)}`, code(verdicts.afterEnd)] as const]),
        ];
  const reasons = [
    ...(filters ? [[`${identifier(named.kept)} = 0`, code(verdicts.filtered)] as const] : []),
    ...rejections.flatMap((rejection, index) =>
      rejection.toldBy === "arm" || rejection.field.field === groupedField
        ? []
        : [[rejection.condition, code(verdicts.firstRejection + index)] as const],
    ),
    ...outside,
  ];
  const [, last] = reasons.pop() as (typeof reasons)[number];
  return reasons.length === 0
    ? last
    : `CASE ${reasons.map(([condition, reason]) => `WHEN ${condition} THEN ${reason}`).join(" ")} ELSE ${last} END`;
}

/** Whether a row's arm is one of the plan's. */
export function inPlan(arms: readonly string[], { identifier, text }: SqlDialect): string {
  return `${identifier(named.arm)} IN (${arms.map(text).join(", ")})`;
}

function insideConditions(
  mapping: CompiledMapping,
  { from, to }: TimeWindow,
  { identifier, number }: SqlDialect,
): string[] {
  if (mapping.timestamp === null) return [];
  const time = identifier(named.time);
  return [
    ...(from === null ? [] : [`${time} >= ${number(from)}`]),
    ...(to === null ? [] : [`${time} < ${number(to)}`]),
  ];
}

/** Whether all instants of the window are plausible, so that being inside it is enough. */
function windowIsPlausible({ from, to }: TimeWindow): boolean {
  return from !== null && to !== null && from >= earliestMilliseconds && to <= latestMilliseconds;
}
