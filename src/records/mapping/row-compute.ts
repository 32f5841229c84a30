import { type RowTokens, token } from "../row-tokens.ts";
import { TextDictionary } from "../text-dictionary.ts";
import { type Compute, computeCondition, computeNumber, computeValue } from "./compute.ts";
import type { ConditionWatch } from "./condition-watch.ts";
import { columnsOfExpression, type Expression } from "./expression-tree.ts";
import { columnsOf, type FieldExpression } from "./expression.ts";
import type { CompiledField } from "./fields.ts";
import { satisfies } from "./satisfies.ts";

/** Texts that a dictionary may hold before it is begun anew. */
export const largestDictionary = 65_536;

/**
 * Whether a row meets the condition that a field is; what is said of a text of one column is remembered.
 *
 * @param watch - told of each row, but of the rows with the same text of one column once only.
 */
export function conditionOf(field: CompiledField, watch?: ConditionWatch): Compute<boolean> {
  const { expression } = field;
  const watched = (condition: Compute<boolean>): Compute<boolean> => {
    if (watch === undefined) return condition;
    return (row) => {
      const met = condition(row);
      watch.note(row, met);
      return met;
    };
  };
  if (expression.kind === "comparison") {
    const { operator, literal } = expression;
    return rememberedByText(
      field.index,
      watched((row) => satisfies(row.value(field.index), operator, literal)),
    );
  }
  if (expression.kind !== "computed" || !expression.condition) return () => false;
  const places = placesOf(field);
  return field.indexes.length === 1
    ? rememberedByText(field.index, watched(computeCondition(expression.tree, places)))
    : watched(rememberedCondition(expression.tree, places));
}

/** The value of a computed field; `null` where it is missing. */
export function valueOf(field: CompiledField): Compute<unknown> {
  const tree = treeOf(field.expression);
  const value = computeValue(tree, placesOf(field));
  return columnsOfExpression(tree).length === 1 ? rememberedByText(field.index, value) : value;
}

/** The number that a computed field is, NaN where it is none, and its value, which tells why. */
export function numberOf(field: CompiledField): { number: Compute<number>; value: Compute<unknown> } {
  const tree = treeOf(field.expression);
  return { number: computeNumber(tree, placesOf(field)), value: computeValue(tree, placesOf(field)) };
}

/** Any expression as a tree. */
export function treeOf(expression: FieldExpression): Expression {
  if (expression.kind === "computed") return expression.tree;
  const column: Expression = { kind: "column", column: expression.column };
  if (expression.kind === "column") return column;
  const { operator, literal } = expression;
  const right: Expression =
    literal === null
      ? { kind: "null" }
      : typeof literal === "number"
        ? { kind: "number", value: literal }
        : { kind: "text", value: literal };
  return { kind: "comparison", operator, left: column, right };
}

function placesOf({ expression, indexes }: CompiledField): (column: string) => number {
  const places = new Map(columnsOf(expression).map((column, order) => [column, indexes[order] as number]));
  return (column) => places.get(column) as number;
}

/** A condition whose parts are remembered as far as each depends on one column. */
function rememberedCondition(tree: Expression, indexOf: (column: string) => number): Compute<boolean> {
  const columns = columnsOfExpression(tree);
  const [first] = columns;
  if (columns.length === 1) return rememberedByText(indexOf(first as string), computeCondition(tree, indexOf));
  if (tree.kind === "both" || tree.kind === "either") {
    const [left, right] = [rememberedCondition(tree.left, indexOf), rememberedCondition(tree.right, indexOf)];
    return tree.kind === "both" ? (row) => left(row) && right(row) : (row) => left(row) || right(row);
  }
  if (tree.kind === "not") {
    const operand = rememberedCondition(tree.operand, indexOf);
    return (row) => !operand(row);
  }
  return computeCondition(tree, indexOf);
}

/** Computes something once for each text of a column, as far as texts come as bytes. */
function rememberedByText<Value>(index: number, compute: Compute<Value>): Compute<Value> {
  let texts = new TextDictionary();
  let known: (Value | undefined)[] = [];
  return (row: RowTokens): Value => {
    if (row.kind[index] !== token.bytes) return compute(row);
    const code = texts.codeOfBytes(row.bytes, row.view, row.from[index] as number, row.to[index] as number);
    const before = known[code];
    if (before !== undefined) return before;
    const value = compute(row);
    known[code] = value;
    if (code >= largestDictionary) {
      texts = new TextDictionary();
      known = [];
    }
    return value;
  };
}
