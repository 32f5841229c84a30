// npm run newcomer: from a clone to a decision on one's own log, timed. Fails when it takes more than three commands or
// decides wrongly.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";

const repository = process.argv[2] ?? resolve(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "assay-newcomer-"));

/** A log with field names of its own: `next` is as reliable as `prod`, and takes twice as long. */
const log = Array.from({ length: 30_000 }, (_, i) => {
  const release = i % 2 === 0 ? "prod" : "next";
  const spread = ((i * 7919) % 10_007) / 10_007;
  const seconds = (release === "next" ? 0.8 : 0.4) * (0.5 + spread + 4 * spread ** 40);
  return JSON.stringify({
    ts: new Date(Date.UTC(2026, 0, 5) + i * 2_000).toISOString(),
    release,
    http: { code: i % 997 === 0 ? 503 : 200 },
    took_s: Number(seconds.toFixed(4)),
    account: `a${(i * 31) % 5003}`,
  });
});
writeFileSync(join(folder, "gateway.ndjson"), `${log.join("\n")}\n`);

const commands = [
  {
    line: `git clone ${repository} assay && cd assay`,
    run: "git",
    args: ["clone", "--quiet", repository, "assay"],
    cwd: folder,
    code: 0,
  },
  { line: "npm ci", run: "npm", args: ["ci", "--silent"], cwd: join(folder, "assay"), code: 0 },
  {
    line:
      'npm run -s assay -- analyze ../gateway.ndjson --map arm=release,success="http.code < ' +
      '500",latencyMs=took_s*1000,timestamp=ts --control prod --treatment next',
    run: "npm",
    args: [
      "run",
      "-s",
      "assay",
      "--",
      "analyze",
      "../gateway.ndjson",
      "--map",
      "arm=release,success=http.code < 500,latencyMs=took_s*1000,timestamp=ts",
      "--control",
      "prod",
      "--treatment",
      "next",
    ],
    cwd: join(folder, "assay"),
    code: 20,
  },
];

let failed;
let seconds = 0;
let printed = "";
for (const { line, run, args, cwd, code } of commands) {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(run, args, { cwd, encoding: "utf8" });
  const took = (performance.now() - began) / 1000;
  seconds += took;
  printed = stdout;
  console.log(`${took.toFixed(1).padStart(6)} s  ${line}`);
  if (status === code) continue;
  failed = `exit code ${status} instead of ${code}: ${stderr.slice(-2000)}`;
  break;
}
if (failed === undefined) {
  console.log(`\n${printed}`);
  const edited = execFileSync("git", ["status", "--porcelain"], { cwd: join(folder, "assay"), encoding: "utf8" });
  if (!printed.startsWith("ROLL BACK next")) failed = "the report does not begin with ROLL BACK next";
  else if (!printed.includes("control 15,000, treatment 15,000") && !/prod 15,000, next 15,000/.test(printed))
    failed = "the report does not count 15,000 records of each version";
  else if (edited !== "") failed = `files of the clone were changed: ${edited}`;
}
rmSync(folder, { recursive: true, force: true });
if (failed !== undefined) {
  console.error(`A newcomer does not get to a decision: ${failed}`);
  process.exit(1);
}
console.log(`From clone to the first decision: ${commands.length} commands, ${seconds.toFixed(0)} s, no edit of code.`);
