import type { CompiledField } from "../../records/mapping/fields.ts";
import { clusterStatistics } from "../../summary/clusters.ts";
import type { Plan, StatisticPlan } from "../../summary/plan.ts";
import { fieldsOf } from "../../summary/statistic.ts";
import type { SqlDialect } from "../dialect.ts";
import { Aggregates, type Centres, isReplaced, type StatisticLayout } from "./aggregates.ts";
import type { ValueRange } from "./bins.ts";
import type { Facet, PartLayout } from "./layout.ts";
import type { RowView } from "./row-view.ts";
import { named, usableCondition } from "./verdict.ts";

/** What all branches of a statement have in common. */
export interface StatementContext {
  readonly plan: Plan;
  readonly dialect: SqlDialect;
  readonly view: RowView;
  /** The numbers that the mapping gives. */
  readonly mapped: ReadonlySet<string>;
  readonly centres: Centres;
  readonly timestamp: CompiledField | null;
}

/** One SELECT of the statement: what it computes, and how to read it. */
export interface Branch {
  readonly layout: PartLayout;
  readonly aggregates: Aggregates;
  readonly statistics: readonly StatisticPlan[];
}

/** Names of the columns by which rows are grouped, besides the arm and the numbered aggregates. */
export const groupColumns = { slot: "slot", name: "name", bin: "bin", edge: "edge", rows: "g" } as const;

/**
 * A branch for all records, one for each segment, one for units and one for instances, times one for each further field
 * whose distribution is kept.
 */
export function branchesOf(context: StatementContext): Branch[] {
  const { plan, view } = context;
  const facets: Facet[] = [
    { kind: "all" },
    ...plan.segments.map((field): Facet => ({ kind: "segment", field })),
    ...(plan.units ? [{ kind: "units", of: "unit" } as const] : []),
    ...(plan.dependence && view.terms.mapping.instance !== null ? [{ kind: "units", of: "instance" } as const] : []),
  ];
  return facets.flatMap((facet) => {
    const statistics = facet.kind === "units" ? clusterStatistics(plan.statistics) : plan.statistics;
    const sketches = statistics.flatMap((statistic, index) => (statistic.kind === "sketch" ? [index] : []));
    return (sketches.length === 0 ? [null] : sketches).map((sketch, at) =>
      branchOf(facet, statistics, sketch, at === 0, context),
    );
  });
}

function branchOf(
  facet: Facet,
  statistics: readonly StatisticPlan[],
  sketch: number | null,
  scalars: boolean,
  context: StatementContext,
): Branch {
  const { dialect, mapped, timestamp, view } = context;
  const { identifier } = dialect;
  const aggregates = new Aggregates(dialect);
  const main = facet.kind === "all" && scalars;
  const raw = (field: string): string => identifier(named.number(field));
  const grouped = main ? groupedField(context) : undefined;
  const countOf = (field: string): number =>
    field === grouped
      ? aggregates.countGroupsWhere(`${identifier(groupColumns.edge)} IS NOT NULL`, identifier(groupColumns.rows))
      : aggregates.count(raw(field));
  const present = main ? [...mapped].map((field) => [field, countOf(field)] as const) : [];
  const sketchField = sketch === null ? undefined : fieldsOf(statistics[sketch] as StatisticPlan)[0];
  const latencyBins = sketchField === "latencyMs" && !isReplaced("latencyMs", context.plan, mapped);
  const failures =
    !main || !mapped.has("success")
      ? null
      : {
          trials: countOf("success"),
          successes: aggregates.sum(raw("success")),
          zeroLatency: latencyBins
            ? ("edge" as const)
            : mapped.has("latencyMs")
              ? aggregates.countWhere(
                  `${raw("success")} = ${dialect.number(0)} AND ${raw("latencyMs")} = ${dialect.number(0)}`,
                )
              : null,
        };
  const extent = main && timestamp !== null ? extentOf(timestamp, aggregates, context) : null;
  const layouts = statistics.map((statistic, index): StatisticLayout | undefined => {
    if (statistic.kind !== "sketch")
      return scalars
        ? aggregates.statistic(
            statistic,
            (field) => usedName(field, context),
            (field) => identifier(centredName(field)),
          )
        : undefined;
    if (index !== sketch) return undefined;
    const value = usedName(statistic.field, context);
    const infinite = isReplaced(statistic.field, context.plan, mapped) && context.plan.latencyOfFailures === "slowest";
    const finite = infinite ? `CASE WHEN ${value} < ${dialect.infinity} THEN ${value} END` : value;
    return {
      kind: "sketch",
      sum: aggregates.sum(finite),
      min: aggregates.min(finite),
      max: aggregates.max(finite),
      infinite,
    };
  });
  const offending = Object.fromEntries(
    main
      ? view.terms.rejections.flatMap(({ value }, index) =>
          value === undefined ? [] : [[index, aggregates.min(value)] as const],
        )
      : [],
  );
  const unusable = main
    ? view.terms.mapping.numbers.flatMap((field) =>
        usableCondition(field, "", view.fields, dialect) === null
          ? []
          : [[field.field, aggregates.sum(identifier(named.unusable(field.field)))] as const],
      )
    : [];
  const hashed = facet.kind === "units" ? aggregates.max(identifier("hashed")) : null;
  return {
    layout: {
      facet,
      sketch,
      scalars,
      oneKey: sketchField !== undefined && !rangeOf(sketchField).negative,
      statistics: layouts,
      present,
      extent,
      failures,
      offending,
      unusable,
      hashed,
    },
    aggregates,
    statistics,
  };
}

/** The first and the last instant, found before they are made numbers. */
function extentOf(
  timestamp: CompiledField,
  aggregates: Aggregates,
  { view, dialect }: StatementContext,
): { readonly first: number; readonly last: number } {
  const typed = view.fields.kindOf(timestamp) === "timestamp";
  const column = dialect.identifier(typed ? named.instant : named.time);
  const read = typed ? (value: string): string => view.fields.readInstant(timestamp, value) : undefined;
  return { first: aggregates.min(column, read), last: aggregates.max(column, read) };
}

/** Whether a branch also counts the rows that are not used. */
export function isJudged({ facet, scalars }: PartLayout): boolean {
  return facet.kind === "all" && scalars;
}

/**
 * The field by whose recorded values the first branch groups rows, so that the groups tell which are bad: that saves
 * every row a comparison.
 */
export function groupedField({ plan, mapped }: StatementContext): string | undefined {
  const sketch = plan.statistics.find(({ kind }) => kind === "sketch");
  const field = sketch?.kind === "sketch" ? sketch.field : undefined;
  return field === undefined || field === "success" || isReplaced(field, plan, mapped) ? undefined : field;
}

/**
 * The column with a field's values as they count: one of its own where the plan changes them, else the one that was
 * read.
 */
export function usedName(field: string, { plan, mapped, dialect }: StatementContext): string {
  return dialect.identifier(isReplaced(field, plan, mapped) ? usedAlias(field) : named.number(field));
}

export const usedAlias = (field: string): string => `used_${field}`;
export const centredName = (field: string): string => `centred_${field}`;

export function rangeOf(field: string): ValueRange {
  return { negative: field !== "success" && !field.endsWith("Ms") };
}
