/*
 * What analyses cost in processor time, against the limits they are held to: wall-clock time would count whatever else
 * the machine does. One process; medians over rounds once the compiler has settled, whose threads count too, and the
 * first run of all, before it has begun. Usage: npm run bench:analysis [-- rounds]
 */
import { analyze } from "../src/analysis/analyze.ts";
import { createRandom } from "../src/math/random.ts";
import { sampleNormal } from "../src/math/sampling.ts";
import { definePolicy } from "../src/policy/define.ts";
import { QuantileSketch } from "../src/sketch/quantile-sketch.ts";
import { startBlockEProcess } from "../src/stats/anytime/blocks/block-e-process.ts";
import { startOddsRatioEProcess } from "../src/stats/anytime/blocks/odds-ratio-e-process.ts";
import { mixtureThreshold } from "../src/stats/anytime/mixtures/normal-mixture.ts";
import { quantileKernelSequence } from "../src/stats/anytime/quantiles/exact-quantile.ts";
import { profileQuantileInterval } from "../src/stats/anytime/quantiles/profile-quantile.ts";
import { binomialRankDeviance, quantileRegions } from "../src/stats/anytime/quantiles/quantile-positions.ts";
import { groupSequentialDesign } from "../src/stats/group-sequential/design.ts";
import { planFor } from "../src/summary/plan.ts";
import { summarize } from "../src/summary/summarize.ts";

const rounds = Number(process.argv[2] ?? 31);
const random = createRandom(1);
console.log(`node ${process.version}, ${rounds} rounds, medians\n`);
console.log("subject                                                        median      limit");

const [control, treatment] = [wideSketch(1), wideSketch(1.1)];
const size = control.bins().count.length;
line(`P99 ratio interval, ${size} and ${treatment.bins().count.length} buckets (profile)`, 100, 20, () =>
  profileInterval(control, treatment),
);
line(`P99 ratio interval, ${size} buckets (exact kernel)`, null, 20, () =>
  quantileKernelSequence([{ control, treatment }], { probability: 0.99, effect: "ratio" }),
);

const blocks = Array.from(
  { length: 500 },
  (_, i) => [990 + (i % 9), 1000 + (i % 37), 985 + (i % 11), 1000 + (i % 41)] as const,
);
for (const [name, start] of [
  ["block e-process, difference 0", () => startBlockEProcess()],
  ["block e-process, difference -0.002", () => startBlockEProcess({ nullEffect: { difference: -0.002 } })],
  ["block e-process, ratio 0.99", () => startBlockEProcess({ nullEffect: { ratio: 0.99 } })],
  ["odds-ratio e-process", () => startOddsRatioEProcess()],
] as const) {
  line(`a block of 2,000 requests: ${name}`, name.startsWith("block") ? 20 : null, 1 / blocks.length, () => {
    const running = start();
    for (const block of blocks) running.add(...block);
    return running.lnEvidence();
  });
}

line("a group-sequential design, 10 looks", 50_000, 1, () => groupSequentialDesign({ looks: 10 }));
line("a group-sequential design, 10 looks, futility", 50_000, 1, () =>
  groupSequentialDesign({ looks: 10, sides: 1, alpha: 0.025, futility: { spending: { kind: "pocock" } } }),
);
line("a group-sequential design, 50 looks", null, 1, () => groupSequentialDesign({ looks: 50 }));

const policy = weekOfHours();
const summary = summarize(records(), planFor(policy));
line(
  `an analysis, ${policy.metrics.length} metrics x 2 arms x ` +
    `${new Set(summary.cells.map((cell) => cell.period)).size} periods`,
  5_000,
  1,
  () => analyze(summary, policy),
);

/** Times a subject: `repeat` runs are one sample; a fraction says that one run is so many operations. */
function line(name: string, limitMicroseconds: number | null, repeat: number, run: () => unknown): void {
  const perSample = Math.max(1, repeat);
  const operations = repeat < 1 ? 1 / repeat : repeat;
  const cost = (runs: number): number => {
    const start = process.cpuUsage();
    for (let i = 0; i < runs; i++) sink(run());
    const { user, system } = process.cpuUsage(start);
    return user + system;
  };
  const first = cost(1) * Math.min(1, repeat);
  for (let warmUp = 0, runs = 0; warmUp < 300_000 || runs < 100; runs++) warmUp += cost(1);
  const samples = Array.from({ length: rounds }, () => cost(perSample) / operations).sort((a, b) => a - b);
  const median = samples[rounds >> 1] as number;
  const limit = limitMicroseconds === null ? "" : microseconds(limitMicroseconds);
  const missed = limitMicroseconds !== null && median > limitMicroseconds ? "  MISSED" : "";
  console.log(
    `${name.padEnd(60)} ${microseconds(median).padStart(9)} ${limit.padStart(10)}${missed} ` +
      ` (first ${microseconds(first)})`,
  );
}

function microseconds(value: number): string {
  return value >= 10_000 ? `${(value / 1000).toFixed(1)} ms` : `${value.toFixed(value < 10 ? 2 : 1)} us`;
}

/** Keeps the compiler from dropping a result. */
function sink(value: unknown): void {
  if (value === random) console.log(value);
}

/** A sketch of 100,000 latencies with some 2,000 buckets that are not empty. */
function wideSketch(scale: number): QuantileSketch {
  const sketch = new QuantileSketch();
  sketch.addAll(Float64Array.from({ length: 100_000 }, () => 200 * scale * Math.exp(1.9 * sampleNormal(random))));
  return sketch;
}

function profileInterval(one: QuantileSketch, other: QuantileSketch): unknown {
  const regions = (sketch: QuantileSketch) =>
    quantileRegions(sketch, sketch.count * 0.01, binomialRankDeviance(sketch.count, 0.99));
  const information = (0.99 * 0.01) / (1 / one.count + 1 / other.count);
  return profileQuantileInterval(
    [{ control: regions(one), treatment: regions(other) }],
    "ratio",
    mixtureThreshold(information, 0.05),
  );
}

function weekOfHours(): ReturnType<typeof definePolicy> {
  return definePolicy({
    control: "a",
    treatments: ["b"],
    alpha: 0.05,
    monitoring: { kind: "anytime" },
    metrics: [
      {
        name: "success_rate",
        kind: "proportion",
        field: "success",
        better: "higher",
        role: "primary",
        goal: "non-inferior",
        margin: { absolute: 0.01 },
      },
      {
        name: "latency_p99",
        kind: "quantile",
        field: "latencyMs",
        probability: 0.99,
        better: "lower",
        role: "guardrail",
        goal: "non-inferior",
        margin: { relative: 0.1 },
      },
      {
        name: "latency_p50",
        kind: "quantile",
        field: "latencyMs",
        probability: 0.5,
        better: "lower",
        role: "secondary",
      },
      { name: "slow", kind: "exceedance", field: "latencyMs", threshold: 1000, better: "lower", role: "secondary" },
      { name: "cost", kind: "mean", field: "cost", better: "lower", role: "secondary" },
    ],
  });
}

/** Two weeks of hours, 100 requests an arm and hour. */
function* records(): Generator<{ arm: string; timestamp: number; success: boolean; latencyMs: number; cost: number }> {
  for (let hour = 0; hour < 336; hour++) {
    for (let i = 0; i < 200; i++) {
      yield {
        arm: i % 2 === 0 ? "a" : "b",
        timestamp: Date.UTC(2026, 0, 1, hour, 0, i * 10),
        success: random() < 0.997,
        latencyMs: 200 * Math.exp(0.8 * sampleNormal(random)),
        cost: random(),
      };
    }
  }
}
