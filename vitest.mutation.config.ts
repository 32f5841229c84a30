import { defineConfig } from "vitest/config";

const folders = (process.env["ASSAY_MUTATION_TESTS"] ?? "math,sketch,analysis,decision").split(",");

/**
 * The tests that a mutant has to get past: those of its folder that take seconds. Simulations and other runtimes would
 * notice more, and take hours.
 */
export default defineConfig({
  test: {
    include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
    exclude: [
      "**/size.test.ts",
      "**/many-looks.test.ts",
      "**/coverage.test.ts",
      "**/real-data.test.ts",
      "**/runtimes.test.ts",
      "**/sketch/fuzz.test.ts",
      "**/node_modules/**",
    ],
    setupFiles: ["scripts/mutation-setup.mjs"],
    testTimeout: 600_000,
  },
});
