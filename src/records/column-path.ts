/** A mapped column of nested objects: the key itself, or a path of keys. */
export interface ColumnPath {
  readonly column: string;
  /** The keys of the path; those in quotes are one key, dots and all. */
  readonly parts: readonly string[];
}

const part = /"((?:[^"\\]|\\.)+)"|[^."]+/gu;
const path = /^(?:"(?:[^"\\]|\\.)+"|[^."]+)(?:\.(?:"(?:[^"\\]|\\.)+"|[^."]+))*$/u;

/** The keys of a path such as `labels."app.version"`; any other text is one key. */
export function columnPath(column: string): ColumnPath {
  if (!column.includes(".") || !path.test(column)) return { column, parts: [column] };
  const parts = [...column.matchAll(part)].map(([text, quoted]) => quoted?.replace(/\\(.)/gu, "$1") ?? text);
  return { column, parts };
}

/**
 * The value of a column in an object: of the key with this name, else at the path of keys. A key with dots in it is
 * found without quotes too; the longest key goes first.
 */
export function valueAtPath(row: object, { column, parts }: ColumnPath): unknown {
  if (Object.hasOwn(row, column)) return (row as Record<string, unknown>)[column];
  return parts.length === 1 && parts[0] === column ? undefined : descend(row, parts, 0);
}

function descend(value: unknown, parts: readonly string[], from: number): unknown {
  if (from === parts.length) return value;
  if (typeof value !== "object" || value === null) return undefined;
  let key = parts[from] as string;
  // Nearly always the next key is there as it is written.
  if (Object.hasOwn(value, key)) {
    const found = descend((value as Record<string, unknown>)[key], parts, from + 1);
    if (found !== undefined) return found;
  }
  for (let to = from + 1; to < parts.length; to++) {
    key = `${key}.${parts[to] as string}`;
    if (!Object.hasOwn(value, key)) continue;
    const found = descend((value as Record<string, unknown>)[key], parts, to + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
