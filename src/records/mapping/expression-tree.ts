/** How a comparison relates two values. */
export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** What an expression with these parts computes from the columns of a row. */
export type Expression =
  | { readonly kind: "column"; readonly column: string }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "null" }
  | { readonly kind: "negated"; readonly operand: Expression }
  | {
      readonly kind: "arithmetic";
      readonly operator: "+" | "-" | "*" | "/";
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "comparison"; readonly operator: Operator; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "both" | "either"; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "not"; readonly operand: Expression }
  | { readonly kind: "in"; readonly value: Expression; readonly choices: readonly Expression[] }
  | { readonly kind: "call"; readonly function: FunctionName; readonly arguments: readonly Expression[] }
  | { readonly kind: "member"; readonly of: Expression; readonly path: readonly string[] };

/** The functions of the expression language. */
export type FunctionName =
  | "coalesce"
  | "lower"
  | "upper"
  | "starts_with"
  | "ends_with"
  | "contains"
  | "matches"
  | "json"
  | "duration"
  | "time"
  | "http_status";

/** What kind of value a function takes or gives: `any` is a value of a column, of whatever kind that is. */
export type ValueKind = "any" | "number" | "text" | "condition";

/** What a function takes, and what it gives. */
export interface FunctionSignature {
  /** `value`: any but a condition; `text`: a text that is written out. The last one may be repeated with `more`. */
  readonly parameters: readonly ("value" | "text")[];
  readonly more?: true;
  readonly result: ValueKind;
}

/** The functions by name. */
export const functions: Readonly<Record<FunctionName, FunctionSignature>> = {
  coalesce: { parameters: ["value", "value"], more: true, result: "any" },
  lower: { parameters: ["value"], result: "text" },
  upper: { parameters: ["value"], result: "text" },
  starts_with: { parameters: ["value", "text"], result: "condition" },
  ends_with: { parameters: ["value", "text"], result: "condition" },
  contains: { parameters: ["value", "text"], result: "condition" },
  matches: { parameters: ["value", "text"], result: "condition" },
  json: { parameters: ["value"], result: "any" },
  duration: { parameters: ["value"], result: "number" },
  time: { parameters: ["value"], result: "number" },
  http_status: { parameters: ["value"], result: "condition" },
};

/** The kind of value that an expression gives. */
export function kindOfExpression(tree: Expression): ValueKind {
  switch (tree.kind) {
    case "number":
    case "negated":
    case "arithmetic":
      return "number";
    case "text":
      return "text";
    case "comparison":
    case "both":
    case "either":
    case "not":
    case "in":
      return "condition";
    case "call":
      return functions[tree.function].result;
    default:
      return "any";
  }
}

/** The parts that an expression consists of. */
export function partsOfExpression(tree: Expression): readonly Expression[] {
  switch (tree.kind) {
    case "negated":
    case "not":
      return [tree.operand];
    case "arithmetic":
    case "comparison":
    case "both":
    case "either":
      return [tree.left, tree.right];
    case "in":
      return [tree.value, ...tree.choices];
    case "call":
      return tree.arguments;
    case "member":
      return [tree.of];
    default:
      return [];
  }
}

/** The columns that an expression reads, each once, in the order of their first appearance. */
export function columnsOfExpression(tree: Expression): string[] {
  const columns = new Set<string>();
  const visit = (part: Expression): void => {
    if (part.kind === "column") columns.add(part.column);
    partsOfExpression(part).forEach(visit);
  };
  visit(tree);
  return [...columns];
}

/** How tightly the parts of an expression hold together: what binds less is put in parentheses. */
const binding = { either: 1, both: 2, not: 3, comparison: 4, in: 4, "+": 5, "-": 5, "*": 6, "/": 6, negated: 7 };
const tightest = 8;

/** An expression as text, which reads back as the same expression whatever columns there are. */
export function printExpression(tree: Expression, context = 0): string {
  const [text, strength] = printed(tree);
  return strength < context ? `(${text})` : text;
}

function printed(tree: Expression): readonly [string, number] {
  switch (tree.kind) {
    case "column":
      return [quotedColumn(tree.column), tightest];
    case "number":
      return [String(tree.value), tree.value < 0 ? binding.negated : tightest];
    case "text":
      return [quotedText(tree.value), tightest];
    case "null":
      return ["null", tightest];
    case "negated":
      return [`-${printExpression(tree.operand, tightest)}`, binding.negated];
    case "arithmetic": {
      const own = binding[tree.operator];
      return [`${printExpression(tree.left, own)} ${tree.operator} ${printExpression(tree.right, own + 1)}`, own];
    }
    case "comparison":
      return [
        `${printExpression(tree.left, binding["+"])} ${tree.operator} ${printCompared(tree.right, tree.operator)}`,
        binding.comparison,
      ];
    case "both":
    case "either": {
      const own = binding[tree.kind];
      const word = tree.kind === "both" ? "and" : "or";
      return [`${printExpression(tree.left, own)} ${word} ${printExpression(tree.right, own + 1)}`, own];
    }
    case "not":
      return [`not ${printExpression(tree.operand, binding.not)}`, binding.not];
    case "in": {
      const choices = tree.choices.map((choice) => printCompared(choice, "==")).join(", ");
      return [`${printExpression(tree.value, binding["+"])} in (${choices})`, binding.in];
    }
    case "call":
      return [`${tree.function}(${tree.arguments.map((one) => printExpression(one)).join(", ")})`, tightest];
    case "member":
      return [`${printExpression(tree.of)}${tree.path.map((key) => `.${JSON.stringify(key)}`).join("")}`, tightest];
  }
}

/** Right of `==` and `!=` a name is a text: a column or arithmetic there stands in parentheses. */
function printCompared(tree: Expression, operator: Operator): string {
  const literal = tree.kind === "number" || tree.kind === "text" || tree.kind === "null";
  const equality = operator === "==" || operator === "!=";
  return equality && !literal ? `(${printExpression(tree)})` : printExpression(tree, binding["+"]);
}

function quotedColumn(column: string): string {
  return `"${column.replace(/["\\]/gu, String.raw`\$&`)}"`;
}

function quotedText(text: string): string {
  return text.includes("'") ? `"${text}"` : `'${text}'`;
}
