import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, it } from "vitest";
import { docstringExamples, type Example, filesBelow, markdownExamples, root } from "./examples.ts";

const generated = join(root, "test/docs/.generated");
const subpaths: Readonly<Record<string, string>> = {
  assay: "src/index.ts",
  "assay/stats": "src/stats/index.ts",
  "assay/browser": "src/browser.ts",
  "assay/notebook": "src/notebook.ts",
  "assay/report": "src/report/index.ts",
  "assay/sketch": "src/sketch/index.ts",
  "assay/api": "src/api/index.ts",
  "assay/emulator": "src/emulator/index.ts",
  "assay/node": "src/node/index.ts",
  "assay/sql": "src/sql/index.ts",
};

const markdown = [
  "README.md",
  ...filesBelow(join(root, "docs"), ".md").map((path) => path.slice(root.length + 1)),
].flatMap((path) => markdownExamples(join(root, path)));
const docstrings = filesBelow(join(root, "src"), ".ts").flatMap(docstringExamples);

/** Examples that need something of the world; they are only held to be TypeScript. */
const needsTheWorld: Readonly<Record<string, string>> = {
  "src/node/jobs/summarize-files.ts": "files",
  "src/report/element.ts": "a page",
  "src/sql/checkpoint.ts": "database servers",
  "src/sql/statement/statement.ts": "a table's columns",
  "src/sql/summarize-shards.ts": "database servers",
  "src/sql/summarize-table.ts": "a database server",
};

rmSync(generated, { recursive: true, force: true });
mkdirSync(generated, { recursive: true });
afterAll(() => rmSync(generated, { recursive: true, force: true }));

/** Names that a block uses and does not declare itself. */
function freeNames(code: string): Set<string> {
  const tree = ts.createSourceFile("example.ts", code, ts.ScriptTarget.Latest, true);
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const declares =
        (ts.isVariableDeclaration(parent) ||
          ts.isParameter(parent) ||
          ts.isBindingElement(parent) ||
          ts.isFunctionDeclaration(parent) ||
          ts.isImportSpecifier(parent)) &&
        parent.name === node;
      const property =
        (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
        (ts.isPropertyAssignment(parent) && parent.name === node);
      if (declares) declared.add(node.text);
      else if (!property) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return new Set([...used].filter((name) => !declared.has(name)));
}

/** The block as a module: imports resolved, names supplied, shown values checked. */
async function moduleOf({ code, place, module }: Example): Promise<string> {
  const lines = code.split("\n");
  const resolved = lines.map((line) =>
    line.replace(
      /from "(assay(?:\/\w+)?)"/u,
      (_, name: string) => `from ${JSON.stringify(join(root, subpaths[name] ?? "missing"))}`,
    ),
  );
  const checked = resolved.map((line, index) =>
    line.replace(
      /^(?!const |let |import |if |for |\s|\/\/|\}|\)|\])(.+?);\s+\/\/ (.+)$/u,
      (_, expression: string, shown: string) =>
        `assayCheck(${expression}, ${JSON.stringify(shown)}, ${JSON.stringify(`${place} line ${index + 1}`)});`,
    ),
  );
  const missing = freeNames(resolved.join("\n"));
  const imports = [`import { check as assayCheck } from ${JSON.stringify(join(root, "test/docs/prelude.ts"))};`];
  const sources = [
    module,
    join(root, "src/index.ts"),
    ...Object.values(subpaths)
      .slice(1)
      .map((path) => join(root, path)),
    join(root, "test/docs/prelude.ts"),
  ];
  for (const source of sources) {
    if (source === undefined || !existsSync(source)) continue;
    const names = Object.keys((await import(pathToFileURL(source).href)) as object).filter((name) =>
      missing.delete(name),
    );
    if (names.length > 0) imports.push(`import { ${names.join(", ")} } from ${JSON.stringify(source)};`);
  }
  return `${imports.join("\n")}\n${checked.join("\n")}\nexport {};\n`;
}

describe.each([
  ["Markdown", markdown],
  ["docstrings", docstrings],
] as const)("examples in %s", (name, examples) => {
  it("are there", () => {
    expect(examples.length).toBeGreaterThan(name === "Markdown" ? 0 : 50);
  });

  it.each(examples.map((example) => [example.place, example] as const))(
    "%s runs and gives what it shows",
    async (place, example) => {
      const world = needsTheWorld[place.replace(/:\d+$/u, "")];
      if (world !== undefined) {
        console.log(`${place}: read, not run: it needs ${world}`);
        expect(
          ts.transpileModule(example.code, {
            reportDiagnostics: true,
            compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
          }).diagnostics,
        ).toEqual([]);
        return;
      }
      const path = join(generated, `${place.replace(/\W+/gu, "-")}.ts`);
      writeFileSync(path, await moduleOf(example));
      await import(pathToFileURL(path).href);
    },
  );
});
