/**
 * `npm run accuracy`: the worst relative error of every distribution function, beside other libraries; exits 1 on a
 * miss.
 */
import { readFileSync } from "node:fs";
import { compare, comparisons, type Outcome, type ReferenceFile, referenceFiles } from "./accuracy-core.ts";
import { jstat, loadStdlib, type Peer, simpleStatistics } from "./accuracy-peers.ts";

const files = new Map(
  referenceFiles.map((name) => [
    name,
    JSON.parse(
      readFileSync(new URL(`../fixtures/reference/distributions/${name}.json`, import.meta.url), "utf8"),
    ) as ReferenceFile,
  ]),
);
const stdlib = loadStdlib();
if (stdlib === undefined) console.error("@stdlib is not installed and left out: npm install --prefix bench/peers");

const show = (outcome: Outcome | undefined): string => {
  if (outcome === undefined) return "-";
  const worst = Number.isFinite(outcome.worst) ? outcome.worst.toExponential(1) : "no number";
  return outcome.failures > 0 ? `${worst} (${outcome.failures} beyond)` : worst;
};
const run = (peer: Peer | undefined, index: number): Outcome | undefined => {
  const comparison = comparisons[index];
  const candidate = comparison === undefined ? undefined : peer?.[comparison.name];
  return comparison === undefined || candidate === undefined
    ? undefined
    : compare(comparison, files.get(comparison.file) as ReferenceFile, candidate);
};

console.log(
  'Worst relative error, and how many points lie beyond the tolerance; "no number" is a 0, NaN or exception ' +
    "where there is a value.\n",
);
console.log("| function | points | Assay | at | @stdlib | jstat | simple-statistics |");
console.log("|---|---|---|---|---|---|---|");
let failures = 0;
for (const [index, comparison] of comparisons.entries()) {
  const own = compare(comparison, files.get(comparison.file) as ReferenceFile);
  failures += own.failures;
  const peers = [stdlib, jstat, simpleStatistics].map((peer) => show(run(peer, index)));
  console.log(`| ${own.name} | ${own.points} | ${show(own)} | ${own.worstInputs.join(", ")} | ${peers.join(" | ")} |`);
}
const rows = [...files.values()].reduce((total, file) => total + file.rows.length, 0);
console.log(
  `\n${rows} reference points, ` +
    `${comparisons.reduce((total, c) => total + (files.get(c.file)?.rows.length ?? 0), 0)} comparisons, ` +
    `${failures} beyond tolerance (relative 1e-12; 1e-11 where a parameter is 1e6 or more)`,
);
if (failures > 0) process.exit(1);
