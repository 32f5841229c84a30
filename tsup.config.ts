import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    browser: "src/browser.ts",
    element: "src/report/define-element.ts",
    notebook: "src/notebook.ts",
    "sketch/index": "src/sketch/index.ts",
    "report/index": "src/report/index.ts",
    "sql/index": "src/sql/index.ts",
    "api/index": "src/api/index.ts",
    "emulator/index": "src/emulator/index.ts",
    "node/index": "src/node/index.ts",
    "cli/main": "src/cli/main.ts",
  },
  format: "esm",
  target: "es2022",
  platform: "neutral",
  external: [/^node:/],
  splitting: true,
  sourcemap: false,
  treeshake: true,
  dts: { compilerOptions: { ignoreDeprecations: "6.0" } },
});
