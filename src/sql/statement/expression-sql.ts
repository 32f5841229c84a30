import { type Expression, kindOfExpression, type Operator } from "../../records/mapping/expression-tree.ts";
import { earliestMilliseconds, latestMilliseconds } from "../../records/timestamp.ts";
import type { ColumnKind, SqlDialect } from "../dialect.ts";

/** An expression as SQL, with the kind of its values. */
export interface TypedSql {
  readonly sql: string;
  readonly kind: ColumnKind;
  readonly type: string;
  /** The same as double precision, where the text of it may be a number. */
  readonly double?: string;
}

/** What an expression needs to know of the table, and how it says that it can't be translated. */
export interface ExpressionContext {
  readonly dialect: SqlDialect;
  typeOf(column: string): string;
  refuse(part: string, requirement: string, type: string): Error;
}

/** Translates expressions of the mapping language, with the meaning that reading a row gives them. */
export class ExpressionSql {
  readonly #context: ExpressionContext;
  readonly #dialect: SqlDialect;

  constructor(context: ExpressionContext) {
    this.#context = context;
    this.#dialect = context.dialect;
  }

  /** A value; NULL, or an empty text, where it is missing. */
  value(tree: Expression): TypedSql {
    const { number, text } = this.#dialect;
    switch (tree.kind) {
      case "column": {
        const type = this.#context.typeOf(tree.column);
        return { sql: this.#dialect.identifier(tree.column), kind: this.#dialect.kindOf(type), type };
      }
      case "number":
        return { sql: number(tree.value), kind: "float", type: "number" };
      case "text":
        return { sql: text(tree.value), kind: "text", type: "text" };
      case "negated":
        return this.#number(`(-${this.number(tree.operand)})`);
      case "arithmetic":
        return this.#number(this.#arithmetic(tree.operator, this.number(tree.left), this.number(tree.right)));
      case "call":
        return this.#call(tree);
      case "member":
        return this.#member(tree);
      default:
        return {
          sql: `CASE WHEN ${this.condition(tree)} THEN ${number(1)} ELSE ${number(0)} END`,
          kind: "float",
          type: "condition",
        };
    }
  }

  /** A number in double precision; NULL where it is missing. */
  number(tree: Expression): string {
    const value = this.value(tree);
    if (value.double !== undefined) return value.double;
    switch (value.kind) {
      case "float":
        return tree.kind === "column" ? this.#dialect.double(value.sql, value.kind) : value.sql;
      case "integer":
      case "boolean":
        return this.#dialect.double(value.sql, value.kind);
      case "timestamp":
        return this.#dialect.epochMs(value.sql, value.type);
      default:
        throw this.#context.refuse(nameOf(tree), "a numeric or timestamp column", value.type);
    }
  }

  /** A text; NULL or empty where it is missing. */
  text(tree: Expression): string {
    const value = this.value(tree);
    if (value.kind !== "text" && value.kind !== "integer" && value.kind !== "boolean")
      throw this.#context.refuse(nameOf(tree), "a text, an integer or a boolean column", value.type);
    return value.type === "text" ? value.sql : this.#dialect.string(value.sql, value.kind, value.type);
  }

  /** Whether a condition holds; NULL stands for false. */
  condition(tree: Expression): string {
    switch (tree.kind) {
      case "both":
        return `(${this.condition(tree.left)} AND ${this.condition(tree.right)})`;
      case "either":
        return `(${this.condition(tree.left)} OR ${this.condition(tree.right)})`;
      case "not":
        return not(this.condition(tree.operand));
      case "in":
        return `(${tree.choices.map((choice) => this.#equal(tree.value, choice)).join(" OR ")})`;
      case "comparison":
        if (tree.operator === "==") return this.#equal(tree.left, tree.right);
        if (tree.operator === "!=") return not(this.#equal(tree.left, tree.right));
        return this.#ordered(tree.operator, tree.left, tree.right);
      case "call":
        return this.#test(tree);
      default:
        throw this.#context.refuse(nameOf(tree), "a condition", "value");
    }
  }

  #number(sql: string): TypedSql {
    return { sql, kind: "float", type: "number" };
  }

  /** No number at all, as what is divided by zero is. */
  get #nan(): string {
    const { infinity } = this.#dialect;
    return `(${infinity} - ${infinity})`;
  }

