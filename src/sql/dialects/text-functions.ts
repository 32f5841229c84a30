/** How a database looks into texts. Texts to look for come as literals of the dialect. */
export interface TextFunctions {
  lower(x: string): string;
  upper(x: string): string;
  contains(x: string, part: string): string;
  /** @param length - characters of the part. */
  startsWith(x: string, part: string, length: number): string;
  endsWith(x: string, part: string, length: number): string;
  /** Whether a regular expression is found anywhere in a text. */
  matches(x: string, pattern: string): string;
  /** The text of a member of a JSON text, NULL where there is none; absent where the database is not known for it. */
  readonly member?: (x: string, path: readonly string[], quote: (text: string) => string) => string;
}

/** Standard SQL. */
export const ansiText: TextFunctions = {
  lower: (x) => `lower(${x})`,
  upper: (x) => `upper(${x})`,
  contains: (x, part) => `position(${part} IN ${x}) > 0`,
  startsWith: (x, part, length) => `substring(${x} FROM 1 FOR ${length}) = ${part}`,
  endsWith: (x, part, length) =>
    `(char_length(${x}) >= ${length} AND substring(${x} FROM char_length(${x}) - ${length} + 1) = ${part})`,
  matches: (x, pattern) => `${x} LIKE_REGEX ${pattern}`,
};

export const duckdbText: TextFunctions = {
  ...ansiText,
  contains: (x, part) => `contains(${x}, ${part})`,
  startsWith: (x, part) => `starts_with(${x}, ${part})`,
  endsWith: (x, part) => `ends_with(${x}, ${part})`,
  matches: (x, pattern) => `regexp_matches(${x}, ${pattern})`,
  member: (x, path, quote) =>
    `CASE WHEN json_valid(${x}) THEN json_extract_string(${x}, ` +
    `${quote(`$${path.map((key) => `."${key.replaceAll('"', String.raw`\"`)}"`).join("")}`)}) END`,
};

export const postgresText: TextFunctions = {
  ...ansiText,
  contains: (x, part) => `strpos(${x}, ${part}) > 0`,
  startsWith: (x, part, length) => `left(${x}, ${length}) = ${part}`,
  endsWith: (x, part, length) => `right(${x}, ${length}) = ${part}`,
  // With "p" the point and opposite sets leave line feeds out, as everywhere else.
  matches: (x, pattern) => `${x} ~ concat('(?p)', ${pattern})`,
};

export const clickhouseText: TextFunctions = {
  lower: (x) => `lowerUTF8(${x})`,
  upper: (x) => `upperUTF8(${x})`,
  contains: (x, part) => `position(${x}, ${part}) > 0`,
  startsWith: (x, part) => `startsWith(${x}, ${part}) = 1`,
  endsWith: (x, part) => `endsWith(${x}, ${part}) = 1`,
  matches: (x, pattern) => `match(${x}, ${pattern}) = 1`,
};

export const sparkText: TextFunctions = {
  ...ansiText,
  contains: (x, part) => `locate(${part}, ${x}) > 0`,
  startsWith: (x, part, length) => `left(${x}, ${length}) = ${part}`,
  endsWith: (x, part, length) => `right(${x}, ${length}) = ${part}`,
  matches: (x, pattern) => `${x} RLIKE ${pattern}`,
};

export const bigqueryText: TextFunctions = {
  ...ansiText,
  contains: (x, part) => `STRPOS(${x}, ${part}) > 0`,
  startsWith: (x, part) => `STARTS_WITH(${x}, ${part})`,
  endsWith: (x, part) => `ENDS_WITH(${x}, ${part})`,
  matches: (x, pattern) => `REGEXP_CONTAINS(${x}, ${pattern})`,
};

export const snowflakeText: TextFunctions = {
  ...ansiText,
  contains: (x, part) => `contains(${x}, ${part})`,
  startsWith: (x, part) => `startswith(${x}, ${part})`,
  endsWith: (x, part) => `endswith(${x}, ${part})`,
  matches: (x, pattern) => `regexp_instr(${x}, ${pattern}) > 0`,
};

export const trinoText: TextFunctions = {
  ...ansiText,
  contains: (x, part) => `strpos(${x}, ${part}) > 0`,
  startsWith: (x, part) => `starts_with(${x}, ${part})`,
  endsWith: (x, part, length) => `substr(${x}, -${length}) = ${part}`,
  matches: (x, pattern) => `regexp_like(${x}, ${pattern})`,
};
