import { decimalOfText, plainDecimal } from "../decimal.ts";
import { durationOfText } from "../duration.ts";
import { parseJsonRow } from "../json/parse-json-row.ts";
import { type RowTokens, token } from "../row-tokens.ts";
import { parseTimestamp } from "../timestamp.ts";
import { type Expression, kindOfExpression, type Operator } from "./expression-tree.ts";
import { SafePattern } from "./safe-pattern.ts";
import { inOrder, satisfies } from "./satisfies.ts";

/** Computes something from the current row. */
export type Compute<Value> = (row: RowTokens) => Value;

/** Where a column stands in a row. */
type IndexOf = (column: string) => number;

/** The value of an expression; `null` where it is missing, NaN where it is no number although it should be one. */
export function computeValue(tree: Expression, indexOf: IndexOf): Compute<unknown> {
  switch (tree.kind) {
    case "column": {
      const index = indexOf(tree.column);
      return (row) => present(row.value(index));
    }
    case "number":
    case "text": {
      const { value } = tree;
      return () => value;
    }
    case "null":
      return () => null;
    case "negated":
    case "arithmetic": {
      const number = computeNumber(tree, indexOf);
      const operands = (tree.kind === "negated" ? [tree.operand] : [tree.left, tree.right]).map((part) =>
        computeValue(part, indexOf),
      );
      return (row) => {
        const value = number(row);
        // NaN stands for a missing operand as well as for one that is no number.
        return value === value || operands.every((operand) => !isMissing(operand(row))) ? value : null;
      };
    }
    case "call":
      return computeCall(tree, indexOf);
    case "member": {
      const of = computeValue(tree.of, indexOf);
      const { path } = tree;
      return (row) => present(memberOf(of(row), path));
    }
    default: {
      const condition = computeCondition(tree, indexOf);
      return (row) => condition(row);
    }
  }
}

/** The number that an expression is; NaN where it is missing or none. */
export function computeNumber(tree: Expression, indexOf: IndexOf): Compute<number> {
  if (tree.kind === "column") {
    const index = indexOf(tree.column);
    return (row) => {
      if (row.kind[index] === token.number) return row.number[index] as number;
      if (row.kind[index] === token.bytes) {
        const plain = plainDecimal(row.bytes, row.from[index] as number, row.to[index] as number);
        if (plain === plain) return plain;
      }
      return numberOf(row.value(index));
    };
  }
  if (tree.kind === "number") {
    const { value } = tree;
    return () => value;
  }
  if (tree.kind === "negated") {
    const operand = computeNumber(tree.operand, indexOf);
    return (row) => -operand(row);
  }
  if (tree.kind !== "arithmetic") {
    const value = computeValue(tree, indexOf);
    return (row) => numberOf(value(row));
  }
  const left = computeNumber(tree.left, indexOf);
  const right = computeNumber(tree.right, indexOf);
  switch (tree.operator) {
    case "+":
      return (row) => left(row) + right(row);
    case "-":
      return (row) => left(row) - right(row);
    case "*":
      return (row) => left(row) * right(row);
    case "/":
      return (row) => {
        const divisor = right(row);
        return divisor === 0 ? Number.NaN : left(row) / divisor;
      };
  }
}

/** Whether a condition holds. There are two answers only: a comparison with a missing value is false, `!=` is true. */
export function computeCondition(tree: Expression, indexOf: IndexOf): Compute<boolean> {
  switch (tree.kind) {
    case "both":
    case "either": {
      const left = computeCondition(tree.left, indexOf);
      const right = computeCondition(tree.right, indexOf);
      return tree.kind === "both" ? (row) => left(row) && right(row) : (row) => left(row) || right(row);
    }
    case "not": {
      const operand = computeCondition(tree.operand, indexOf);
      return (row) => !operand(row);
    }
    case "comparison":
      return computeComparison(tree.operator, tree.left, tree.right, indexOf);
    case "in": {
      const tests = tree.choices.map((choice) => computeComparison("==", tree.value, choice, indexOf));
      return (row) => tests.some((test) => test(row));
    }
    case "call": {
      const value = computeCall(tree, indexOf);
      return (row) => value(row) === true;
    }
    default:
      return () => false;
  }
}

