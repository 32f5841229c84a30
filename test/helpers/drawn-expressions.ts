import fc from "fast-check";
import type { Expression } from "../../src/records/mapping/expression-tree.ts";

/** Columns of drawn rows: two numbers, two texts and a truth value. */
export interface DrawnRow {
  readonly n: number | null;
  readonly m: number | null;
  readonly t: string | null;
  readonly u: string | null;
  readonly b: boolean | null;
}

const orNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(values, { freq: 5, nil: null });
const numbers = fc.integer({ min: -6, max: 6 }).map((value) => value / 2 + 0);
const texts = fc.constantFrom("a", "b", "ab", "A b", "ba", "x.y", "5", "200 OK");

/** Rows in which values repeat often, and are missing at times. */
export const drawnRows: fc.Arbitrary<DrawnRow[]> = fc.array(
  fc.record({
    n: orNull(numbers),
    m: orNull(numbers),
    t: orNull(texts),
    u: orNull(texts),
    b: orNull(fc.boolean()),
  }),
  { minLength: 1, maxLength: 12 },
);

const column = (name: string): Expression => ({ kind: "column", column: name });
const literalNumber = numbers.map((value): Expression => ({ kind: "number", value: Math.abs(value) }));
const literalText = fc
  .oneof(texts, fc.constantFrom("it's", "no such text"))
  .map((value): Expression => ({ kind: "text", value }));
const order = fc.constantFrom("<", "<=", ">", ">=") satisfies fc.Arbitrary<string>;
const equality = fc.constantFrom("==", "!=") satisfies fc.Arbitrary<string>;

/** Expressions over {@link DrawnRow}: of numbers, of texts, and conditions. */
export const {
  number: drawnNumber,
  text: drawnText,
  condition: drawnCondition,
} = fc.letrec<{
  number: Expression;
  text: Expression;
  condition: Expression;
}>((tie) => ({
  number: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(column("n"), column("m")),
    literalNumber,
    fc.record({ kind: fc.constant("negated" as const), operand: fc.constantFrom(column("n"), column("m")) }),
    fc.record({
      kind: fc.constant("arithmetic" as const),
      operator: fc.constantFrom("+", "-", "*", "/"),
      left: tie("number"),
      right: tie("number"),
    }),
    fc
      .tuple(fc.constantFrom(column("n"), column("m")), literalNumber)
      .map((given): Expression => ({ kind: "call", function: "coalesce", arguments: given })),
  ),
  text: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.constantFrom(column("t"), column("u")),
    fc
      .tuple(fc.constantFrom("lower" as const, "upper" as const), tie("text"))
      .map(([name, of]): Expression => ({ kind: "call", function: name, arguments: [of] })),
    fc
      .tuple(tie("text"), tie("text"))
      .map((given): Expression => ({ kind: "call", function: "coalesce", arguments: given })),
  ),
  condition: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.record({
      kind: fc.constant("comparison" as const),
      operator: order,
      left: tie("number"),
      right: tie("number"),
    }),
    fc.record({
      kind: fc.constant("comparison" as const),
      operator: equality,
      left: tie("number"),
      right: fc.oneof(literalNumber, fc.constant<Expression>({ kind: "null" }), tie("number")),
    }),
    fc.record({
      kind: fc.constant("comparison" as const),
      operator: equality,
      left: tie("text"),
      right: fc.oneof(literalText, fc.constant<Expression>({ kind: "null" }), tie("text")),
    }),
    fc.record({
      kind: fc.constant("comparison" as const),
      operator: equality,
      left: fc.constant(column("b")),
      right: fc.constantFrom<Expression>({ kind: "text", value: "true" }, { kind: "text", value: "false" }),
    }),
    fc.record({
      kind: fc.constant("in" as const),
      value: tie("text"),
      choices: fc.array(literalText, { minLength: 1, maxLength: 3 }),
    }),
    fc
      .tuple(fc.constantFrom("starts_with" as const, "ends_with" as const, "contains" as const), tie("text"), texts)
      .map(([name, of, part]): Expression => ({
        kind: "call",
        function: name,
        arguments: [of, { kind: "text", value: part }],
      })),
    fc
      .tuple(tie("text"), fc.constantFrom("^a", "b$", "a|x", "^[a-b ]+$", String.raw`\d+`, String.raw`x\.y`))
      .map(([of, pattern]): Expression => ({
        kind: "call",
        function: "matches",
        arguments: [of, { kind: "text", value: pattern }],
      })),
    fc.tuple(tie("number")).map(([of]): Expression => ({ kind: "call", function: "http_status", arguments: [of] })),
    fc.record({
      kind: fc.constantFrom("both" as const, "either" as const),
      left: tie("condition"),
      right: tie("condition"),
    }),
    fc.record({ kind: fc.constant("not" as const), operand: tie("condition") }),
  ),
}));

/** The value of an expression the slow and obvious way; `null` where it is missing. */
export function obviousValue(tree: Expression, row: DrawnRow): number | string | boolean | null {
  const of = (part: Expression): number | string | boolean | null => obviousValue(part, row);
  switch (tree.kind) {
    case "column":
      return row[tree.column as keyof DrawnRow];
    case "number":
    case "text":
      return tree.value;
    case "null":
      return null;
    case "negated": {
      const value = of(tree.operand);
      return value === null ? null : -(value as number);
    }
    case "arithmetic": {
      const [a, b] = [of(tree.left), of(tree.right)] as [number | null, number | null];
      if (a === null || b === null) return null;
      if (tree.operator === "+") return a + b;
      if (tree.operator === "-") return a - b;
      if (tree.operator === "*") return a * b;
      return b === 0 ? Number.NaN : a / b;
    }
    case "comparison": {
      const [a, b] = [of(tree.left), of(tree.right)];
      if (tree.right.kind === "null") return (a === null) === (tree.operator === "==");
      if (a === null || b === null) return tree.operator === "!=";
      const [x, y] = tree.right.kind === "text" && typeof a === "boolean" ? [String(a), b] : [a, b];
      if (tree.operator === "==") return x === y;
      if (tree.operator === "!=") return x !== y;
      return tree.operator === "<" ? x < y : tree.operator === "<=" ? x <= y : tree.operator === ">" ? x > y : x >= y;
    }
    case "both":
      return of(tree.left) === true && of(tree.right) === true;
    case "either":
      return of(tree.left) === true || of(tree.right) === true;
    case "not":
      return of(tree.operand) !== true;
    case "in":
      return tree.choices.some((choice) => of(choice) === of(tree.value));
    case "member":
      return null;
    case "call": {
      const [first, second] = tree.arguments.map(of) as [number | string | null, string];
      if (tree.function === "coalesce") return first ?? second;
      if (first === null) return tree.function === "lower" || tree.function === "upper" ? null : false;
      switch (tree.function) {
        case "lower":
          return String(first).toLowerCase();
        case "upper":
          return String(first).toUpperCase();
        case "starts_with":
          return String(first).startsWith(second);
        case "ends_with":
          return String(first).endsWith(second);
        case "contains":
          return String(first).includes(second);
        case "matches":
          return new RegExp(second, "u").test(String(first));
        case "http_status":
          return Number(first) >= 100 && Number(first) < 500;
        default:
          return null;
      }
    }
  }
}
