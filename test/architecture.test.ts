import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOfTests, violationsOf } from "./helpers/architecture-rules.ts";

const root = resolve(import.meta.dirname, "..");
const sourceFiles = list(join(root, "src")).map((file) => relative(root, file).split(sep).join("/"));

function list(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? list(path) : path.endsWith(".ts") ? [path] : [];
  });
}

describe("architecture", () => {
  const sources = new Map(sourceFiles.map((file) => [file, readFileSync(join(root, file), "utf8")]));

  it("has sources to look at", () => {
    expect(sources.size).toBeGreaterThan(20);
  });

  it("keeps the import table, has no cycles, no long files and no world in the core", () => {
    expect(violationsOf(sources)).toEqual([]);
  });

  it("lets no script, bench or simulation import from the tests", () => {
    const files = ["scripts", "bench", "simulations", "examples"].flatMap((folder) => list(join(root, folder)));
    const outside = files.filter((file) => !file.includes("node_modules"));
    expect(outside.length).toBeGreaterThan(20);
    const texts = outside.map(
      (file) => [relative(root, file).split(sep).join("/"), readFileSync(file, "utf8")] as const,
    );
    expect(importsOfTests(new Map(texts))).toEqual([]);
  });

  describe("sees each kind of planted violation", () => {
    const plant = (file: string, text: string): string[] => {
      const planted = new Map(sources);
      planted.set(file, text);
      return violationsOf(planted);
    };
    const cases: [string, string, string, RegExp][] = [
      [
        "a layer that imports upward",
        "src/math/planted.ts",
        `import { x } from "../policy/policy.ts";`,
        /math.*may not import.*policy/,
      ],
      [
        "a type import upward",
        "src/records/planted.ts",
        `import type { X } from "../summary/summary.ts";`,
        /records.*may not import.*summary/,
      ],
      [
        "a dynamic import upward",
        "src/sketch/planted.ts",
        `export const f = () => import("../analysis/analysis.ts");`,
        /sketch.*may not import.*analysis/,
      ],
      [
        "an import type expression upward",
        "src/math/planted.ts",
        `export type X = import("../policy/policy.ts").Policy;`,
        /math.*may not import.*policy/,
      ],
      [
        "a re-export upward",
        "src/math/planted.ts",
        `export * from "../policy/policy.ts";`,
        /math.*may not import.*policy/,
      ],
      ["a file that is too long", "src/math/planted.ts", "export const x = 1;\n".repeat(401), /401 lines/],
      [
        "a node module in the core",
        "src/decision/planted.ts",
        `import { readFileSync } from "node:fs"; readFileSync;`,
        /node:fs/,
      ],
      ["a bare node module in the core", "src/decision/planted.ts", `import fs from "fs"; fs;`, /package fs/],
      ["the clock", "src/analysis/planted.ts", "export const t = () => Date.now();", /clock/],
      ["the clock by constructor", "src/analysis/planted.ts", "export const t = () => new Date();", /clock/],
      [
        "the clock by performance",
        "src/analysis/planted.ts",
        "export const t = () => performance.now();",
        /performance/,
      ],
      ["fetch", "src/summary/planted.ts", `export const f = () => fetch("x");`, /fetch/],
      ["the console", "src/report/planted.ts", "export const f = () => console.log(1);", /console/],
      ["the process", "src/report/planted.ts", "export const f = () => process.env;", /process/],
      ["hidden randomness", "src/planning/planted.ts", "export const f = () => Math.random();", /Math.random/],
      ["a package where it has no place", "src/math/planted.ts", `import { z } from "zod"; z;`, /package zod/],
      ["an import of a file that is not there", "src/math/planted.ts", `import "./nowhere.ts";`, /does not exist/],
    ];
    it.each(cases)("%s", (_name, file, text, message) => {
      expect(plant(file, text).join("\n")).toMatch(message);
    });

    it("an allowed package that nothing imports", () => {
      const without = new Map([...sources].filter(([file]) => !file.endsWith("jmeter-xml.ts")));
      expect(violationsOf(without).join("\n")).toMatch(/package saxes is allowed but nothing imports it/);
    });

    it("a script that imports from the tests", () => {
      const planted = new Map([["scripts/planted.ts", `import { x } from "../test/helpers/close-to.ts";`]]);
      expect(importsOfTests(planted)).toEqual(["scripts/planted.ts imports test/helpers/close-to.ts"]);
    });

    it("a cycle", () => {
      const planted = new Map(sources);
      planted.set("src/math/one.ts", `import "./two.ts";`);
      planted.set("src/math/two.ts", `import "./one.ts";`);
      expect(violationsOf(planted).join("\n")).toMatch(/cycle.*one\.ts.*two\.ts/);
    });

    it("leaves comments and strings alone", () => {
      expect(
        plant("src/math/planted.ts", `// Date.now() and Math.random()\nexport const text = "console.log";`),
      ).toEqual([]);
    });
  });
});
