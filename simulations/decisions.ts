// What a decision promises, by simulation: P(ship | a goal violated) and P(roll back | no rule met), beside a daily
// z-test and beside the rules of canary controllers; and the canary preset's own errors, enumerated. `npm run
// guarantees:decisions [-- --runs 400 --jobs 2]`.
import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { simulateRuns } from "../src/planning/simulate.ts";
import { controllers } from "./decisions/controllers.ts";
import { enumeratedRows } from "./decisions/enumerated.ts";
import { trials } from "./decisions/scenarios.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "400" },
    jobs: { type: "string", default: String(availableParallelism()) },
    trial: { type: "string" },
    controller: { type: "string" },
  },
});
const runs = Number(values.runs);
const alpha = 0.05;

/**
 * Two rates of one trial: this library's, and that of a daily z-test at the same level that ignores looks, units and
 * multiplicity.
 */
function runTrial(index: number): { readonly wrong: number; readonly naive: number } {
  const { policy, scenario, error } = trials[index] as (typeof trials)[number];
  const count = (outcomes: readonly { readonly decision: string }[]): number =>
    outcomes.filter(({ decision }) => decision === error).length;
  // For each of the two errors only that decision ends a run, so that neither hides the other.
  const wrong = count(simulateRuns(policy, scenario, { runs, seed: 20261125 + index, endsWith: [error] }));
  const naivePolicy = { ...policy, monitoring: { kind: "fixed" }, multiplicity: "none", unit: null } as const;
  const naive = count(simulateRuns(naivePolicy, scenario, { runs, seed: 20261125 + index, endsWith: [error] }));
  return { wrong, naive };
}

async function inChild(args: readonly string[]): Promise<unknown> {
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), "--runs", String(runs), ...args],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  for await (const chunk of child.stdout) text += String(chunk);
  return JSON.parse(text);
}

/** Runs tasks, a few at a time. */
async function pool<Result>(tasks: readonly (() => Promise<Result>)[], width: number): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < tasks.length) {
      const at = next++;
      results[at] = await (tasks[at] as () => Promise<Result>)();
      process.stderr.write(`${at + 1} of ${tasks.length} done\n`);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, width) }, worker));
  return results;
}

if (values.trial !== undefined) process.stdout.write(JSON.stringify(runTrial(Number(values.trial))));
else if (values.controller !== undefined)
  process.stdout.write(JSON.stringify(controllers[values.controller]?.(runs) ?? null));
else {
  const found = await pool(
    trials.map((_, index) => () => inChild(["--trial", String(index)]) as Promise<ReturnType<typeof runTrial>>),
    Number(values.jobs),
  );
  const limit = alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs);
  const percent = (count: number): string => `${((100 * count) / runs).toFixed(1)} %`;
  console.log(
    `# Errors of decisions\n\n${runs} simulated experiments per scenario, 14 daily looks (canary preset: after ` +
      `each of ten minutes), alpha = 0.05; limit alpha + 3 s.e. = ${(100 * limit).toFixed(1)} %.\nNaive: the ` +
      "classical test of each claim at each look, as if it were the only one; units and several arms ignored.\n",
  );
  console.log("| scenario | wrong decision | this library | holds | naive test |\n|---|---|---|---|---|");
  found.forEach(({ wrong, naive }, index) => {
    const { name, error } = trials[index] as (typeof trials)[number];
    console.log(
      `| ${name} | ${error === "ship" ? "ships" : "rolls back"} | ${percent(wrong)} | ` +
        `${wrong / runs <= limit ? "yes" : "NO"} | ${percent(naive)} |`,
    );
  });
  const compared = await pool(
    Object.keys(controllers).map((name) => () => inChild(["--controller", name]) as Promise<string[]>),
    Number(values.jobs),
  );
  for (const lines of [...compared, enumeratedRows()]) console.log(`\n${lines.join("\n")}`);
  if (found.some(({ wrong }) => wrong / runs > limit)) process.exitCode = 1;
}
