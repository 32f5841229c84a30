import type { Plan } from "../../summary/plan.ts";
import { fieldsOf } from "../../summary/statistic.ts";
import type { SqlDialect, SqlRow } from "../dialect.ts";
import type { SqlSource } from "../source.ts";
import { type Centres, usedSql } from "./aggregates.ts";
import { compileSource } from "./compile-source.ts";
import { fromLines, selectLines } from "./lines.ts";
import { rowView } from "./row-view.ts";
import { named } from "./verdict.ts";

/** Rows that a pilot looks at. */
const pilotRows = 10_000;

/** The fields of a plan whose sums are taken around a centre. */
function centredFields(plan: Plan): string[] {
  return [
    ...new Set(plan.statistics.filter(({ kind }) => kind === "moments" || kind === "comoments").flatMap(fieldsOf)),
  ];
}

/** The statement for rough means per arm of the fields that are summed; `null` when the plan has none. */
export function pilotStatement(plan: Plan, source: SqlSource, dialect: SqlDialect): string | null {
  const fields = centredFields(plan);
  if (fields.length === 0) return null;
  const compiled = compileSource(source, plan, dialect);
  const mapped = new Set(compiled.mapping.numbers.map(({ field }) => field));
  const { identifier } = dialect;
  const view = rowView(compiled, plan, dialect);
  const means = fields.map(
    (field, index) =>
      `${dialect.aggregate(`avg(${usedSql(field, plan, mapped, dialect)})`)} AS ${identifier(`m${index}`)}`,
  );
  const sample = [
    ...selectLines(["*"]),
    ...fromLines(view.lines, identifier("typed")),
    `WHERE ${view.used}`,
    `LIMIT ${pilotRows}`,
  ];
  return [
    ...selectLines([`${identifier(named.arm)} AS ${identifier("o_arm")}`, ...means]),
    ...fromLines(sample, identifier("pilot")),
    `GROUP BY ${identifier(named.arm)}`,
  ].join("\n");
}

/**
 * Centres from the pilot's rows, rounded to three digits: any number near the mean does, and a short one is the same in
 * every engine.
 */
export function centresFrom(rows: readonly SqlRow[], plan: Plan): Centres {
  const fields = centredFields(plan);
  const means = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const byField = new Map(fields.map((field, index) => [field, short(Number(row[`m${index}`]))]));
    means.set(String(row["o_arm"]), byField);
  }
  const [first] = means.values();
  return new Map(plan.arms.map((arm) => [arm, means.get(arm) ?? first ?? new Map()]));
}

function short(mean: number): number {
  return Number.isFinite(mean) && Math.abs(mean) < 1e100 && Math.abs(mean) > 1e-100 ? Number(mean.toPrecision(3)) : 0;
}
