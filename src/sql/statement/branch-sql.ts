import { fieldsOf } from "../../summary/statistic.ts";
import type { ResultColumns } from "../result/result-row.ts";
import { isReplaced, usedSql } from "./aggregates.ts";
import { binSql, groupValueSql, plainEdgeSql, positionSql, unusedCode } from "./bins.ts";
import {
  type Branch,
  centredName,
  groupColumns,
  groupedField,
  isJudged,
  rangeOf,
  type StatementContext,
  usedAlias,
  usedName,
} from "./branch.ts";
import { groupVerdictSql } from "./group-verdict.ts";
import { fromLines, selectLines } from "./lines.ts";
import { epochSql, slotSql } from "./places.ts";
import { inPlan, judgedSlotSql } from "./row-verdict.ts";
import { type UnitKey, unitKey } from "./unit-key.ts";
import { named, verdicts } from "./verdict.ts";

/**
 * A branch as SQL. Rows are grouped by what can be had of them cheaply, their own arm and value among it; what is wrong
 * with a group, and what stands for it in the result, is found out for the few groups instead of for every row.
 */
export function branchSql(branch: Branch, part: number, columns: ResultColumns, context: StatementContext): string {
  const { dialect } = context;
  const { identifier } = dialect;
  const keys = [...keysOf(branch, context).keys()].map(identifier);
  const sums = branch.aggregates.ofRows.flatMap((rows, index) =>
    rows === null ? [] : [`${rows} AS ${identifier(`g${index}`)}`],
  );
  const groups = [
    ...selectLines([...keys, `count(*) AS ${identifier(groupColumns.rows)}`, ...sums]),
    ...fromLines(rowsOf(branch, context), identifier("rows_to_group")),
    `GROUP BY ${keys.join(", ")}`,
  ];
  const { result, from } = resultKeys(branch, groups, context);
  const known = new Map(result);
  const column = (name: string, otherwise: string): string =>
    known.has(name) ? identifier(name) : `${otherwise} AS ${identifier(name)}`;
  const outputs = [
    `${part} AS ${identifier("part")}`,
    column("o_arm", dialect.text("")),
    column("o_slot", dialect.number(0)),
    ...(columns.name ? [column("o_name", dialect.text(""))] : []),
    ...(columns.bin ? [column("o_bin", dialect.integer("0"))] : []),
    column("o_edge", dialect.number(0)),
    `${dialect.aggregate(`sum(${identifier(groupColumns.rows)})`)} AS ${identifier("n")}`,
    ...columns.aggregates.map(
      (name, index) => `${branch.aggregates.ofGroups(index, identifier(`g${index}`))} AS ${identifier(name)}`,
    ),
  ];
  const named = [
    ...selectLines(["*", ...result.map(([name, expression]) => `${expression} AS ${identifier(name)}`)]),
    ...fromLines(from, identifier("judged")),
  ];
  return [
    ...selectLines(outputs),
    ...fromLines(named, identifier("named")),
    `GROUP BY ${result.map(([name]) => identifier(name)).join(", ")}`,
  ].join("\n");
}

/** The columns that rows are grouped by, with the expressions of those that are made right before. */
function keysOf({ layout, statistics }: Branch, context: StatementContext): Map<string, string | null> {
  const { facet, sketch } = layout;
  const keys = new Map<string, string | null>([[named.arm, null]]);
  if (slotOf({ layout }, context) !== null) keys.set(groupColumns.slot, null);
  if (facet.kind !== "all") keys.set(groupColumns.name, null);
  const plan = sketch === null ? undefined : statistics[sketch];
  if (plan?.kind === "sketch") {
    const { bin, edge } = binSql(
      usedName(plan.field, context),
      context.dialect.identifier("position"),
      rangeOf(plan.field),
      context.dialect,
    );
    if (bin !== null) keys.set(groupColumns.bin, bin);
    keys.set(groupColumns.edge, edge);
  }
  return keys;
}

/** What stands for a group in the result, and the groups with their verdict. */
function resultKeys(
  { layout }: Branch,
  groups: readonly string[],
  context: StatementContext,
): { readonly result: readonly (readonly [string, string])[]; readonly from: readonly string[] } {
  const { dialect, view } = context;
  const { identifier, number, text } = dialect;
  const { facet, sketch, oneKey, extent } = layout;
  const column = {
    arm: identifier(named.arm),
    slot: identifier(groupColumns.slot),
    bin: identifier(groupColumns.bin),
    edge: identifier(groupColumns.edge),
  };
  const slotted = slotOf({ layout }, context) !== null;
  const judged = isJudged(layout);
  const verdict = identifier("verdict");
  const ifUsed = (value: string, otherwise: string): string =>
    judged ? `CASE WHEN ${verdict} IS NULL THEN ${value} ELSE ${otherwise} END` : value;
  const result: (readonly [string, string])[] = [
    [
      "o_arm",
      judged
        ? `CASE WHEN ${verdict} IS NULL OR ${verdict} = ${number(unusedCode(verdicts.otherArm))} OR ` +
          `${inPlan(view.terms.arms, dialect)} THEN ${column.arm} ELSE ${text("")} END`
        : column.arm,
    ],
    ...(slotted ? [["o_slot", ifUsed(column.slot, number(0))] as const] : []),
    ...(facet.kind === "all" ? [] : [["o_name", identifier(groupColumns.name)] as const]),
    ...(sketch === null || oneKey ? [] : [["o_bin", ifUsed(column.bin, dialect.integer("0"))] as const]),
  ];
  if (sketch !== null)
    result.push([
      "o_edge",
      `CASE ${judged ? `WHEN ${verdict} IS NOT NULL THEN ${verdict} ` : ""}${plainEdgeSql(column.edge, dialect)}`,
    ]);
  else if (judged) result.push(["o_edge", `coalesce(${verdict}, ${number(0)})`]);
  if (!judged) return { result, from: groups };
  const field = groupedField(context);
  const value =
    field === undefined
      ? null
      : `${oneKey ? groupValueSql(column.edge, dialect) : column.edge} AS ${identifier(named.number(field))}`;
  const valued =
    value === null ? groups : [...selectLines(["*", value]), ...fromLines(groups, identifier("groups_of_rows"))];
  const first = extent === null ? null : identifier(`g${extent.first}`);
  const said = groupVerdictSql(view.terms, field, { slot: slotted ? column.slot : null, first }, dialect);
  return { result, from: [...selectLines(["*", `${said} AS ${verdict}`]), ...fromLines(valued, identifier("valued"))] };
}

