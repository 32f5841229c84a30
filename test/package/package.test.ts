import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional: boolean }>>;
}

const root = resolve(import.meta.dirname, "../..");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
const subpaths = Object.keys(manifest.exports).filter((name) => typeof manifest.exports[name] === "object");
const specifier = (subpath: string): string => `assay${subpath.slice(1)}`;
const consumer = mkdtempSync(join(tmpdir(), "assay-consumer-"));

/**
 * The package as it would be published, in an empty project with nothing but its declared dependencies beside it. A
 * build that is there is packed as it is: other tests may be reading it.
 */
beforeAll(() => {
  if (!existsSync(join(root, "dist/index.d.ts")))
    execFileSync("npm", ["run", "build", "--silent"], { cwd: root, stdio: "ignore" });
  const [packed] = JSON.parse(
    execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", consumer], {
      cwd: root,
      encoding: "utf8",
      env: { ...process.env, npm_config_loglevel: "silent" },
      stdio: ["ignore", "pipe", "pipe"],
    }).replace(/^[^[]*/u, ""),
  ) as { filename: string }[];
  const modules = join(consumer, "node_modules");
  mkdirSync(join(modules, "assay"), { recursive: true });
  execFileSync("tar", [
    "xzf",
    join(consumer, packed?.filename ?? ""),
    "--strip-components",
    "1",
    "-C",
    join(modules, "assay"),
  ]);
  for (const name of [...Object.keys(manifest.dependencies), "@types/node", "typescript"]) {
    const target = join(modules, name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(root, "node_modules", name), target);
  }
  writeFileSync(join(consumer, "package.json"), '{"name":"consumer","private":true,"type":"module"}');
}, 300_000);

const node = (code: string): string => {
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", code], {
    cwd: consumer,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
};

describe("the published package", () => {
  it.each(subpaths)("imports %s", (subpath) => {
    expect(
      Number(node(`console.log(Object.keys(await import(${JSON.stringify(specifier(subpath))})).length)`)),
    ).toBeGreaterThan(0);
  });

  it("can be required, on a Node that requires ES modules", () => {
    expect(
      spawnSync(process.execPath, ["-p", "typeof require('assay').assess"], {
        cwd: consumer,
        encoding: "utf8",
      }).stdout.trim(),
    ).toBe("function");
  });

  it("has types under NodeNext and Bundler resolution", () => {
    const imports = subpaths.map(
      (subpath, index) =>
        `import * as module${index} from ${JSON.stringify(specifier(subpath))};\nvoid module${index};`,
    );
    const use =
      'import { assess, safeRollout, type Decision } from "assay";\nconst decision: Decision = assess([], ' +
      'safeRollout({ control: "a", treatments: ["b"] }));\nvoid decision;\n// @ts-expect-error a policy needs ' +
      "arms\nassess([], {});\n";
    writeFileSync(join(consumer, "use.ts"), `${imports.join("\n")}\n${use}`);
    for (const [module, moduleResolution] of [
      ["NodeNext", "NodeNext"],
      ["ESNext", "Bundler"],
    ]) {
      // The declarations themselves are checked once; how they are found, both times.
      const options = {
        strict: true,
        noEmit: true,
        skipLibCheck: module !== "NodeNext",
        target: "ES2022",
        lib: ["ES2023", "DOM", "DOM.Iterable", "DOM.AsyncIterable"],
        types: ["node"],
        module,
        moduleResolution,
      };
      writeFileSync(join(consumer, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["use.ts"] }));
      const { stdout, status } = spawnSync(
        process.execPath,
        [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.json"],
        { cwd: consumer, encoding: "utf8" },
      );
      expect([moduleResolution, stdout, status]).toEqual([moduleResolution, "", 0]);
    }
  });

  it("brings the binary", () => {
    const main = join(consumer, "node_modules/assay/dist/cli/main.js");
    expect(readFileSync(main, "utf8").startsWith("#!/usr/bin/env node\n")).toBe(true);
    const records = ["v1", "v2"].map((arm) => JSON.stringify({ arm, success: true, latencyMs: 5 })).join("\n");
    writeFileSync(join(consumer, "log.ndjson"), records);
    const { status, stdout } = spawnSync(
      process.execPath,
      [main, "analyze", "log.ndjson", "--control", "v1", "--treatment", "v2", "--quiet", "--format", "json"],
      { cwd: consumer, encoding: "utf8" },
    );
    expect([status, (JSON.parse(stdout) as { decision: string }).decision]).toEqual([10, "keep-running"]);
  });

  it("keeps optional peers optional: each is declared so, and none is needed to import", () => {
    for (const name of Object.keys(manifest.peerDependencies ?? {}))
      expect(manifest.peerDependenciesMeta?.[name]?.optional).toBe(true);
  });

  it("ships the JavaScript, the types and the licence, and no tests", () => {
    const folder = join(consumer, "node_modules/assay");
    for (const file of ["dist/index.js", "dist/index.d.ts", "LICENSE", "README.md", "CHANGELOG.md"])
      expect(existsSync(join(folder, file))).toBe(true);
    for (const file of ["test", "fixtures", "bench", "src"]) expect(existsSync(join(folder, file))).toBe(false);
  });
});
