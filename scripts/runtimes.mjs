// npm run runtimes: the whole test suite on Node 20, 24 and 26, and the core's conformance on Deno, Bun and Chromium,
// as one table.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

const folder = mkdtempSync(join(tmpdir(), "assay-runtimes-"));
const rows = [];

// The tests of the dashboard and of the package take what the build makes.
if (spawnSync("npm", ["run", "build", "--silent"], { stdio: ["ignore", "ignore", "inherit"] }).status !== 0)
  throw new Error("Can't build: see above");

for (const major of process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["20", "24", "26"]) {
  const file = join(folder, `node-${major}.json`);
  const current = process.version.startsWith(`v${major}.`);
  const run = ["node_modules/vitest/vitest.mjs", "run", "--reporter=json", `--outputFile=${file}`];
  const began = Date.now();
  const { status } = current
    ? spawnSync(process.execPath, run, { stdio: "ignore" })
    : spawnSync("npm", ["exec", "--yes", `--package=node@${major}`, "--", "node", ...run], { stdio: "ignore" });
  let result = "did not run";
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    result = `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} skipped`;
  } catch {
    // The row says so.
  }
  rows.push({
    runtime: `Node ${major}`,
    what: "whole test suite",
    result: status === 0 ? result : `${result} (exit ${status})`,
    seconds: Math.round((Date.now() - began) / 1000),
  });
}

const conformance = [
  ["Deno, no permissions", ["test/conformance/runtimes.test.ts", "-t", "Deno"]],
  ["Bun", ["test/conformance/runtimes.test.ts", "-t", "Bun"]],
  ["Chromium", ["test/sketch/runtimes.test.ts", "-t", "Chromium"]],
];
for (const [runtime, args] of conformance) {
  const file = join(folder, `${rows.length}.json`);
  spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", ...args, "--reporter=json", `--outputFile=${file}`],
    { stdio: "ignore" },
  );
  const report = JSON.parse(readFileSync(file, "utf8"));
  rows.push({
    runtime,
    what: "core conformance",
    result: `${report.numPassedTests} passed, ${report.numFailedTests} failed`,
    seconds: Math.round((report.testResults[0]?.endTime - report.startTime) / 1000),
  });
}

console.table(rows);
process.exit(rows.some(({ result }) => !/ 0 failed/.test(result) || /exit/.test(result)) ? 1 : 0);
