import { type RejectionSample, samplesPerCode } from "../records/quality.ts";
import type { Plan } from "../summary/plan.ts";
import type { SqlDialect, SqlRow } from "./dialect.ts";
import { rowView } from "./row-view.ts";
import { compileSource } from "./compile-source.ts";
import type { SqlSource } from "./source.ts";
import { type Rejection, verdicts } from "./verdict.ts";

/** The statement that fetches values of rejected rows: each kind's most frequent ones. */
export function examplesStatement(plan: Plan, source: SqlSource, dialect: SqlDialect): string {
  const compiled = compileSource(source, plan, dialect);
  const { identifier, text } = dialect;
  const view = rowView(compiled, plan, dialect, "    ");
  const shown = view.rejections.map(({ field, code }, index) => {
    const column = identifier(rawName(field.field, code));
    return `WHEN ${identifier("verdict")} = ${verdicts.firstRejection + index} THEN coalesce(${dialect.string(column, code.endsWith("-missing") ? "text" : "float")}, ${text("NULL")})`;
  });
  return [
    `SELECT ${identifier("o_verdict")}, ${identifier("o_value")}, ${dialect.aggregate("count(*)")} AS ${identifier("n")}`,
    `FROM (`,
    `  SELECT ${identifier("verdict")} AS ${identifier("o_verdict")}, CASE ${shown.join(" ")} ELSE ${text("")} END AS ${identifier("o_value")}`,
    `  FROM (`,
    `    ${view.sql}`,
    `  ) ${identifier("judged")}`,
    `  WHERE ${identifier("verdict")} >= ${verdicts.firstRejection}`,
    `) ${identifier("examples")}`,
    `GROUP BY ${identifier("o_verdict")}, ${identifier("o_value")}`,
    `ORDER BY ${identifier("n")} DESC`,
    `LIMIT ${10 * samplesPerCode}`,
  ].join("\n");
}

/** Examples as a reader of files gives them, but with line 0: rows of a table have no numbers. */
export function examplesFrom(rows: readonly SqlRow[], rejections: readonly Rejection[], source: string): RejectionSample[] {
  const kept = new Map<string, number>();
  return rows.flatMap((row): RejectionSample[] => {
    const rejection = rejections[Number(row["o_verdict"]) - verdicts.firstRejection];
    if (rejection === undefined) return [];
    const count = (kept.get(rejection.code) ?? 0) + 1;
    kept.set(rejection.code, count);
    return count > samplesPerCode ? [] : [{ code: rejection.code, source, line: 0, field: rejection.field.field, value: String(row["o_value"]).slice(0, 80) }];
  });
}

function rawName(field: string, code: string): string {
  return code === "arm-missing" ? "raw_arm" : code === "unit-missing" ? "raw_unit" : code === "timestamp-invalid" ? "raw_time" : `raw_${field}`;
}
