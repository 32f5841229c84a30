import { cannot, RecordsError } from "../../errors.ts";
import type { FieldMapping } from "./fields.ts";
import { isOfSource } from "./is-of-source.ts";

/** Which part of a source's name a field takes, and the pattern that it is taken by. */
const form = /^@(file|folder|path)(?:\(\s*"([^"]*)"\s*\))?$/u;

/** Ends of names that say how a file is compressed, and that it is a log. */
const compression = /\.(?:gz|zst|bz2|xz|zip)$/iu;

/**
 * A mapping whose fields `@file`, `@folder` and `@path(...)` are the texts that they are for this source.
 *
 * `@file` is the name of the file without its folder and its ending, `@folder` the name of the folder it lies in, and
 * `@path("runs/(*)/*.csv")` what stands in the path where the pattern has `(*)`; `@file` and `@folder` take a pattern
 * too. In a pattern `*` is any text without a slash; `@path` patterns match the end of the path.
 *
 * @param path - of the source, as it was given; what stands after `#` is the entry of an archive.
 * @throws {RecordsError} when a form can't be read, or a pattern does not fit the path.
 */
export function settleSource(mapping: FieldMapping, path: string): FieldMapping {
  const taken = Object.entries(mapping.fields).filter(([, text]) => isOfSource(text));
  if (taken.length === 0) return mapping;
  const constants = taken.map(([field, text]) => [
    field,
    (field === "arm" ? mapping.armOfFile?.[path] : undefined) ?? partOf(field, text, path),
  ]);
  return { ...mapping, constants: { ...mapping.constants, ...Object.fromEntries(constants) } };
}

/** The name of a file without its folder and endings: `runs/v2.csv.gz` is `v2`. */
export function nameOfFile(path: string): string {
  const name = partsOf(path).at(-1) as string;
  const plain = name.replace(compression, "");
  return plain.replace(/(.)\.[A-Za-z0-9]{1,8}$/u, "$1");
}

function partOf(field: string, text: string, path: string): string {
  const parts = form.exec(text.trim());
  if (parts === null)
    throw refused(field, 'of the form @file, @folder or @path("runs/(*)/*.csv")', text, "Correct the form");
  const [, kind, pattern] = parts;
  const folders = partsOf(path);
  const whole = kind === "path" ? folders.join("/") : kind === "folder" ? folders.at(-2) : nameOfFile(path);
  if (whole === undefined || whole === "")
    throw refused(field, `${text} of a file in a folder`, path, "Give the path with its folder, or use @file");
  if (pattern === undefined) {
    if (kind === "path") throw refused(field, 'a pattern in @path, as in @path("runs/(*)/*.csv")', text, "Add one");
    return whole;
  }
  if (pattern.split("(*)").length !== 2)
    throw refused(field, "a pattern with (*) where the value stands, once", text, "Put (*) there");
  const found = asExpression(pattern, kind === "path").exec(whole)?.[1];
  if (found !== undefined && found !== "") return found;
  throw refused(field, `${text} of a path that the pattern fits`, path, "Correct the pattern or the path");
}

function asExpression(pattern: string, endOnly: boolean): RegExp {
  const source = pattern
    .split("(*)")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`).replaceAll("*", "[^/]*"))
    .join("([^/]*)");
  return new RegExp(`${endOnly ? "(?:^|/)" : "^"}${source}$`, "u");
}

function partsOf(path: string): string[] {
  return path
    .replace(/^[a-z]+:\/\//u, "")
    .split(/[/\\#]/u)
    .filter((part) => part !== "" && part !== ".");
}

function refused(field: string, requirement: string, value: string, fix: string): RecordsError {
  return new RecordsError(cannot("read the mapping", field, requirement, value), {
    code: "invalid-source-field",
    field,
    value,
    fix,
  });
}
