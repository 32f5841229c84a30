import { posix } from "node:path";
import ts from "typescript";

/**
 * Which folders a folder of `src` may import. `errors.ts` and `time.ts` are open to all; type imports and dynamic
 * imports count.
 */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  math: [],
  policy: [],
  sketch: ["math"],
  records: ["math"],
  stats: ["math", "sketch"],
  summary: ["policy", "records", "sketch", "math"],
  sql: ["policy", "records", "summary", "sketch"],
  telemetry: ["policy", "summary", "sketch"],
  analysis: ["policy", "summary", "sketch", "stats", "math"],
  planning: ["policy", "summary", "analysis", "stats", "math", "decision"],
  decision: ["policy", "analysis"],
  report: ["decision", "planning", "analysis", "stats", "summary", "policy"],
  assess: ["policy", "records", "summary", "analysis", "decision", "report"],
  index: [
    "policy",
    "records",
    "sketch",
    "summary",
    "stats",
    "analysis",
    "planning",
    "decision",
    "report",
    "assess",
    "math",
  ],
  browser: ["policy", "records", "summary", "analysis", "decision"],
  notebook: ["index", "stats", "report", "policy"],
  api: ["index", "summary"],
  server: [],
  emulator: ["index", "api", "server"],
  node: ["index", "records", "summary", "sql", "telemetry"],
  cli: [
    "index",
    "policy",
    "records",
    "sketch",
    "summary",
    "stats",
    "analysis",
    "decision",
    "report",
    "planning",
    "sql",
    "telemetry",
    "api",
    "emulator",
    "node",
    "server",
    "assess",
  ],
  errors: [],
  time: [],
};

/** Only this file of `planning` may look at decisions. */
const onlyHere: Readonly<Record<string, RegExp>> = { "planning->decision": /^src\/planning\/simulat/ };

/** The folders that may touch the world. */
const edges = new Set(["api", "emulator", "node", "server", "cli"]);

/**
 * Packages that the core imports, and the folders or files that may use them. An entry that nothing uses is a
 * violation.
 */
const packages: Readonly<Record<string, RegExp>> = {
  zod: /^src\/(policy|records|summary|decision|analysis|api)\//,
  saxes: /^src\/records\/formats\/jmeter-xml\.ts$/,
  "simple-statistics": /^src\/(stats|analysis)\//,
  "pure-rand": /^src\/math\//,
  "@bufbuild/protobuf": /^src\/sketch\//,
  vega: /^src\/report\//,
  "vega-lite": /^src\/report\//,
};

/** Files that are tables of numbers, exempt from the length limit. */
const tables = /\.(table|generated)\.ts$/;

/** Everything in these sources (path -> text) that breaks a rule of the architecture. */
export function violationsOf(sources: ReadonlyMap<string, string>): string[] {
  const violations: string[] = [];
  const graph = new Map<string, string[]>();
  const used = new Set<string>();
  for (const [file, text] of sources) {
    const layer = layerOf(file);
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    if (lines > 400 && !tables.test(file)) violations.push(`${file} has ${lines} lines, more than 400`);
    const { imports, world } = factsOf(text);
    const edgesOfFile: string[] = [];
    graph.set(file, edgesOfFile);
    for (const target of imports) {
      if (!target.startsWith(".")) {
        used.add(packageName(target));
        const problem = packageProblem(file, layer, target);
        if (problem !== undefined) violations.push(`${file}: ${problem}`);
        continue;
      }
      const resolved = posix.normalize(posix.join(posix.dirname(file), target));
      if (!sources.has(resolved)) {
        violations.push(`${file} imports ${target}, which does not exist`);
        continue;
      }
      edgesOfFile.push(resolved);
      const to = layerOf(resolved);
      const key = `${layer}->${to}`;
      const allowed = to === layer || to === "errors" || to === "time" || (mayImport[layer] ?? []).includes(to);
      const here = onlyHere[key]?.test(file) ?? true;
      if (!allowed || !here) violations.push(`${file}: ${layer} may not import ${to} (${target})`);
    }
    if (!edges.has(layer)) violations.push(...world.map((what) => `${file}: ${what} outside the edges`));
  }
  const unused = Object.keys(packages).filter((name) => !used.has(name));
  violations.push(...unused.map((name) => `package ${name} is allowed but nothing imports it`));
  return [...violations, ...cyclesIn(graph)];
}

