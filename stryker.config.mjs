// What `npm run mutation` runs; scripts/mutation.mjs chooses what is mutated and which tests have to notice.
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "vitest.mutation.config.ts", related: false },
  coverageAnalysis: "perTest",
  mutator: { excludedMutations: ["StringLiteral"] },
  concurrency: 2,
  timeoutMS: 10_000,
  timeoutFactor: 2,
  tempDirName: "reports/stryker",
  ignorePatterns: ["dist", "reports", "bench/peers/node_modules", "docs/api", "examples"],
  reporters: ["json"],
  jsonReporter: { fileName: "reports/mutation.json" },
};