  #arithmetic(operator: string, left: string, right: string): string {
    if (operator !== "/") return `(${left} ${operator} ${right})`;
    // Databases differ in what a division by zero is; NULL stays NULL.
    return `CASE WHEN ${right} = ${this.#dialect.number(0)} THEN ${left} * ${this.#nan} ELSE ${left} / ${right} END`;
  }

  #ordered(operator: Operator, left: Expression, right: Expression): string {
    const [a, b] = [this.number(left), this.number(right)];
    return `(${a} ${operator} ${b}${this.#unlessNaN(left, a)}${this.#unlessNaN(right, b)})`;
  }

  /** Databases sort NaN beyond all numbers, but it is in no order. */
  #unlessNaN(tree: Expression, sql: string): string {
    if (tree.kind === "number" || (tree.kind === "column" && this.value(tree).kind !== "float")) return "";
    return ` AND NOT ${this.#dialect.isNaN(sql)}`;
  }

  #equal(left: Expression, right: Expression): string {
    if (right.kind === "null") return this.#missing(left);
    const [a, b] = [this.value(left), this.value(right)];
    if (right.kind === "text") {
      if (a.kind !== "text" && a.kind !== "boolean")
        throw this.#context.refuse(
          nameOf(left),
          `text, since it is compared with ${JSON.stringify(right.value)}`,
          a.type,
        );
      return `(${this.text(left)} = ${b.sql})`;
    }
    if (right.kind === "number" || isNumeric(a) || isNumeric(b)) {
      const [x, y] = [this.number(left), this.number(right)];
      return `(${x} = ${y}${this.#unlessNaN(left, x)}${this.#unlessNaN(right, y)})`;
    }
    const [x, y] = [this.text(left), this.text(right)];
    return `(${x} = ${y} AND ${x} <> '')`;
  }

  #missing(tree: Expression): string {
    const value = this.value(tree);
    return value.kind === "text" ? `(${value.sql} IS NULL OR ${this.text(tree)} = '')` : `(${value.sql} IS NULL)`;
  }

  #call(tree: Extract<Expression, { kind: "call" }>): TypedSql {
    const [first] = tree.arguments as readonly [Expression];
    switch (tree.function) {
      case "coalesce":
        return this.#coalesce(tree.arguments);
      case "lower":
      case "upper":
        return { sql: this.#dialect.texts[tree.function](this.text(first)), kind: "text", type: "text" };
      case "time": {
        const { number } = this.#dialect;
        const at = this.number(first);
        const plausible = `${at} BETWEEN ${number(earliestMilliseconds)} AND ${number(latestMilliseconds)}`;
        return this.#number(`CASE WHEN ${plausible} THEN ${at} ELSE ${at} * ${this.#nan} END`);
      }
      case "duration":
      case "json":
        throw this.#context.refuse(`${tree.function}(...)`, "made in a view, as databases differ in it", "text");
      default:
        return {
          sql: `CASE WHEN ${this.#test(tree)} THEN ${this.#dialect.number(1)} ELSE ${this.#dialect.number(0)} END`,
          kind: "float",
          type: "condition",
        };
    }
  }

  #test(tree: Extract<Expression, { kind: "call" }>): string {
    const [value, part] = tree.arguments as readonly [Expression, Expression | undefined];
    if (tree.function === "http_status") {
      const [status, low, high] = [this.number(value), this.#dialect.number(100), this.#dialect.number(500)];
      return `(${status} >= ${low} AND ${status} < ${high})`;
    }
    const x = this.text(value);
    const given = part?.kind === "text" ? part.value : "";
    const { texts } = this.#dialect;
    const literal = this.#dialect.text(given);
    const length = [...given].length;
    const found =
      tree.function === "matches"
        ? texts.matches(x, literal)
        : given === ""
          ? undefined
          : tree.function === "contains"
            ? texts.contains(x, literal)
            : tree.function === "starts_with"
              ? texts.startsWith(x, literal, length)
              : texts.endsWith(x, literal, length);
    return `(${x} <> ''${found === undefined ? "" : ` AND ${found}`})`;
  }

  #coalesce(parts: readonly Expression[]): TypedSql {
    const values = parts.map((part) => this.value(part));
    const [first] = values as [TypedSql];
    if (values.every(({ kind }) => kind === first.kind) && first.kind !== "text")
      return { ...first, sql: `coalesce(${values.map(({ sql }) => sql).join(", ")})` };
    if (values.every(isNumeric)) return this.#number(`coalesce(${parts.map((part) => this.number(part)).join(", ")})`);
    const texts = parts.map((part) => this.text(part)).map((sql) => `CASE WHEN ${sql} <> '' THEN ${sql} END`);
    return { sql: `coalesce(${texts.join(", ")})`, kind: "text", type: "text" };
  }

  #member(tree: Extract<Expression, { kind: "member" }>): TypedSql {
    const { member } = this.#dialect.texts;
    const [source] = tree.of.kind === "call" ? tree.of.arguments : [];
    if (member === undefined || source === undefined)
      throw this.#context.refuse("json(...)", "made in a view, as databases differ in it", "text");
    const sql = member(this.text(source), tree.path, this.#dialect.text);
    return { sql, kind: "text", type: "text", double: `TRY_CAST(${sql} AS DOUBLE)` };
  }
}

function isNumeric({ kind }: TypedSql): boolean {
  return kind === "float" || kind === "integer" || kind === "boolean";
}

/** NULL is no condition that holds, so its opposite does. */
function not(condition: string): string {
  return `(CASE WHEN ${condition} THEN 1 ELSE 0 END = 0)`;
}

function nameOf(tree: Expression): string {
  return tree.kind === "column" ? `column ${JSON.stringify(tree.column)}` : `a ${kindOfExpression(tree)} of it`;
}
