import { clusterStatistics } from "../summary/clusters.ts";
import type { Plan, StatisticPlan } from "../summary/plan.ts";
import { fieldsOf } from "../summary/statistic.ts";
import { Aggregates, type Centres, type StatisticLayout, isReplaced, usedSql } from "./aggregates.ts";
import { type ValueRange, binSql, edgeCodes, positionSql, unusedCode } from "./bins.ts";
import { type SqlDialect, tableName } from "./dialect.ts";
import { epochSql, slotSql } from "./places.ts";
import { type RowView, rowView } from "./row-view.ts";
import { compileSource } from "./compile-source.ts";
import type { SqlSource } from "./source.ts";
import { type UnitKey, unitKey } from "./unit-key.ts";
import { type Rejection, named, verdicts } from "./verdict.ts";

/** Which rows a branch of the statement is about, and by what it groups them beside period and arm; `all` are also those that are not part of the summary. */
export type Facet = { readonly kind: "all" } | { readonly kind: "segment"; readonly field: string } | { readonly kind: "units" };

/** How to read the rows of one branch. */
export interface PartLayout {
  readonly facet: Facet;
  /** Which statistic's buckets the rows are grouped by; `null` when there is none. */
  readonly sketch: number | null;
  /** Whether the rows also carry the other statistics. */
  readonly scalars: boolean;
  /** By position in the plan; `undefined` for statistics that another branch carries. */
  readonly statistics: readonly (StatisticLayout | undefined)[];
  /** Whether bucket and code are in one key. */
  readonly oneKey: boolean;
  /** Of the first branch: how many rows have each mapped number. */
  readonly present: Readonly<Record<string, number>>;
  readonly extent: { readonly first: number; readonly last: number } | null;
  /** `zeroLatency`: how many failures carry latency 0; `null` when latency is not known; "edge" when they are the failures of the rows whose own value is 0. */
  readonly failures: { readonly trials: number; readonly successes: number; readonly zeroLatency: number | "edge" | null } | null;
  /** Of the first branch: by rejection, the smallest offending value. */
  readonly offending: Readonly<Record<number, number>>;
  /** Of unit branches: 1 where units are hashed. */
  readonly hashed: number | null;
}

/** A statement, and how to read what it returns. */
export interface SummaryStatement {
  /** Columns: `part`, `o_arm`, `o_slot`, `o_name`, `o_bin`, `o_edge`, `n`, `a0`, `a1`, …, and `rows`, how many rows there are, where the engine can say it. */
  readonly sql: string;
  readonly parts: readonly PartLayout[];
  readonly rejections: readonly Rejection[];
  readonly timed: boolean;
  readonly centres: Centres;
  /** Name of the table, for messages. */
  readonly table: string;
}

/**
 * Which statement makes the database compute this summary?
 *
 * One statement, a UNION ALL of one branch for all records, one for each segment, one for units, times one for each further field whose distribution is kept.
 * It only reads, and returns counts and sums per period, arm and bucket. `readRows` turns the rows into the summary.
 *
 * @param plan - what to keep, see `planFor`.
 * @param source - the table, with its columns.
 * @param dialect - one of `dialects`.
 * @param centres - pilot means for `mean` and `ratio` metrics; without them sums are taken around 0 and squares lose digits.
 * @throws RecordsError, DatabaseError when the mapping does not give what the plan needs or a column has the wrong type.
 * @example
 * ```ts
 * const { sql } = summaryStatement(planFor(policy), { table: "requests", mapping, columns, scan: "window" }, dialects.duckdb);
 * ```
 */
