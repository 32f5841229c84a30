import { unitBuckets } from "../../summary/clusters.ts";
import type { Plan } from "../../summary/plan.ts";
import type { SqlDialect } from "../dialect.ts";
import { placeSql } from "./places.ts";
import type { RowView } from "./row-view.ts";
import { named } from "./verdict.ts";

/** What a unit is grouped under: its name while its arm has few units, else its hash bucket. */
export interface UnitKey {
  readonly name: string;
  /** 1 where it is the hash bucket. */
  readonly hashed: string;
}

export function unitKey(view: RowView, plan: Plan, of: "unit" | "instance", dialect: SqlDialect): UnitKey {
  const { identifier } = dialect;
  const none = dialect.text("");
  // Requests that do not tell their instance have a row of their own, so that what is missing is seen.
  const unit = of === "unit" ? identifier(named.unit) : `coalesce(${identifier(named.instance)}, ${none})`;
  const place = placeSql(plan, dialect);
  const told = of === "unit" ? "" : ` AND ${unit} <> ${none}`;
  const pairs =
    `SELECT ${place} AS ${identifier("place")}, ${unit} AS ${identifier("member")} FROM ` +
    `(\n${view.lines.join("\n")}\n) ${identifier("counted")} WHERE ${view.used}${told} GROUP BY ${place}, ${unit}`;
  const few =
    `${place} IN (SELECT ${identifier("place")} FROM (${pairs}) ${identifier("pairs")} GROUP BY ` +
    `${identifier("place")} HAVING count(*) <= ${unitBuckets})`;
  const untold = of === "unit" ? "" : `WHEN ${unit} = ${none} THEN ${none} `;
  return {
    name: `CASE ${untold}WHEN ${few} THEN ${unit} ELSE ${dialect.unitBucket(unit)} END`,
    hashed: `CASE WHEN ${few} THEN 0 ELSE 1 END`,
  };
}
