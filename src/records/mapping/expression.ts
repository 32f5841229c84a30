import { cannot, RecordsError } from "../../errors.ts";
import { closestName } from "../closest-name.ts";
import { ExpressionProblem } from "./expression-scanner.ts";
import {
  columnsOfExpression,
  type Expression,
  functions,
  kindOfExpression,
  printExpression,
} from "./expression-tree.ts";
import { parseTree } from "./parse-tree.ts";
import { parseSimple, type SimpleExpression } from "./simple-expression.ts";

export type { Operator } from "./expression-tree.ts";
export { satisfies } from "./satisfies.ts";

/** A value computed from the columns of a row: of one column, or of several. */
export type FieldExpression = SimpleExpression | ComputedExpression;

/** A value that is more than one column, scaled or compared with a literal. */
export interface ComputedExpression {
  readonly kind: "computed";
  readonly tree: Expression;
  /** Whether it is true or false. */
  readonly condition: boolean;
  /** The column that stands first in it; empty where there is none. */
  readonly column: string;
}

/** The operators with their sides exchanged. */
const mirrored = { "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

/** The most characters of an expression. */
const longest = 10_000;

/**
 * Reads an expression of the mapping language: columns, numbers, texts, arithmetic, comparisons, ranges,
 * `and`/`or`/`not`, `in (...)` and functions. The grammar is in docs/expressions.md.
 *
 * @param text - such as `latency_s*1000`, `end - start`, `100 <= status < 500` or `lower(model) in (a, b)`.
 * @param field - the field that it is for, named in errors.
 * @param known - the columns of the source, where they are known: then a name with operators or blanks in it that is
 * one of them means this column.
 * @throws {RecordsError} when the text can't be read: with the character, and what was expected there.
 */
export function parseExpression(text: string, field: string, known?: readonly string[]): FieldExpression {
  const trimmed = text.trim();
  if (trimmed.length > longest) throw refused(trimmed, field, `at most ${longest} characters`);
  if (trimmed === "") throw refused(trimmed, field, "a column or an expression, not empty");
  const simple = parseSimple(trimmed);
  if (simple.kind !== "not-simple" && isCertain(trimmed)) return simple;
  const tree = tryTree(trimmed, known);
  if (!(tree instanceof ExpressionProblem)) return ofTree(tree, simple, trimmed, field);
  if (simple.kind === "not-simple") throw pointed(trimmed, field, tree);
  if (!isName(simple.column, known) || !isPlainText(trimmed, simple)) throw pointed(trimmed, field, tree);
  return simple;
}

/** The columns that an expression reads. */
export function columnsOf(expression: FieldExpression): readonly string[] {
  return expression.kind === "computed" ? columnsOfExpression(expression.tree) : [expression.column];
}

/** Whether an expression is true or false. */
export function isCondition(expression: FieldExpression): boolean {
  return expression.kind === "comparison" || (expression.kind === "computed" && expression.condition);
}

/** An expression as a text that means the same whatever columns a source has: of one that is plain, itself. */
export function settledText(text: string, field: string, known: readonly string[]): string {
  const trimmed = text.trim();
  if (parseSimple(trimmed).kind !== "not-simple" && isCertain(trimmed)) return text;
  return expressionText(parseExpression(text, field, known));
}

/** An expression as people write it, with quotes only where they are needed. */
export function shortText(expression: FieldExpression): string {
  return expressionText(expression).replace(
    /'[^']*'|"(?!(?:null|not|and|or|in|between)")([\p{L}_][\p{L}\p{N}_.]*)"/giu,
    (whole, name: string | undefined) => name ?? whole,
  );
}

/** An expression as a text that means the same whatever columns a source has. */
function expressionText(expression: FieldExpression): string {
  if (expression.kind === "computed") return printExpression(expression.tree);
  const column = `"${expression.column.replace(/["\\]/gu, String.raw`\$&`)}"`;
  if (expression.kind === "column") return expression.factor === 1 ? column : `${column} * ${expression.factor}`;
  const { literal } = expression;
  const value = typeof literal === "string" ? `"${literal}"` : String(literal);
  return `${column} ${expression.operator} ${value}`;
}

/** A plain name, alone, scaled by a number, or compared with one plain word or text. */
const certain = new RegExp(
  String.raw`^(?:"(?:[^"\\]|\\.)+"|(?!(?:not|and|or|in|between)$)[\p{L}_@$][\p{L}\p{N}_.:@$#]*)` +
    String.raw`(?:\s*[*/]\s*\d[\w.]*|\s*(?:==|!=|<=|>=|<|>|=)\s*` +
    String.raw`(?:"[^"]*"|[^\s"'()=<>!,+*/&|-][^\s"'()=<>!,+*/&|]*))?$`,
  "iu",
);