export function summaryStatement(plan: Plan, source: SqlSource, dialect: SqlDialect, centres: Centres = new Map()): SummaryStatement {
  const compiled = compileSource(source, plan, dialect);
  const view = rowView(compiled, plan, dialect, "        ");
  const mapped = new Set(compiled.mapping.numbers.map(({ field }) => field));
  const context: Context = { plan, dialect, view, mapped, centres, timed: compiled.mapping.timestamp !== null, numbers: [...mapped] };
  const facets: Facet[] = [{ kind: "all" }, ...plan.segments.map((field): Facet => ({ kind: "segment", field })), ...(plan.units ? [{ kind: "units" } as const] : [])];
  const branches = facets.flatMap((facet) => branchesOf(facet, context));
  const width = Math.max(...branches.map(({ aggregates }) => aggregates.expressions.length));
  const header = `-- Assay: ${plan.arms.length} arms of ${tableName(source.table).replaceAll("\n", " ")}, ${dialect.name}${dialect.tested ? "" : " (generated only, never run by the project)"}`;
  const union = branches.map((branch, part) => branchSql(branch, part, width, context)).join("\nUNION ALL\n");
  const sql = `${header}\n${dialect.windows ? `SELECT *, count(*) OVER () AS ${dialect.identifier("rows")} FROM (\n${union}\n) ${dialect.identifier("result")}` : union}`;
  return { sql, parts: branches.map(({ layout }) => layout), rejections: view.rejections, timed: context.timed, centres, table: tableName(source.table) };
}

interface Context {
  readonly plan: Plan;
  readonly dialect: SqlDialect;
  readonly view: RowView;
  readonly mapped: ReadonlySet<string>;
  readonly numbers: readonly string[];
  readonly centres: Centres;
  readonly timed: boolean;
}

interface Branch {
  readonly layout: PartLayout;
  readonly aggregates: Aggregates;
  readonly statistics: readonly StatisticPlan[];
}

function branchesOf(facet: Facet, context: Context): Branch[] {
  const statistics = facet.kind === "units" ? clusterStatistics(context.plan.statistics) : context.plan.statistics;
  const sketches = statistics.flatMap((statistic, index) => (statistic.kind === "sketch" ? [index] : []));
  return (sketches.length === 0 ? [null] : sketches).map((sketch, at) => branchOf(facet, statistics, sketch, at === 0, context));
}

function branchOf(facet: Facet, statistics: readonly StatisticPlan[], sketch: number | null, scalars: boolean, context: Context): Branch {
  const { dialect, numbers, mapped, timed } = context;
  const { identifier } = dialect;
  const aggregates = new Aggregates(dialect);
  const main = facet.kind === "all" && scalars;
  const raw = (field: string): string => identifier(named.number(field));
  const present = Object.fromEntries(main ? numbers.map((field) => [field, aggregates.count(raw(field))]) : []);
  const sketchField = sketch === null ? undefined : fieldsOf(statistics[sketch] as StatisticPlan)[0];
  const latencyBins = sketchField === "latencyMs" && !isReplaced("latencyMs", context.plan, mapped);
  const failures = !main || !mapped.has("success") ? null : {
    trials: aggregates.count(raw("success")),
    successes: aggregates.add(`sum(${raw("success")})`),
    zeroLatency: latencyBins ? ("edge" as const) : mapped.has("latencyMs") ? aggregates.countWhere(`${raw("success")} = ${dialect.number(0)} AND ${raw("latencyMs")} = ${dialect.number(0)}`) : null,
  };
  const time = identifier(named.time);
  const extent = main && timed ? { first: aggregates.add(`min(${time})`), last: aggregates.add(`max(${time})`) } : null;
  const layouts = statistics.map((statistic, index): StatisticLayout | undefined => {
    if (statistic.kind !== "sketch") return scalars ? aggregates.statistic(statistic, (field) => usedName(field, context), (field) => identifier(centredName(field))) : undefined;
    if (index !== sketch) return undefined;
    const value = usedName(statistic.field, context);
    const infinite = isReplaced(statistic.field, context.plan, mapped) && context.plan.latencyOfFailures === "slowest";
    const finite = infinite ? `CASE WHEN ${value} < ${dialect.infinity} THEN ${value} END` : value;
    return { kind: "sketch", sum: aggregates.add(`sum(${finite})`), min: aggregates.add(`min(${finite})`), max: aggregates.add(`max(${finite})`), infinite };
  });
  const offending = Object.fromEntries(main ? context.view.rejections.flatMap(({ value, code }, index) => (value === undefined || code === "not-a-number" || code === "not-finite" ? [] : [[index, aggregates.add(`min(${value})`)] as const])) : []);
  const hashed = facet.kind === "units" ? aggregates.add(`max(${identifier("hashed")})`) : null;
  return { layout: { facet, sketch, scalars, oneKey: sketchField !== undefined && !rangeOf(sketchField).negative, statistics: layouts, present, extent, failures, offending, hashed }, aggregates, statistics };
}

