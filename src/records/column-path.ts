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

/**
 * A list of keys and values, `[{ "key": "a", "value": 1 }]` or with `name` for `key`, as an object; `undefined` for any
 * other list. A value that is wrapped by its type, as OTLP has it, is taken out. A key with two values has none.
 */
export function keyValueList(list: readonly unknown[]): Record<string, unknown> | undefined {
  const found = new Map<string, unknown>();
  const twice = new Set<string>();
  for (const entry of list) {
    if (typeof entry !== "object" || entry === null || !Object.hasOwn(entry, "value")) return undefined;
    const { key, name, value } = entry as { key?: unknown; name?: unknown; value: unknown };
    const label = key ?? name;
    if (typeof label !== "string") return undefined;
    if (found.has(label) && found.get(label) !== unwrapped(value)) twice.add(label);
    found.set(label, unwrapped(value));
  }
  for (const label of twice) found.delete(label);
  return list.length === 0 ? undefined : Object.fromEntries(found);
}

function unwrapped(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  const [only] = entries;
  return entries.length === 1 && /^(?:string|int|double|bool)Value$/u.test(only?.[0] ?? "") ? only?.[1] : value;
}

function descend(value: unknown, parts: readonly string[], from: number): unknown {
  if (from === parts.length) return value;
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    const listed = keyValueList(value);
    if (listed !== undefined) return descend(listed, parts, from);
  }
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
