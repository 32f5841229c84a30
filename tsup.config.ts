import { defineConfig, type Options } from "tsup";
import manifest from "./package.json" with { type: "json" };

/** What Node, Deno, Bun and bundlers take: packages stay imports. */
const library: Options = {
  entry: {
    index: "src/index.ts",
    "stats/index": "src/stats/index.ts",
    notebook: "src/notebook.ts",
    "sketch/index": "src/sketch/index.ts",
    "report/index": "src/report/index.ts",
    "sql/index": "src/sql/index.ts",
    "api/index": "src/api/index.ts",
    "emulator/index": "src/emulator/index.ts",
    "node/index": "src/node/index.ts",
    "node/worker": "src/node/jobs/worker.ts",
  },
  format: "esm",
  target: "es2022",
  platform: "neutral",
  external: [/^node:/],
  splitting: true,
  sourcemap: false,
  treeshake: true,
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
};

/**
 * The program: the packages it needs are built in, since finding and reading their many files takes longer than most
 * commands.
 */
const program: Options = {
  entry: { main: "src/cli/main.ts", worker: "src/node/jobs/worker.ts" },
  outDir: "dist/cli",
  format: "esm",
  target: "es2022",
  platform: "node",
  noExternal: Object.keys(manifest.dependencies),
  external: Object.keys(manifest.peerDependencies),
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  splitting: true,
  sourcemap: false,
  minifyWhitespace: true,
  dts: false,
};

/**
 * What a page takes as it is: packages are built in. Each on its own, because every part that two share would be one
 * more file to load.
 */
const pages: Options[] = Object.entries({
  browser: "src/browser.ts",
  element: "src/report/define-element.ts",
  "browser-full": "src/index.ts",
}).map(([name, file]) => ({
  entry: { [name]: file },
  format: "esm",
  target: "es2022",
  platform: "browser",
  noExternal: [/.*/],
  splitting: true,
  sourcemap: false,
  treeshake: true,
  minify: true,
  dts: name === "browser-full" ? false : { entry: { [name]: file }, compilerOptions: { ignoreDeprecations: "6.0" } },
}));

export default defineConfig([library, program, ...pages]);