function branchSql(branch: Branch, part: number, width: number, context: Context): string {
  const { dialect } = context;
  const { identifier } = dialect;
  const { layout, aggregates } = branch;
  const { facet, sketch, oneKey } = layout;
  const judged = isJudged(layout);
  const keys = ["arm", ...(context.timed || judged ? ["slot"] : []), ...(facet.kind === "segment" || facet.kind === "units" ? ["name"] : []), ...(sketch === null || oneKey ? [] : ["bin"]), ...(sketch === null && !judged ? [] : ["edge"])];
  const key = (name: string, otherwise: string): string => `${keys.includes(name) ? (judged && name === "slot" ? `coalesce(${identifier(name)}, ${otherwise})` : identifier(name)) : otherwise} AS ${identifier(`o_${name}`)}`;
  const outputs = Array.from({ length: width }, (_, index) => {
    const expression = aggregates.expressions[index];
    return `${expression === undefined ? dialect.number(0) : dialect.aggregate(expression)} AS ${identifier(`a${index}`)}`;
  });
  return [
    `SELECT ${part} AS ${identifier("part")}, ${key("arm", dialect.text(""))}, ${key("slot", dialect.number(0))}, ${key("name", dialect.text(""))}, ${key("bin", dialect.integer("0"))}, ${key("edge", dialect.number(0))},`,
    `  ${dialect.aggregate("count(*)")} AS ${identifier("n")}${outputs.map((output) => `,\n  ${output}`).join("")}`,
    `FROM (`,
    ...rowsOf(branch, context),
    `) ${identifier("grouped")}`,
    `GROUP BY ${keys.map(identifier).join(", ")}`,
  ].join("\n");
}

/** Whether a branch also counts the rows that are not used. */
function isJudged({ facet, scalars }: PartLayout): boolean {
  return facet.kind === "all" && scalars;
}

function rowsOf({ layout, statistics }: Branch, context: Context): string[] {
  const { dialect, view } = context;
  const { identifier } = dialect;
  const { facet, sketch } = layout;
  const judged = isJudged(layout);
  const sketchPlan = sketch === null ? undefined : statistics[sketch];
  const field = sketchPlan?.kind === "sketch" ? sketchPlan.field : undefined;
  const used = `${identifier("slot")} IS NOT NULL`;
  const position = sketchPlan?.kind === "sketch" ? `,\n      ${positionSql(usedName(sketchPlan.field, context), sketchPlan.scale, rangeOf(sketchPlan.field), judged ? used : null, dialect)} AS ${identifier("position")}` : "";
  const placed = [
    `SELECT *${placedColumns(layout, statistics, context).map((column) => `,\n  ${column}`).join("")}`,
    `FROM (`,
    `  ${view.sql}`,
    `) ${identifier("typed")}`,
    ...(judged ? [] : [`WHERE ${view.used}${facet.kind === "segment" ? ` AND ${identifier(named.segment(facet.field))} <> ${dialect.text("")}` : ""}`]),
  ];
  const arm = judged ? `,\n    CASE WHEN ${used} THEN ${identifier(named.arm)} WHEN ${view.unused} = ${dialect.number(unusedCode(verdicts.otherArm))} THEN ${identifier(named.arm)} ELSE ${dialect.text("")} END AS ${identifier("arm")}` : "";
  const indented = (lines: readonly string[], spaces: string): string[] => lines.map((line) => `${spaces}${line}`);
  if (field === undefined) {
    if (!judged) return indented(placed, "  ");
    return [`  SELECT *${arm},\n    CASE WHEN ${used} THEN ${dialect.number(edgeCodes.decided)} ELSE ${view.unused} END AS ${identifier("edge")}`, `  FROM (`, ...indented(placed, "    "), `  ) ${identifier("placed")}`];
  }
  return [
    `  SELECT *${arm}${binColumns(field, judged ? `WHEN ${identifier("slot")} IS NULL THEN ${view.unused}` : null, context)}`,
    `  FROM (`,
    `    SELECT *${position}`,
    `    FROM (`,
    ...indented(placed, "      "),
    `    ) ${identifier("placed")}${dialect.fence}`,
    `  ) ${identifier("positioned")}`,
  ];
}

