import { glob } from "tinyglobby";
import { cannot, RecordsError } from "../../errors.ts";

/**
 * The files that patterns name, sorted by name for each pattern, each once. `*` and `?` stand for characters of a name
 * that does not begin with a dot, `**` for any folders; names without them, `-` and addresses are passed on as they
 * are, so that a file that is missing is noticed when it is opened.
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
  const paths = await glob(pattern, { expandDirectories: false });
  if (paths.length > 0) return paths.sort();
  throw new RecordsError(cannot("read the records", "the pattern", "one that matches a file", pattern), {
    code: "no-files",
    field: "file",
    value: pattern,
    fix: "Check the folder and the pattern",
  });
}
