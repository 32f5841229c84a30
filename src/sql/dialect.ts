import { cannot, DatabaseError } from "../errors.ts";
import type { TextFunctions } from "./dialects/text-functions.ts";
import { escapedText, requirePlainText } from "./plain-text.ts";

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
  /** How it looks into texts. */
  readonly texts: TextFunctions;
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

/** A table as it stands after FROM. @throws {DatabaseError} `invalid-table` or `control-character` */
export function tableText(dialect: SqlDialect, table: SqlTable): string {
  if (typeof table === "object" && "sql" in table) return table.sql;
  return requirePlainTable(table, dialect.name)
    .map((part) => dialect.identifier(part))
    .join(".");
}

/**
 * The parts of a table's name: separated by dots, those with a dot inside in double quotes.
 *
 * @throws {DatabaseError} `invalid-table` when there is no name, or a quote is not closed
 */
function partsOf(table: string | readonly string[]): readonly string[] {
  const parts = typeof table === "string" ? splitName(table) : table;
  if (parts.length > 0 && parts.every((part) => part !== "")) return parts;
  throw new DatabaseError(cannot("read the name of the table", "table", "a name such as logs.requests", table), {
    engine: "any",
    code: "invalid-table",
    field: "table",
    value: table,
    fix: "Separate its parts by dots, and put a part that holds a dot or begins with a quote in double quotes",
  });
}

/** The parts of a name, none of them where it can't be read. */
function splitName(name: string): string[] {
  const part = /(?:"((?:[^"]|"")+)"|([^".][^.]*))(\.|$)/uy;
  const parts: string[] = [];
  for (let dot = "."; dot === ".";) {
    const found = part.exec(name);
    if (found === null) return [];
    parts.push(found[1]?.replaceAll('""', '"') ?? (found[2] as string));
    dot = found[3] as string;
  }
  return parts;
}

/** The parts of a table's name, none of which holds a control character. @throws {DatabaseError} */
export function requirePlainTable(table: string | readonly string[], database: string): readonly string[] {
  return partsOf(table).map((part) => requirePlainText(part, "table", database));
}

/** How a table is named in messages. */
export function tableName(table: SqlTable): string {
  return escapedText(typeof table === "string" ? table : "sql" in table ? table.sql : table.join("."));
}