/** The keys and values that rows are grouped and summed by; where unused rows are among them, these have no slot. */
function placedColumns(layout: PartLayout, statistics: readonly StatisticPlan[], context: Context): string[] {
  const { facet, sketch, scalars } = layout;
  const { dialect, plan, mapped, centres, timed, view } = context;
  const { identifier, text, number } = dialect;
  const arm = identifier(named.arm);
  const slot = !timed ? null : facet.kind === "units" ? epochSql(plan, dialect) : slotSql(plan, dialect);
  const unit: UnitKey | undefined = facet.kind === "units" ? unitKey(view, plan, dialect) : undefined;
  const wanted = new Set(statistics.filter((statistic, index) => index === sketch || (scalars && statistic.kind !== "sketch")).flatMap(fieldsOf));
  const centred = new Set(scalars ? statistics.filter(({ kind }) => kind === "moments" || kind === "comoments").flatMap(fieldsOf) : []);
  const centre = (field: string): string => {
    const known = plan.arms.map((name) => [name, centres.get(name)?.get(field) ?? 0] as const).filter(([, value]) => value !== 0);
    return known.length === 0 ? "" : ` - CASE ${known.map(([name, value]) => `WHEN ${arm} = ${text(name)} THEN ${number(value)}`).join(" ")} ELSE ${number(0)} END`;
  };
  return [
    ...(isJudged(layout) ? [`CASE WHEN ${view.usedBut(uncheckedField(context))} THEN ${slot ?? number(0)} END AS ${identifier("slot")}`] : [`${arm} AS ${identifier("arm")}`, ...(slot === null ? [] : [`${slot} AS ${identifier("slot")}`])]),
    ...(facet.kind === "segment" ? [`${identifier(named.segment(facet.field))} AS ${identifier("name")}`] : []),
    ...(unit === undefined ? [] : [`${unit.name} AS ${identifier("name")}`, `${unit.hashed} AS ${identifier("hashed")}`]),
    ...[...wanted].filter((field) => isReplaced(field, plan, mapped)).map((field) => `${usedSql(field, plan, mapped, dialect)} AS ${identifier(usedAlias(field))}`),
    ...[...centred].map((field) => `${usedSql(field, plan, mapped, dialect)}${centre(field)} AS ${identifier(centredName(field))}`),
  ];
}

function binColumns(field: string, unused: string | null, context: Context): string {
  const { dialect } = context;
  const { bin, edge } = binSql(usedName(field, context), dialect.identifier("position"), rangeOf(field), unused, dialect);
  return `${bin === null ? "" : `,\n    ${bin} AS ${dialect.identifier("bin")}`},\n    ${edge} AS ${dialect.identifier("edge")}`;
}

/** The column with a field's values as they count: one of its own where the plan changes them, else the one that was read. */
function usedName(field: string, { plan, mapped, dialect }: Context): string {
  return dialect.identifier(isReplaced(field, plan, mapped) ? usedAlias(field) : named.number(field));
}

const usedAlias = (field: string): string => `used_${field}`;
const centredName = (field: string): string => `centred_${field}`;

function rangeOf(field: string): ValueRange {
  return { negative: field !== "success" && !field.endsWith("Ms") };
}

/** The field whose bad values the first branch finds by itself, since it groups by the field anyway: that saves every other row a comparison. */
function uncheckedField({ plan, mapped }: Context): string | undefined {
  const sketch = plan.statistics.find(({ kind }) => kind === "sketch");
  const field = sketch?.kind === "sketch" ? sketch.field : undefined;
  return field === undefined || field === "success" || isReplaced(field, plan, mapped) ? undefined : field;
}