/** The slot of a row, or in the first branch the code of what is wrong with it; `null` where all rows have the same. */
function slotOf({ layout }: Pick<Branch, "layout">, context: StatementContext): string | null {
  const { plan, dialect, timestamp, view } = context;
  const slot =
    timestamp === null ? null : layout.facet.kind === "units" ? epochSql(plan, dialect) : slotSql(plan, dialect);
  return isJudged(layout) ? judgedSlotSql(slot, view.terms, groupedField(context), dialect) : slot;
}

/** The rows with the columns that they are grouped by, and all that is summed. */
function rowsOf(branch: Branch, context: StatementContext): string[] {
  const { dialect, view } = context;
  const { identifier } = dialect;
  const { layout, statistics } = branch;
  const { facet, sketch } = layout;
  const segment =
    facet.kind === "segment" ? ` AND ${identifier(named.segment(facet.field))} <> ${dialect.text("")}` : "";
  const placed = [
    ...selectLines(["*", ...placedColumns(branch, context)]),
    ...fromLines(view.lines, identifier("typed")),
    ...(isJudged(layout) ? [] : [`WHERE ${view.used}${segment}`]),
  ];
  const plan = sketch === null ? undefined : statistics[sketch];
  if (plan?.kind !== "sketch") return placed;
  const position =
    `${positionSql(usedName(plan.field, context), plan.scale, rangeOf(plan.field), dialect)} AS ` +
    `${identifier("position")}`;
  const positioned = [...selectLines(["*", position]), ...fromLines(placed, `${identifier("placed")}${dialect.fence}`)];
  const made = [...keysOf(branch, context)].flatMap(([name, expression]) =>
    expression === null ? [] : [`${expression} AS ${identifier(name)}`],
  );
  return [...selectLines(["*", ...made]), ...fromLines(positioned, identifier("positioned"))];
}

/** The keys and values that rows are grouped and summed by, but for buckets. */
function placedColumns({ layout, statistics }: Branch, context: StatementContext): string[] {
  const { facet, sketch, scalars } = layout;
  const { dialect, plan, mapped, centres, view } = context;
  const { identifier, text, number } = dialect;
  const arm = identifier(named.arm);
  const slot = slotOf({ layout }, context);
  const unit: UnitKey | undefined = facet.kind === "units" ? unitKey(view, plan, facet.of, dialect) : undefined;
  const wanted = new Set(
    statistics
      .filter((statistic, index) => index === sketch || (scalars && statistic.kind !== "sketch"))
      .flatMap(fieldsOf),
  );
  const centred = new Set(
    scalars ? statistics.filter(({ kind }) => kind === "moments" || kind === "comoments").flatMap(fieldsOf) : [],
  );
  const centre = (field: string): string => {
    const known = plan.arms
      .map((name) => [name, centres.get(name)?.get(field) ?? 0] as const)
      .filter(([, value]) => value !== 0);
    return known.length === 0
      ? ""
      : ` - CASE ${known.map(([name, value]) => `WHEN ${arm} = ${text(name)} THEN ${number(value)}`).join(" ")} ` +
          `ELSE ${number(0)} END`;
  };
  return [
    ...(slot === null ? [] : [`${slot} AS ${identifier(groupColumns.slot)}`]),
    ...(facet.kind === "segment"
      ? [`${identifier(named.segment(facet.field))} AS ${identifier(groupColumns.name)}`]
      : []),
    ...(unit === undefined
      ? []
      : [`${unit.name} AS ${identifier(groupColumns.name)}`, `${unit.hashed} AS ${identifier("hashed")}`]),
    ...[...wanted]
      .filter((field) => isReplaced(field, plan, mapped))
      .map((field) => `${usedSql(field, plan, mapped, dialect)} AS ${identifier(usedAlias(field))}`),
    ...[...centred].map(
      (field) => `${usedSql(field, plan, mapped, dialect)}${centre(field)} AS ${identifier(centredName(field))}`,
    ),
  ];
}
