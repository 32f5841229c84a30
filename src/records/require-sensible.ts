import { RecordsError, showValue } from "../errors.ts";
import type { ColumnFacts, ConditionFacts } from "./condition-facts.ts";
import { type Expression, partsOfExpression } from "./mapping/expression-tree.ts";
import { parseExpression } from "./mapping/expression.ts";
import { treeOf } from "./mapping/row-compute.ts";

/** HTTP statuses are from 100 to 599. */
const status = { lowest: 100, highest: 599 } as const;

/** Rows that a judgement on a whole column needs. */
const enoughRows = 20;

/**
 * Does a condition make sense for the rows that were read?
 *
 * @param accepted - records that were read.
 * @throws {RecordsError} where it compares numbers with a column that holds none, where no row has the value that it
 * asks for, or where statuses below 100, which tools write when no answer came, count as successes.
 */
export function requireSensible(conditions: readonly ConditionFacts[], accepted: number): void {
  for (const facts of conditions) {
    const tree = treeOf(parseExpression(facts.expression, facts.field, Object.keys(facts.columns)));
    for (const [column, seen] of Object.entries(facts.columns)) {
      const uses = usesOf(tree, column);
      if (uses.numbers.length > 0 && seen.texts && !seen.numbers) throw notNumbers(facts, column, seen);
      if (facts.field === "success" && countsLowStatus(uses, seen)) throw lowStatus(facts, column, seen);
    }
    const equates = Object.keys(facts.columns).some((column) => usesOf(tree, column).equated);
    if (!facts.met && accepted >= enoughRows && equates) throw neverMet(facts);
  }
}

/** Whether a condition holds for anything but some values: when none of them occurs, one may be misspelt. */
export function asksForOther(expression: string): boolean {
  const equates = (part: Expression): boolean =>
    part.kind === "in" ||
    (part.kind === "call" && part.function !== "http_status") ||
    (part.kind === "comparison" && part.operator === "==" && part.right.kind !== "null") ||
    partsOfExpression(part).some(equates);
  const excludes = (part: Expression): boolean =>
    (part.kind === "comparison" && part.operator === "!=" && part.right.kind !== "null") ||
    (part.kind === "not" && equates(part.operand)) ||
    partsOfExpression(part).some(excludes);
  return excludes(treeOf(parseExpression(expression, "condition")));
}

/** What a condition compares a column with. */
interface Uses {
  /** The numbers that it is compared with. */
  readonly numbers: readonly number[];
  /** Whether it must be equal to something. */
  readonly equated: boolean;
}

function usesOf(tree: Expression, column: string): Uses {
  const numbers: number[] = [];
  let equated = false;
  const isColumn = (part: Expression): boolean => part.kind === "column" && part.column === column;
  const visit = (part: Expression): void => {
    if (part.kind === "comparison") {
      for (const [one, other] of [
        [part.left, part.right],
        [part.right, part.left],
      ] as const)
        if (isColumn(one) && other.kind === "number") numbers.push(other.value);
      if (isColumn(part.left) && part.operator === "==") equated = true;
    }
    if (part.kind === "in" && isColumn(part.value)) {
      equated = true;
      // One number among texts says nothing of what the column holds.
      if (part.choices.every(({ kind }) => kind === "number"))
        numbers.push(...part.choices.flatMap((choice) => (choice.kind === "number" ? [choice.value] : [])));
    }
    partsOfExpression(part).forEach(visit);
  };
  visit(tree);
  return { numbers, equated };
}

/** Whether numbers that look like HTTP statuses count as successes below 100, which the condition does not speak of. */
function countsLowStatus({ numbers }: Uses, { lowestMet, highest, whole }: ColumnFacts): boolean {
  if (lowestMet === null || highest === null || !whole) return false;
  const isStatus = (value: number): boolean => value >= status.lowest && value <= status.highest + 1;
  return (
    lowestMet <= 0 &&
    lowestMet >= -1 &&
    isStatus(highest) &&
    numbers.length > 0 &&
    numbers.every((one) => isStatus(one))
  );
}

function lowStatus({ field, expression }: ConditionFacts, column: string, { lowestMet }: ColumnFacts): RecordsError {
  const name = /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(column) ? column : JSON.stringify(column);
  return new RecordsError(
    `Cannot read the records: ${field} must be a condition that says what a status below 100 is, current value is ` +
      `${expression}, which counts the status ${lowestMet} as a success`,
    {
      code: "status-without-lower-bound",
      field,
      value: lowestMet,
      fix:
        `Tools write it when no answer came: use ${field}="100 <= ${name} < 500", or http_status(${name}). ` +
        `Where it is a success, say so: ${field}="${lowestMet} <= ${name} < 500"`,
    },
  );
}

function notNumbers({ field, expression }: ConditionFacts, column: string, { examples }: ColumnFacts): RecordsError {
  return new RecordsError(
    `Cannot read the records: ${field} must be a condition that makes sense for a row, current value is ` +
      `${expression}, but no row has a number in ${showValue(column)}${shown(examples)}`,
    {
      code: "condition-without-sense",
      field,
      value: expression,
      fix: `Compare it with a text, as in starts_with(${JSON.stringify(column)}, "2"), or map a column of numbers`,
    },
  );
}

function neverMet({ field, expression, columns }: ConditionFacts): RecordsError {
  const examples = Object.entries(columns).map(([column, facts]) => {
    const numbers = facts.highest === null ? "" : `, whose largest number is ${facts.highest}`;
    return `${showValue(column)}${facts.examples.length === 0 ? numbers : shown(facts.examples)}`;
  });
  return new RecordsError(
    `Cannot read the records: ${field} must be a condition that some row meets, current value is ${expression}, ` +
      `which no row of any arm meets; columns: ${examples.join("; ")}`,
    {
      code: "condition-never-met",
      field,
      value: expression,
      fix: "Compare with a value that the column holds",
    },
  );
}

function shown(examples: readonly string[]): string {
  return examples.length === 0 ? "" : `, which holds ${examples.map((text) => showValue(text)).join(", ")}`;
}