/** Whether a text can mean one thing only. */
function isCertain(text: string): boolean {
  return certain.test(text);
}

function tryTree(text: string, known: readonly string[] | undefined): Expression | ExpressionProblem {
  try {
    return parseTree(text, known);
  } catch (cause) {
    if (cause instanceof ExpressionProblem) return cause;
    throw cause;
  }
}

/** The simple expression that a tree is, or else the tree. */
function ofTree(
  tree: Expression,
  simple: ReturnType<typeof parseSimple>,
  text: string,
  field: string,
): FieldExpression {
  if (tree.kind === "column") return { kind: "column", column: tree.column, factor: 1 };
  if (tree.kind === "arithmetic" && (tree.operator === "*" || tree.operator === "/")) {
    const { left, right } = tree;
    if (left.kind === "column" && right.kind === "number") {
      if (right.value === 0 || !Number.isFinite(right.value))
        throw refused(text, field, "scaled by a finite number other than 0");
      return { kind: "column", column: left.column, factor: tree.operator === "*" ? right.value : 1 / right.value };
    }
    if (left.kind === "number" && right.kind === "column" && tree.operator === "*" && left.value !== 0)
      return { kind: "column", column: right.column, factor: left.value };
  }
  if (tree.kind === "comparison" && tree.left.kind === "number" && tree.right.kind === "column")
    return {
      kind: "comparison",
      column: tree.right.column,
      operator: mirrored[tree.operator],
      literal: tree.left.value,
    };
  if (tree.kind === "comparison" && tree.left.kind === "column") {
    const { operator, right } = tree;
    const column = tree.left.column;
    if (right.kind === "number" || right.kind === "text")
      return { kind: "comparison", column, operator, literal: right.value };
    if (right.kind === "null") return { kind: "comparison", column, operator, literal: null };
  }
  const [first] = columnsOfExpression(tree);
  // `5` and `2 * 3` are the column of that name, as they have always been.
  if (first === undefined && simple.kind !== "not-simple") return simple;
  if (first === undefined) throw refused(text, field, "an expression with a column in it");
  return { kind: "computed", tree, condition: kindOfExpression(tree) === "condition", column: first };
}

/** Whether a text that the grammar refuses may be a column's name that looks odd, and is not a slip. */
function isName(name: string, known: readonly string[] | undefined): boolean {
  if (known?.includes(name) === true) return true;
  if (known !== undefined && /[()+,']|\s-|\s(?:and|or)\s/u.test(name)) return false;
  const called = /^([A-Za-z_]\w*)\s*\(/u.exec(name)?.[1];
  if (called !== undefined && closestName(called, Object.keys(functions)) !== undefined) return false;
  return isBalanced(name) && !/&&|\|\||'.*'|^not\s|\s(?:in|between)\s*\(/iu.test(name);
}

/** Whether the text that a column is compared with can't be taken for a part of the language. */
function isPlainText(text: string, simple: SimpleExpression): boolean {
  if (simple.kind !== "comparison" || typeof simple.literal !== "string" || text.endsWith('"')) return true;
  return isBalanced(simple.literal) && !/&&|\|\||\s(?:and|or)(?:\s|$)/iu.test(simple.literal);
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth++;
    else if (character === ")" && --depth < 0) return false;
  }
  return depth === 0;
}

function pointed(text: string, field: string, problem: ExpressionProblem): RecordsError {
  const hint = problem.hint === undefined ? "" : `${problem.hint}${/[.?]$/u.test(problem.hint) ? "" : "."} `;
  return new RecordsError(
    cannot("read the mapping", field, `an expression with ${problem.expected} at character ${problem.at + 1}`, text),
    {
      code: "invalid-expression",
      field,
      value: text,
      fix: `${hint}See docs/expressions.md\n${caretLines(text, problem)}`,
    },
  );
}

/** The expression, and below it a caret under the character that can't be read. */
function caretLines(text: string, { at, expected }: ExpressionProblem): string {
  const from = Math.max(0, at - 50);
  const shown = text.slice(from, from + 90).replace(/\s/gu, " ");
  const before = from > 0 ? "..." : "";
  const after = from + 90 < text.length ? "..." : "";
  const column = [...text.slice(from, at)].length + before.length;
  return `  ${before}${shown}${after}\n  ${" ".repeat(column)}^ expected ${expected}`;
}

function refused(text: string, field: string, requirement: string): RecordsError {
  return new RecordsError(cannot("read the mapping", field, requirement, text), {
    code: "invalid-expression",
    field,
    value: text,
    fix: "Write it as COLUMN, COLUMN*NUMBER, COLUMN OPERATOR LITERAL, or as docs/expressions.md says",
  });
}