function computeComparison(
  operator: Operator,
  left: Expression,
  right: Expression,
  indexOf: IndexOf,
): Compute<boolean> {
  if (operator === "==" || operator === "!=") return computeEquality(operator, left, right, indexOf);
  if (left.kind === "column" && right.kind === "number") {
    const index = indexOf(left.column);
    const bound = right.value;
    return (row) =>
      row.kind[index] === token.number
        ? inOrder(row.number[index] as number, operator, bound)
        : satisfies(row.value(index), operator, bound);
  }
  const [a, b] = [comparable(left, indexOf), comparable(right, indexOf)];
  return (row) => inOrder(a(row), operator, b(row));
}

/** A number to be compared: a missing one is NaN, which is in no order. */
function comparable(tree: Expression, indexOf: IndexOf): Compute<number> {
  const kind = kindOfExpression(tree);
  if (kind === "number") return computeNumber(tree, indexOf);
  const value = computeValue(tree, indexOf);
  return (row) => {
    const given = value(row);
    return given === null ? Number.NaN : Number(given);
  };
}

function computeEquality(
  operator: "==" | "!=",
  left: Expression,
  right: Expression,
  indexOf: IndexOf,
): Compute<boolean> {
  const value = computeValue(left, indexOf);
  if (right.kind === "null") return (row) => satisfies(value(row), operator, null);
  if (right.kind === "number" || right.kind === "text") {
    const literal = right.value;
    return (row) => satisfies(value(row), operator, literal);
  }
  const other = computeValue(right, indexOf);
  const numeric = kindOfExpression(left) === "number" || kindOfExpression(right) === "number";
  return (row) => (operator === "==") === areEqual(value(row), other(row), numeric);
}

/** Two values are equal as numbers where one of them is a number, else as texts; a missing one equals nothing. */
function areEqual(a: unknown, b: unknown, numeric: boolean): boolean {
  if (a === null || b === null) return false;
  return numeric || typeof a === "number" || typeof b === "number" ? Number(a) === Number(b) : String(a) === String(b);
}

function computeCall(tree: Extract<Expression, { kind: "call" }>, indexOf: IndexOf): Compute<unknown> {
  const [value, ...rest] = tree.arguments.map((part) => computeValue(part, indexOf)) as [
    Compute<unknown>,
    ...Compute<unknown>[],
  ];
  const [, second] = tree.arguments;
  const literal = second?.kind === "text" ? second.value : "";
  const onText =
    (test: (text: string) => unknown): Compute<unknown> =>
    (row) => {
      const given = value(row);
      return given === null ? null : test(String(given));
    };
  switch (tree.function) {
    case "coalesce":
      return (row) => {
        let found = value(row);
        for (let next = 0; found === null && next < rest.length; next++) found = (rest[next] as Compute<unknown>)(row);
        return found;
      };
    case "lower":
      return onText((text) => text.toLowerCase());
    case "upper":
      return onText((text) => text.toUpperCase());
    case "starts_with":
      return onText((text) => text.startsWith(literal));
    case "ends_with":
      return onText((text) => text.endsWith(literal));
    case "contains":
      return onText((text) => text.includes(literal));
    case "matches": {
      const pattern = new SafePattern(literal);
      return onText((text) => pattern.test(text));
    }
    case "json":
      return (row) => jsonOf(value(row));
    case "duration":
      return (row) => {
        const given = value(row);
        return given === null ? null : typeof given === "string" ? durationOfText(given) : Number.NaN;
      };
    case "time":
      return (row) => {
        const given = value(row);
        return given === null ? null : parseTimestamp(given);
      };
    case "http_status":
      return (row) => {
        const status = numberOf(value(row));
        return status >= 100 && status < 500;
      };
  }
}

/** A raw value, `null` where it is missing: an empty text is. */
function present(value: unknown): unknown {
  return value === undefined || value === "" ? null : value;
}

/** For arithmetic a blank text is missing too, as it is where a field is a number. */
function isMissing(value: unknown): boolean {
  return value === null || (typeof value === "string" && value.trim() === "");
}

/** The number that a value is or spells; an instant is its milliseconds. NaN for anything else. */
export function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return Number(value);
  if (value instanceof Date) return value.getTime();
  if (typeof value !== "string") return Number.NaN;
  const text = value.trim();
  const lower = text.toLowerCase();
  return lower === "true" ? 1 : lower === "false" ? 0 : decimalOfText(text);
}

/** The JSON inside a text; `null` where it is none. */
function jsonOf(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return parseJsonRow(value);
  } catch {
    return null;
  }
}

function memberOf(value: unknown, path: readonly string[]): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== "object" || inner === null || !Object.hasOwn(inner, key)) return null;
    inner = (inner as Record<string, unknown>)[key];
  }
  return inner;
}