/** Every import of `test` in these files (path -> text) of the folders whose code must run without the tests. */
export function importsOfTests(sources: ReadonlyMap<string, string>): string[] {
  return [...sources].flatMap(([file, text]) =>
    factsOf(text)
      .imports.filter((target) => target.startsWith("."))
      .map((target) => posix.normalize(posix.join(posix.dirname(file), target)))
      .filter((resolved) => resolved.startsWith("test/"))
      .map((resolved) => `${file} imports ${resolved}`),
  );
}

interface Facts {
  readonly imports: readonly string[];
  readonly world: readonly string[];
}

const known = new Map<string, Facts>();

/** What a file imports and what of the world it uses; parsed once a text. */
function factsOf(text: string): Facts {
  let facts = known.get(text);
  if (facts === undefined) {
    const tree = ts.createSourceFile("source.ts", text, ts.ScriptTarget.Latest, true);
    facts = { imports: importsOf(tree), world: worldIn(tree) };
    known.set(text, facts);
  }
  return facts;
}

function layerOf(file: string): string {
  return (file.split("/")[1] ?? "").replace(/\.ts$/, "");
}

function importsOf(tree: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) {
      found.push((node.moduleSpecifier as ts.StringLiteral).text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const argument = node.arguments[0];
      if (argument !== undefined && ts.isStringLiteralLike(argument)) found.push(argument.text);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      found.push((node.argument.literal as ts.StringLiteral).text);
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function packageName(target: string): string {
  return target
    .split("/")
    .slice(0, target.startsWith("@") ? 2 : 1)
    .join("/");
}

function packageProblem(file: string, layer: string, target: string): string | undefined {
  if (target.startsWith("node:")) return edges.has(layer) ? undefined : `${target} outside the edges`;
  if (edges.has(layer)) return undefined;
  const name = packageName(target);
  return packages[name]?.test(file) === true ? undefined : `package ${name} is not allowed here`;
}

/** Uses of the clock, the network, the console, the process, and of hidden randomness. */
function worldIn(tree: ts.SourceFile): string[] {
  const found: string[] = [];
  const globals = new Set([
    "fetch",
    "console",
    "process",
    "performance",
    "Deno",
    "Bun",
    "localStorage",
    "XMLHttpRequest",
    "setTimeout",
    "setInterval",
    "crypto",
  ]);
  const own = namesDeclaredIn(tree);
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
      const path = `${node.expression.text}.${node.name.text}`;
      if (path === "Math.random") found.push("Math.random");
      if (path === "Date.now") found.push("the clock (Date.now)");
    }
    if (
      ts.isNewExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === "Date" &&
      (node.arguments?.length ?? 0) === 0
    ) {
      found.push("the clock (new Date())");
    }
    if (ts.isIdentifier(node) && globals.has(node.text) && !own.has(node.text) && isFreeUse(node))
      found.push(node.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Names that a file gives to things of its own, which are not the globals of that name. */
function namesDeclaredIn(tree: ts.SourceFile): Set<string> {
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    const declares =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isImportSpecifier(node);
    if (declares && node.name !== undefined && ts.isIdentifier(node.name)) names.add(node.name.text);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return names;
}

/** An identifier that names a global, not a property, a parameter or a key of the same name. */
function isFreeUse(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  return ts.isCallExpression(parent) && parent.expression === node;
}

function cyclesIn(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const state = new Map<string, "open" | "done">();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      found.push(`cycle: ${[...path.slice(path.indexOf(file)), file].join(" -> ")}`);
      return;
    }
    state.set(file, "open");
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    state.set(file, "done");
  };
  for (const file of graph.keys()) visit(file, []);
  return found;
}
