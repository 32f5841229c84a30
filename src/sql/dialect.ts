/** What kind of values a column holds, as far as a summary cares. */
export type ColumnKind = "float" | "integer" | "boolean" | "text" | "timestamp" | "other";

/** A column of a table, with its type as the engine names it. */
export interface SqlColumn {
  readonly name: string;
  readonly type: string;
}

/** One row of a result: values by column name. */
export type SqlRow = Readonly<Record<string, unknown>>;

/**
 * A table: a name, whose dots separate database, schema and table; its parts; or an expression after FROM such as
 * `read_parquet('f')`.
 */
export type SqlTable = string | readonly string[] | { readonly sql: string };

/** The words in which engines differ. Everything else is the same statement. */
export interface SqlDialect {
  readonly name: string;
  /**
   * `true`: the project's tests run its statements in the engine. `false`: statements are generated only and were never
   * run here.
   */
  readonly tested: boolean;
  /** A name as an identifier. */
  identifier(name: string): string;
  /** A text as a literal. */
  text(value: string): string;
  /** A finite number as a literal of double precision. */
  number(value: number): string;
  /** Positive infinity. */
  readonly infinity: string;
  isNaN(x: string): string;
  /** A numeric or boolean column as double precision. */
  double(column: string, kind: ColumnKind): string;
  /** A column as text, as JavaScript's `String` writes it. */
  string(column: string, kind: ColumnKind, type: string): string;
  /** A timestamp column as whole milliseconds since 1970 in double precision. */
  epochMs(column: string, type: string): string;
  /** A literal to compare a timestamp column with. */
  instant(milliseconds: number, type: string): string;
  /** The truth of a boolean column. */
  isTrue(column: string): string;
  /** `factor` times the base-2 logarithm of a positive double. */
  log2Times(x: string, factor: number): string;
  /** A double without fraction as an integer. */
  integer(x: string): string;
  /** The first byte of the MD5 of a text's UTF-8, modulo 64, as text. */
  unitBucket(text: string): string;
  concat(parts: readonly string[]): string;
  greatest(a: string, b: string): string;
  /** An aggregate that is never NULL, as double precision. */
  aggregate(expression: string): string;
  /** Sum of doubles, compensated where the engine has it. */
  sum(x: string): string;
  /** Ends a subquery whose expressions must be computed once a row; empty where the engine does so anyway. */
  readonly fence: string;
  /** Whether it has window functions, by which every row can say how many there are. */
  readonly windows: boolean;
  /** The statement that lists a table's columns. */
  describe(table: SqlTable): string;
  /** Reads its rows. */
  columns(rows: readonly SqlRow[]): SqlColumn[];
  kindOf(type: string): ColumnKind;
}

/** A table as it stands after FROM. */
export function tableText(dialect: SqlDialect, table: SqlTable): string {
  if (typeof table === "object" && "sql" in table) return table.sql;
  return partsOf(table)
    .map((part) => dialect.identifier(part))
    .join(".");
}

/** The parts of a table's name. */
export function partsOf(table: string | readonly string[]): readonly string[] {
  if (typeof table !== "string") return table;
  return (table.match(/"(?:[^"]|"")+"|[^.]+/gu) ?? []).map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replace(/""/gu, '"') : part,
  );
}

/** How a table is named in messages. */
export function tableName(table: SqlTable): string {
  return typeof table === "string" ? table : "sql" in table ? table.sql : table.join(".");
}
