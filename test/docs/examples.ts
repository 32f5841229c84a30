import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";

/** The root of the repository. */
export const root: string = resolve(import.meta.dirname, "../..");

/** A block of TypeScript in the documentation. */
export interface Example {
  /** File and line, for messages. */
  readonly place: string;
  readonly code: string;
  /** The module whose docstring it stands in; undefined in Markdown. */
  readonly module: string | undefined;
}

/** All `ts` blocks of a Markdown file. */
export function markdownExamples(path: string): Example[] {
  const lines = readFileSync(path, "utf8").split("\n");
  const examples: Example[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (!/^```(ts|typescript)$/u.test(lines[at] ?? "")) continue;
    const end = lines.indexOf("```", at + 1);
    examples.push({
      place: `${relative(root, path)}:${at + 2}`,
      code: lines.slice(at + 1, end).join("\n"),
      module: undefined,
    });
    at = end;
  }
  return examples;
}

/** All `@example` blocks of the docstrings of a source file. */
export function docstringExamples(path: string): Example[] {
  const text = readFileSync(path, "utf8");
  const examples: Example[] = [];
  for (const match of text.matchAll(/^ *\* @example\s*\n *\* ```ts\n([\s\S]*?)^ *\* ```/gmu)) {
    const code = (match[1] as string).replace(/^ *\* ?/gmu, "");
    const line = text.slice(0, match.index).split("\n").length;
    examples.push({ place: `${relative(root, path)}:${line}`, code, module: path });
  }
  return examples;
}

/** All files below a folder whose name ends so. */
export function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory())
      return name === "node_modules" || name === "api-reference" ? [] : filesBelow(path, ending);
    return path.endsWith(ending) && !basename(path).endsWith(".d.ts") ? [path] : [];
  });
}
