import type { SqlDialect } from "../dialect.ts";
import { unusedCode } from "./bins.ts";
import { inPlan, isTold, type VerdictTerms } from "./row-verdict.ts";
import { verdicts } from "./verdict.ts";

/** What a group of rows shows of itself; each the name of a column, or `null` where there is none. */
export interface GroupKeys {
  /** The slot, or the code of what is wrong with each row. */
  readonly slot: string | null;
  /** The earliest instant; NULL where no row has one. */
  readonly first: string | null;
}

/**
 * The code that says why the rows of a group are not used, NULL where they are, in the order in which reading a row
 * looks for reasons. The group's arm and its value have the names that they have in a row, see `named`.
 */
export function groupVerdictSql(
  terms: VerdictTerms,
  groupedField: string | undefined,
  { slot, first }: GroupKeys,
  dialect: SqlDialect,
): string {
  const code = (verdict: number): string => dialect.number(unusedCode(verdict));
  const flawed = (verdict: number): string[] =>
    slot === null ? [] : [`WHEN ${slot} = ${code(verdict)} THEN ${code(verdict)}`];
  const whens = [
    ...(terms.filters ? flawed(verdicts.filtered) : []),
    ...terms.rejections.flatMap((rejection, index) => {
      const verdict = verdicts.firstRejection + index;
      if (!isTold(rejection, groupedField)) return flawed(verdict);
      return [`WHEN ${rejection.toldBy === "time" ? `${first} IS NULL` : rejection.condition} THEN ${code(verdict)}`];
    }),
    `WHEN NOT ${inPlan(terms.arms, dialect)} THEN ${code(verdicts.otherArm)}`,
    ...(terms.inWindow || terms.window.from === null ? [] : flawed(verdicts.beforeStart)),
    ...(terms.inWindow || terms.window.to === null ? [] : flawed(verdicts.afterEnd)),
  ];
  return `CASE ${whens.join(" ")} END`;
}
