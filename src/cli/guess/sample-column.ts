import type { FileSample } from "../../node/read/sample.ts";
import { columnPath, valueAtPath } from "../../records/column-path.ts";

/** What the first rows have in one column, or in a key of the JSON that a column holds as text. */
export interface SampleColumn {
  /** As a mapping names it. */
  readonly expression: string;
  /** Its last key, in lower case, without marks: what it is most likely called for. */
  readonly name: string;
  /** The values of all rows; null where there is none. */
  readonly values: readonly (string | number | boolean | null)[];
}

/** Different values of a column, the most frequent first. */
export function distinctValues({ values }: SampleColumn): [value: string, rows: number][] {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

/** The numbers of a column, of texts too; the other values are left out. */
export function numbersOf({ values }: SampleColumn): number[] {
  return values.flatMap((value) => {
    const number = typeof value === "number" ? value : typeof value === "string" && value !== "" ? Number(value) : NaN;
    return Number.isFinite(number) ? [number] : [];
  });
}

/** The columns of all samples, those of JSON in text included. */
export function columnsOfSamples(samples: readonly FileSample[]): SampleColumn[] {
  const rows = samples.flatMap((sample) => sample.rows);
  const names = new Set(samples.flatMap((sample) => sample.columns));
  return [...names].flatMap((column) => {
    const path = columnPath(column);
    const raw = rows.map((row) => valueAtPath(row, path));
    const texts = raw.filter((value): value is string => typeof value === "string" && value.startsWith("{"));
    const own = { expression: quoted(column), name: nameOf(column), values: raw.map(plain) };
    if (2 * texts.length < raw.length) return [own];
    return [own, ...innerColumns(column, raw)];
  });
}

/** The keys of objects that a column holds as JSON in text. */
function innerColumns(column: string, raw: readonly unknown[]): SampleColumn[] {
  const objects = raw.map((value) => objectOf(value));
  const keys = new Set(objects.flatMap((object) => Object.keys(object)));
  return [...keys].map((key) => ({
    expression: `json(${quoted(column)}).${/^[A-Za-z_]\w*$/u.test(key) ? key : JSON.stringify(key)}`,
    name: nameOf(key),
    values: objects.map((object) => plain(object[key])),
  }));
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "string") return {};
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function plain(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null || value === "") return null;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return Array.isArray(value) && value.length === 1 ? plain(value[0]) : null;
}

/** A column as a mapping names it: in quotes where it would read as something else. */
function quoted(column: string): string {
  return /^[A-Za-z_][\w.]*$/u.test(column) && !/^(?:and|or|not|in|between|null|true|false)$/iu.test(column)
    ? column
    : JSON.stringify(column);
}

function nameOf(column: string): string {
  const last = column.split(".").at(-1) as string;
  return last
    .replace(/([a-z0-9])([A-Z])/gu, "$1_$2")
    .replace(/[^A-Za-z0-9]+/gu, "_")
    .toLowerCase();
}
