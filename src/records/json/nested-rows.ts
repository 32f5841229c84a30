import { cannot, RecordsError, showValue } from "../../errors.ts";
import { columnPath } from "../column-path.ts";

/**
 * The records inside a JSON document.
 *
 * @param rows - where they are: a path to an array of objects; a path to an array of other values, or several such
 * paths with commas between, whose arrays are read side by side; a path to an object, whose arrays are read side by
 * side; or `.` for the document itself. A record has the fields of its own, and those of the document around it where
 * it has no such field.
 * @throws {RecordsError} when a path leads to no array, arrays differ in length, or an array holds arrays.
 */
export function nestedRows(document: object, rows: string, name: string): object[] {
  const paths = rows.split(",").map((path) => path.trim());
  const [only] = paths as [string];
  const outer = withoutArrays(document, paths);
  if (paths.length > 1)
    return zipped(
      paths.map((path) => [lastKey(path), arrayAt(document, path, name)]),
      name,
      outer,
    );
  const found = only === "." ? document : at(document, only);
  if (isObject(found)) {
    const arrays = Object.entries(found).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]));
    if (arrays.length === 0) throw noArray(document, only, name, found);
    return zipped(arrays, name, outer);
  }
  const array = arrayAt(document, only, name);
  if (array.every(isObject)) return array.map((element) => ({ ...outer, ...element }));
  return zipped([[lastKey(only), array]], name, outer);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path; a document may hold the whole path as one key. */
function at(document: object, path: string): unknown {
  if (Object.hasOwn(document, path)) return (document as Record<string, unknown>)[path];
  let value: unknown = document;
  for (const key of columnPath(path).parts) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function lastKey(path: string): string {
  return columnPath(path).parts.at(-1) as string;
}

function arrayAt(document: object, path: string, name: string): readonly unknown[] {
  const found = at(document, path);
  if (!Array.isArray(found)) throw noArray(document, path, name, found);
  if (found.some(Array.isArray))
    throw refused(name, `rows (${path})`, "an array of objects or of plain values", "an array of arrays", path);
  if (found.some(isObject) && !found.every(isObject))
    throw refused(name, `rows (${path})`, "an array of objects only, or of none", "an array of both", path);
  return found;
}

/** Element by element, the values of arrays of the same length. */
function zipped(arrays: readonly (readonly [string, readonly unknown[]])[], name: string, outer: object): object[] {
  const [[first, values]] = arrays as [readonly [string, readonly unknown[]]];
  for (const [key, other] of arrays)
    if (other.length !== values.length)
      throw refused(
        name,
        "rows",
        `arrays of one length (${first} has ${values.length} elements)`,
        `${other.length} elements of ${key}`,
        key,
      );
  return values.map((_, index) => ({
    ...outer,
    ...Object.fromEntries(arrays.map(([key, other]) => [key, other[index]])),
  }));
}

/** What stands around the records: without the arrays that they are in. */
function withoutArrays(document: object, paths: readonly string[]): Record<string, unknown> {
  const outer: Record<string, unknown> = { ...document };
  for (const path of paths) {
    const parts = Object.hasOwn(document, path) ? [path] : columnPath(path).parts;
    let inner = outer;
    for (const key of parts.slice(0, -1)) {
      const next = inner[key];
      if (!isObject(next)) break;
      const copy = { ...next } as Record<string, unknown>;
      inner[key] = copy;
      inner = copy;
    }
    delete inner[parts.at(-1) as string];
  }
  return outer;
}

/** Paths that lead to arrays, the shortest first, to show what could be meant. */
function pathsToArrays(value: unknown, prefix = "", depth = 0): string[] {
  if (!isObject(value) || depth > 5) return [];
  const entries = Object.entries(value).map(
    ([key, inner]) => [`${prefix}${/^[^."\s,]+$/u.test(key) ? key : JSON.stringify(key)}`, inner] as const,
  );
  return [
    ...entries.filter(([, inner]) => Array.isArray(inner)).map(([path]) => path),
    ...entries.flatMap(([path, inner]) => pathsToArrays(inner, `${path}.`, depth + 1)),
  ];
}

function noArray(document: object, path: string, name: string, found: unknown): RecordsError {
  const others = pathsToArrays(document).slice(0, 10);
  const what = found === undefined ? "nothing" : isObject(found) ? "an object without arrays" : showValue(found);
  return new RecordsError(
    `${cannot("read the records", `rows of ${name}`, "a path to an array", path)}, where is ${what}`,
    {
      code: "rows-not-found",
      field: "rows",
      value: path,
      fix:
        others.length === 0
          ? "The document holds no array: leave rows out where each line is a record"
          : `Arrays are at: ${others.join(", ")}`,
    },
  );
}

function refused(name: string, field: string, requirement: string, found: string, value: unknown): RecordsError {
  return new RecordsError(
    `Cannot read the records: ${field} of ${name} must be ${requirement}, current value is ${found}`,
    {
      code: "rows-not-records",
      field: "rows",
      value,
      fix: "Name other arrays, or convert the file to one record a line",
    },
  );
}
