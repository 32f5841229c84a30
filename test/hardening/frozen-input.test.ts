import { basename } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import * as api from "../../src/api/index.ts";
import * as core from "../../src/index.ts";
import * as report from "../../src/report/index.ts";
import * as sketch from "../../src/sketch/index.ts";
import * as sql from "../../src/sql/index.ts";
import * as stats from "../../src/stats/index.ts";
import { docstringExamples, filesBelow, root } from "../docs/examples.ts";
import * as prelude from "../docs/prelude.ts";
import { calls } from "./frozen-calls.ts";
import { contentsOf, copyOf, deepFreeze, isRepeatable } from "./frozen.ts";

type AnyFunction = (...args: unknown[]) => unknown;
const isClass = (value: unknown): boolean =>
  typeof value === "function" && /^class\b/u.test(Function.prototype.toString.call(value));
const exported = new Map<string, AnyFunction>();
for (const module of [core, stats, report, sketch, sql, api])
  for (const [name, value] of Object.entries(module))
    if (typeof value === "function" && !isClass(value)) exported.set(name, value as AnyFunction);

/** What keeps its input to itself and is not called here, with the reason. */
const textsAndNumbers = "takes texts and numbers only, which nothing can change";
const leftOut: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      "parseFields",
      "hashOfText",
      "evidenceThreshold",
      "mixtureThreshold",
      "bucketIndex",
      "bucketEdge",
      "parsePrometheusNative",
      "decodePrometheusClassic",
      "decodeHdr",
      "decodeHdrLog",
      "decodeCheckpoint",
      "decodePulled",
      "decodeDecisionDocument",
      "sleep",
      "isExperimentStatus",
    ].map((name) => [name, textsAndNumbers]),
  ),
  sampleNormal: "takes a random number generator, which it is to move on",
  startBlockEProcess: "gives a process with a state of its own",
  startOddsRatioEProcess: "gives a process with a state of its own",
  summarizeTable: "needs a database server",
  summarizeShards: "needs database servers",
  advanceCheckpoint: "needs a database server",
};

const called = new Map<string, { calls: number; compared: number }>();
const problems: string[] = [];

/**
 * The function, called with frozen input, and where nothing is used up also with input that is not: both must give the
 * same.
 */
function watched(name: string, real: AnyFunction): AnyFunction {
  return (...args) => {
    const count = called.get(name) ?? { calls: 0, compared: 0 };
    called.set(name, { ...count, calls: count.calls + 1 });
    const before = args.map((arg) => (isRepeatable(arg) ? contentsOf(arg) : ""));
    const free = args.every(isRepeatable) ? real(...args.map(copyOf)) : undefined;
    const result = real(...args.map(deepFreeze));
    const compare = (one: unknown, other: unknown): void => {
      args.forEach((arg, index) => {
        if (before[index] !== "" && contentsOf(arg) !== before[index])
          problems.push(`${name} changed its argument ${index + 1}`);
      });
      if (!args.every(isRepeatable) || typeof one === "function") return;
      if (contentsOf(one) !== contentsOf(other)) problems.push(`${name} gives something else for frozen input`);
      else called.set(name, { calls: (called.get(name) as { calls: number }).calls, compared: count.compared + 1 });
    };
    if (result instanceof Promise)
      return result.then(async (value) => {
        compare(value, await free);
        return value as unknown;
      });
    compare(result, free);
    return result;
  };
}

const packages: Readonly<Record<string, unknown>> = {
  vega: await import("vega"),
  "vega-lite": await import("vega-lite"),
  arquero: await import("arquero"),
};
const scope: Record<string, unknown> = {
  load: (name: string) => packages[name],
  aq: packages["arquero"],
  vega: packages["vega"],
  vegaLite: packages["vega-lite"],
  ...core,
  ...stats,
  ...report,
  ...sketch,
  ...sql,
  ...api,
  ...prelude,
};
for (const [name, real] of exported) scope[name] = watched(name, real);

const folders = [
  "stats",
  "analysis",
  "policy",
  "records",
  "sketch",
  "summary",
  "planning",
  "decision",
  "report",
  "sql",
  "api",
];
/** Examples that need something of the world, and one that simulates for long: it is called with few runs instead. */
const notRun = [
  "ramp.ts",
  "arquero.ts",
  "element.ts",
  "summarize-shards.ts",
  "summarize-table.ts",
  "checkpoint.ts",
  "statement.ts",
];
const examples = [...folders.flatMap((folder) => filesBelow(`${root}/src/${folder}`, ".ts")), `${root}/src/assess.ts`]
  .filter((file) => !notRun.includes(basename(file)))
  .flatMap(docstringExamples);

async function run(code: string, module?: string): Promise<void> {
  const inner = module === undefined ? {} : ((await import(module)) as Record<string, unknown>);
  const all: Record<string, unknown> = { ...inner, ...scope };
  const body = ts
    .transpileModule(code.replace(/^import .*$/gmu, "").replaceAll("import(", "load("), {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: false },
    })
    .outputText.replace(/^export \{\};?$/gmu, "");
  const declared = new Set(
    [...body.matchAll(/(?:const|let|function)\s+(?:\{([^}]*)\}|\[([^\]]*)\]|(\w+))/gu)].flatMap(([, a, b, c]) =>
      (a ?? b ?? c ?? "").split(/\W+/u),
    ),
  );
  const names = Object.keys(all).filter((name) => !declared.has(name) && /^[a-zA-Z]\w*$/u.test(name));
  const AsyncFunction = (async () => {}).constructor as new (
    ...args: string[]
  ) => (...values: unknown[]) => Promise<void>;
  await new AsyncFunction(...names, body)(...names.map((name) => all[name]));
}

describe("public functions leave their input alone", () => {
  it.each(examples.map((example) => [example.place, example] as const))(
    "in the example of %s",
    async (_place, { code, module }) => {
      problems.length = 0;
      await run(code, module);
      expect(problems).toEqual([]);
    },
  );

  it.each(calls)("in %s", async (code) => {
    problems.length = 0;
    await run(code);
    expect(problems).toEqual([]);
  });

  it("which is shown of every one of them, but for those named here", () => {
    const silent = [...exported.keys()].filter((name) => !called.has(name) && leftOut[name] === undefined);
    expect(silent).toEqual([]);
    expect(Object.keys(leftOut).filter((name) => !exported.has(name) || called.has(name))).toEqual([]);
    const compared = [...called.values()].filter((count) => count.compared > 0).length;
    console.log(
      `${exported.size} public functions: ${called.size} called with frozen input, ${compared} of them ` +
        `compared with free input, ${Object.keys(leftOut).length} left out`,
    );
    expect(compared).toBeGreaterThan(80);
  });
});

it("a function that changes its input would be noticed", () => {
  const sorting = watched("sorting", (list) => (list as number[]).sort());
  expect(() => sorting([3, 1, 2])).toThrow(TypeError);
  problems.length = 0;
  watched("filling", (values) => (values as Float64Array).fill(0))(Float64Array.of(1, 2));
  expect(problems).toContain("filling changed its argument 1");
  called.delete("sorting");
  called.delete("filling");
});
