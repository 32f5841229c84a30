/**
 * ns per call of the distribution functions, beside jstat and @stdlib: `npx tsx bench/distributions.bench.ts`. Same
 * seeded inputs for all, runs interleaved, results summed into a sink. @stdlib needs `npm install --prefix
 * bench/peers`.
 */
import { Bench } from "tinybench";
import type { Candidate } from "../scripts/accuracy-core.ts";
import { jstat, loadStdlib } from "../scripts/accuracy-peers.ts";
import { betaCdf, betaQuantile } from "../src/math/beta.ts";
import { binomialSurvival } from "../src/math/binomial.ts";
import { chiSquareSurvival } from "../src/math/chi-square.ts";
import { lnGamma } from "../src/math/gamma.ts";
import { hypergeometricCdf } from "../src/math/hypergeometric.ts";
import { normalQuantile, normalSurvival } from "../src/math/normal.ts";
import { createRandom } from "../src/math/random.ts";
import { studentTQuantile, studentTSurvival } from "../src/math/student-t.ts";

const random = createRandom(1);
const draw = (count: number, make: () => number[]): number[][] => Array.from({ length: count }, make);
const integer = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1));

/** Inputs in the order of the accuracy tables, typical of an experiment. */
const subjects: readonly { readonly name: string; readonly own: Candidate; readonly inputs: number[][] }[] = [
  { name: "normalSurvival", own: normalSurvival, inputs: draw(256, () => [random() * 8]) },
  { name: "normalQuantile", own: normalQuantile, inputs: draw(256, () => [random()]) },
  { name: "lnGamma", own: lnGamma, inputs: draw(256, () => [random() * 1000]) },
  {
    name: "studentTSurvival",
    own: (df, t) => studentTSurvival(t, df),
    inputs: draw(256, () => [integer(2, 2000), random() * 6]),
  },
  {
    name: "studentTQuantile",
    own: (df, p) => studentTQuantile(p, df),
    inputs: draw(64, () => [integer(2, 2000), random()]),
  },
  {
    name: "chiSquareSurvival",
    own: (df, x) => chiSquareSurvival(x, df),
    inputs: draw(256, () => [integer(1, 40), random() * 80]),
  },
  {
    name: "betaCdf",
    own: (a, b, x) => betaCdf(x, a, b),
    inputs: draw(256, () => {
      const a = integer(1, 3000),
        b = integer(1, 3000);
      return [a, b, Math.min(0.999, Math.max(0.001, a / (a + b) + 0.05 * (random() - 0.5)))];
    }),
  },
  {
    name: "betaQuantile",
    own: (a, b, p) => betaQuantile(p, a, b),
    inputs: draw(64, () => [integer(1, 3000), integer(1, 3000), random()]),
  },
  {
    name: "binomialSurvival",
    own: (n, p, k) => binomialSurvival(k, n, p),
    inputs: draw(64, () => [100_000, 0.003, integer(250, 350)]),
  },
  {
    name: "hypergeometricCdf",
    own: (N, K, n, k) => hypergeometricCdf(k, N, K, n),
    inputs: draw(64, () => [20_000, 60, 10_000, integer(15, 45)]),
  },
];

const stdlib = loadStdlib();
let sink = 0;
console.log("| function | Assay ns | @stdlib ns | jstat ns |\n|---|---|---|---|");
for (const { name, own, inputs } of subjects) {
  const bench = new Bench({ time: 150, warmupTime: 50 });
  const candidates = new Map<string, Candidate | undefined>([
    ["own", own],
    ["stdlib", stdlib?.[name]],
    ["jstat", jstat[name]],
  ]);
  for (const [label, candidate] of candidates) {
    if (candidate === undefined) continue;
    bench.add(label, () => {
      for (const input of inputs) sink += candidate(...input);
    });
  }
  await bench.run();
  const nanoseconds = (label: string): string => {
    const result = bench.tasks.find((task) => task.name === label)?.result;
    return result !== undefined && "latency" in result ? ((result.latency.p50 * 1e6) / inputs.length).toFixed(0) : "-";
  };
  console.log(`| ${name} | ${nanoseconds("own")} | ${nanoseconds("stdlib")} | ${nanoseconds("jstat")} |`);
}
console.log(Number.isNaN(sink) ? "\n(a peer returned NaN)" : "");
