/**
 * A SELECT of these columns, one a line. Lines are indented one by one, never by a replacement in the text: a literal
 * can have line breaks of its own.
 */
export function selectLines(columns: readonly string[]): string[] {
  return columns.map(
    (column, index) => `${index === 0 ? "SELECT " : "  "}${column}${index < columns.length - 1 ? "," : ""}`,
  );
}

/** The rows of a query, to select from. */
export function fromLines(query: readonly string[], name: string): string[] {
  return ["FROM (", ...query.map((line) => `  ${line}`), `) ${name}`];
}
