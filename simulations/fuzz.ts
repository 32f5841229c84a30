// npm run fuzz:long: at least a million cases over all parsers, seeds from 1 on, one line a target.
import process from "node:process";
import { fuzz } from "./fuzz/fuzz.ts";
import { targets } from "./fuzz/targets.ts";

const total = Number(process.argv[2] ?? 1_000_000);
const firstSeed = Number(process.argv[3] ?? 1);
const slow = new Set(["command line", "results to summary"]);
const weights = targets.map(({ name }) => (slow.has(name) ? 0.1 : 1));
const sum = weights.reduce((a, b) => a + b, 0);

let cases = 0;
for (const [index, target] of targets.entries()) {
  const result = await fuzz(target, Math.ceil((total * (weights[index] as number)) / sum), firstSeed);
  cases += result.cases;
  console.log(
    `${result.target.padEnd(20)} ${String(result.cases).padStart(8)} cases, slowest ${result.slowestMs.toFixed(0)} ms`,
  );
}
console.log(
  `${cases} cases over ${targets.length} parsers from seed ${firstSeed}: none crashed, hung or slipped ` +
    `through; peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
);
