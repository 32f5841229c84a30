import { cannot, DatabaseError } from "../../errors.ts";
import { isCondition, type Operator } from "../../records/mapping/expression.ts";
import type { CompiledField } from "../../records/mapping/fields.ts";
import type { ColumnKind, SqlColumn, SqlDialect } from "../dialect.ts";
import { ExpressionSql, type TypedSql } from "./expression-sql.ts";

/** The fields of a record as expressions over one table's columns. */
export class FieldSql {
  readonly #dialect: SqlDialect;
  readonly #types: ReadonlyMap<string, string>;

  constructor(dialect: SqlDialect, columns: readonly SqlColumn[]) {
    this.#dialect = dialect;
    this.#types = new Map(columns.map(({ name, type }) => [name, type]));
  }

  typeOf(field: CompiledField): string {
    if (field.expression.kind === "computed") return this.#computed(field)?.type ?? "condition";
    return this.#types.get(field.expression.column) ?? "unknown";
  }

  kindOf(field: CompiledField): ColumnKind {
    if (field.expression.kind === "computed") return this.#computed(field)?.kind ?? "boolean";
    return this.#dialect.kindOf(this.typeOf(field));
  }

  /** The column of a field, or what is computed in its place. */
  column(field: CompiledField): string {
    if (field.expression.kind === "computed") return this.#computed(field)?.sql ?? this.number(field);
    return this.#dialect.identifier(field.expression.column);
  }

  /** A text; NULL or empty when missing. */
  text(field: CompiledField): string {
    if (isCondition(field.expression)) return `CASE WHEN ${this.condition(field)} THEN 'true' ELSE 'false' END`;
    if (field.expression.kind === "computed") return this.#expressions(field).text(field.expression.tree);
    const kind = this.kindOf(field);
    if (kind === "float" || kind === "timestamp" || kind === "other")
      throw this.#wrongType(field, "a text, an integer or a boolean column");
    return this.#dialect.string(this.column(field), kind, this.typeOf(field));
  }

  /** A number in double precision; NULL when missing. */
  number(field: CompiledField): string {
    const { number } = this.#dialect;
    if (isCondition(field.expression))
      return `CASE WHEN ${this.condition(field)} THEN ${number(1)} ELSE ${number(0)} END`;
    if (field.expression.kind === "computed") return this.#expressions(field).number(field.expression.tree);
    const kind = this.kindOf(field);
    if (kind !== "float" && kind !== "integer" && kind !== "boolean") throw this.#wrongType(field, "a numeric column");
    const value = this.#dialect.double(this.column(field), kind);
    const factor = field.expression.kind === "column" ? field.expression.factor : 1;
    return factor === 1 || kind === "boolean" ? value : `${value} * ${number(factor)}`;
  }

  /** Milliseconds since 1970 in double precision; NULL when missing. */
  instant(field: CompiledField): string {
    const kind = this.kindOf(field);
    if (isCondition(field.expression) || (kind !== "timestamp" && kind !== "integer" && kind !== "float")) {
      throw this.#wrongType(field, "a timestamp column, or a numeric one with milliseconds since 1970");
    }
    return kind === "timestamp" ? this.readInstant(field, this.column(field)) : this.number(field);
  }

  /** The same of a value of a timestamp's column. */
  readInstant(field: CompiledField, value: string): string {
    return this.#dialect.epochMs(value, this.typeOf(field));
  }

  /** Whether a comparison holds, with the meaning that reading a row gives it; NULL stands for false. */
  condition(field: CompiledField): string {
    const { expression } = field;
    if (expression.kind === "computed" && expression.condition)
      return this.#expressions(field).condition(expression.tree);
    if (expression.kind !== "comparison") throw this.#wrongType(field, "compared with a value");
    const { operator, literal } = expression;
    const column = this.column(field);
    const kind = this.kindOf(field);
    if (literal === null) {
      const missing =
        kind === "text"
          ? `(${column} IS NULL OR ${this.#dialect.string(column, kind, this.typeOf(field))} = '')`
          : `(${column} IS NULL)`;
      return operator === "==" ? missing : `(NOT ${missing})`;
    }
    return this.#compare(field, column, kind, operator, literal);
  }

  /** A computed value; `undefined` for a condition. */
  #computed(field: CompiledField): TypedSql | undefined {
    const { expression } = field;
    if (expression.kind !== "computed" || expression.condition) return undefined;
    return this.#expressions(field).value(expression.tree);
  }

  #expressions(field: CompiledField): ExpressionSql {
    return new ExpressionSql({
      dialect: this.#dialect,
      typeOf: (column) => this.#types.get(column) ?? "unknown",
      refuse: (part, requirement, type) =>
        new DatabaseError(cannot("summarize the table", `${field.field} (${part})`, requirement, type), {
          engine: this.#dialect.name,
          code: "wrong-column-type",
          field: field.field,
          value: type,
          fix: "Compute it in a view, or map another column",
        }),
    });
  }

  #compare(
    field: CompiledField,
    column: string,
    kind: ColumnKind,
    operator: Operator,
    literal: string | number,
  ): string {
    const { text, string, double, number, isNaN } = this.#dialect;
    if (typeof literal === "string" && kind !== "text" && kind !== "boolean")
      throw this.#wrongType(field, `a text column, since it is compared with ${JSON.stringify(literal)}`);
    if (typeof literal === "number" && kind !== "float" && kind !== "integer" && kind !== "boolean")
      throw this.#wrongType(field, `a numeric column, since it is compared with the number ${literal}`);
    const value = typeof literal === "string" ? string(column, kind, this.typeOf(field)) : double(column, kind);
    const other = typeof literal === "string" ? text(literal) : number(literal);
    if (operator === "!=") return `(${column} IS NULL OR ${value} <> ${other})`;
    const notNaN = kind === "float" && (operator === ">" || operator === ">=") ? ` AND NOT ${isNaN(value)}` : "";
    return `(${value} ${operator === "==" ? "=" : operator} ${other}${notNaN})`;
  }

  #wrongType(field: CompiledField, requirement: string): DatabaseError {
    const { column } = field.expression;
    const type = this.typeOf(field);
    const fix =
      this.#dialect.kindOf(type) === "text" && requirement.includes("numeric")
        ? `Convert ${column} in a view, or put the literal in quotes if it is compared`
        : `Convert ${column} in a view, or map another column`;
    return new DatabaseError(
      cannot("summarize the table", `${field.field} (column ${JSON.stringify(column)})`, requirement, type),
      {
        engine: this.#dialect.name,
        code: "wrong-column-type",
        field: field.field,
        value: type,
        fix,
      },
    );
  }
}
