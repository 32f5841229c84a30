// What `npm run mutation` runs; scripts/mutation.mjs chooses what is mutated and which tests have to notice.
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "vitest.mutation.config.ts", related: false },
  coverageAnalysis: "perTest",
  mutator: { excludedMutations: ["StringLiteral"] },
  // What runs once, when a module or a test file is loaded, would cost a run of all tests per mutant. Such a mutant has
  // to get past the tests that run it too, and is left out when there are none: tables and schemas.
  ignoreStatic: true,
  concurrency: 2,
  timeoutMS: 30_000,
  timeoutFactor: 2,
  tempDirName: "reports/stryker",
  ignorePatterns: ["dist", "reports", "bench/peers/node_modules", "docs/api", "examples"],
  reporters: ["json"],
  jsonReporter: { fileName: "reports/mutation.json" },
};
