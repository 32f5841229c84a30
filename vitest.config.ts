import { defineConfig } from "vitest/config";

const inCi = process.env["CI"] === "true";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: "forks",
    // No test changes what a module keeps: a process each would read and compile the library 110 times over, a fifth of
    // the whole run.
    isolate: false,
    maxWorkers: 2,
    reporters: inCi ? ["default", ["json", { outputFile: "reports/tests.json" }]] : ["default"],
  },
});
