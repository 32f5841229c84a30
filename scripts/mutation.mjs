// npm run mutation [-- folder ... --lines 400 --seed 1 | --all]: how much of a change to the code would the tests
// notice? Mutates a seeded random sample of the code, in pieces of 20 lines, and prints the share of mutants that a
// test notices, with its standard error.
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const piece = 20;
const stryker = fileURLToPath(new URL("../node_modules/@stryker-mutator/core/bin/stryker.js", import.meta.url));
const testsOf = { math: "math", sketch: "sketch,laws", analysis: "analysis,decision", decision: "decision" };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lines: { type: "string", default: "400" },
    seed: { type: "string", default: "1" },
    all: { type: "boolean", default: false },
  },
});
const folders = positionals.length > 0 ? positionals : Object.keys(testsOf);

/** Numbers in [0, 1) of a linear congruential generator (Park and Miller 1988, 10.1145/63039.63042). */
let state = (Number(values.seed) * 48271 + 11) % 2147483647;
const random = () => (state = (state * 48271) % 2147483647) / 2147483647;

function sourcesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? sourcesBelow(join(folder, entry.name))
      : /\.ts$/.test(entry.name) && !/\.table\.ts$|\/index\.ts$/.test(join(folder, entry.name))
        ? [join(folder, entry.name)]
        : [],
  );
}

const rows = [];
const survivors = [];
for (const folder of folders) {
  const pieces = sourcesBelow(join("src", folder)).flatMap((file) => {
    const lines = readFileSync(file, "utf8").split("\n").length;
    return Array.from(
      { length: Math.ceil(lines / piece) },
      (_, index) => `${file}:${index * piece + 1}-${Math.min(lines, (index + 1) * piece)}`,
    );
  });
  for (let last = pieces.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [pieces[last], pieces[other]] = [pieces[other], pieces[last]];
  }
  const chosen = values.all ? pieces : pieces.slice(0, Math.ceil(Number(values.lines) / piece));
  rmSync("reports/mutation.json", { force: true });
  const { status, stdout, stderr } = spawnSync(process.execPath, [stryker, "run", "--mutate", chosen.join(",")], {
    encoding: "utf8",
    env: { ...process.env, ASSAY_MUTATION_TESTS: testsOf[folder] },
  });
  if (status !== 0) throw new Error(`stryker ended with ${status} on ${folder}\n${stdout}${stderr}`);
  renameSync("reports/mutation.json", `reports/mutation-${folder}.json`);
  const report = JSON.parse(readFileSync(`reports/mutation-${folder}.json`, "utf8"));
  const count = {};
  for (const [file, { mutants }] of Object.entries(report.files)) {
    for (const { status: outcome, location, mutatorName, replacement } of mutants) {
      count[outcome] = (count[outcome] ?? 0) + 1;
      if (outcome === "Survived" || outcome === "NoCoverage")
        survivors.push(
          `${file}:${location.start.line}:${location.start.column} ${mutatorName} ${outcome}: ` +
            `${(replacement ?? "").replace(/\s+/g, " ").slice(0, 80)}`,
        );
    }
  }
  const noticed = (count.Killed ?? 0) + (count.Timeout ?? 0);
  const all = noticed + (count.Survived ?? 0) + (count.NoCoverage ?? 0);
  const share = noticed / all;
  rows.push({
    folder,
    pieces: `${chosen.length} of ${pieces.length}`,
    mutants: all,
    noticed,
    survived: count.Survived ?? 0,
    "not covered": count.NoCoverage ?? 0,
    "score %": (100 * share).toFixed(1),
    "s.e.": (100 * Math.sqrt((share * (1 - share)) / all)).toFixed(1),
  });
}

writeFileSync("reports/mutation-survivors.txt", `${survivors.join("\n")}\n`);
console.table(rows);
console.log("Survivors: reports/mutation-survivors.txt");
process.exitCode = rows.some((row) => Number(row["score %"]) < 85) ? 1 : 0;
