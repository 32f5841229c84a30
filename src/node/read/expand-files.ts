import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { cannot, RecordsError } from "../../errors.ts";

/**
 * The files that patterns name, sorted by name for each pattern, each once. `*` and `?` stand for characters of a name,
 * `**` for any folders; names without them, `-` and addresses are passed on as they are, so that a file that is missing
 * is noticed when it is opened.
 *
 * @throws {RecordsError} when a pattern matches nothing.
 */
export async function expandFiles(patterns: readonly string[]): Promise<string[]> {
  const found = await Promise.all(
    patterns.map((pattern) => (/[*?]/u.test(pattern) && !pattern.includes("://") ? matches(pattern) : [pattern])),
  );
  return [...new Set(found.flat())];
}

async function matches(pattern: string): Promise<string[]> {
  const parts = pattern.split("/");
  const fixed = parts.findIndex((part) => /[*?]/u.test(part));
  const base = parts.slice(0, fixed).join("/") || (pattern.startsWith("/") ? "/" : ".");
  const rest = parts.slice(fixed);
  const deep = rest.length > 1;
  const entries = await readdir(base, { recursive: deep, withFileTypes: true }).catch(() => []);
  const expression = new RegExp(`^${rest.map(expressionOf).join("/").replaceAll("(?:.*)/", "(?:.*/)?")}$`, "u");
  const prefix = base === "." && !pattern.startsWith("./") ? "" : base;
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      join(entry.parentPath ?? base, entry.name)
        .slice(base === "." ? 0 : join(base, sep).length)
        .split(sep)
        .join("/"),
    )
    .filter((path) => expression.test(path))
    .sort();
  if (paths.length > 0) return paths.map((path) => (prefix === "" ? path : join(prefix, path)));
  throw new RecordsError(cannot("read the records", "the pattern", "one that matches a file", pattern), {
    code: "no-files",
    field: "file",
    value: pattern,
    fix: "Check the folder and the pattern",
  });
}

function expressionOf(part: string): string {
  if (part === "**") return "(?:.*)";
  return part
    .replace(/[.+^${}()|[\]\\]/gu, String.raw`\$&`)
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
}
