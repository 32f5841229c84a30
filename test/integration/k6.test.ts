import { describe, expect, it } from "vitest";
import { analyze } from "../../src/analysis/analyze.ts";
import { isNotComputable } from "../../src/errors.ts";
import { readFile } from "../../src/node/read/read-file.ts";
import { definePolicy } from "../../src/policy/define.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { mergeSummaries } from "../../src/summary/merge.ts";
import { planFor } from "../../src/summary/plan.ts";
import { summarize } from "../../src/summary/summarize.ts";
import type { Summary } from "../../src/summary/summary.ts";
import { sharedData } from "./shared-data.ts";

const files = {
  microservices: sharedData("http/k6_microservices_baseline.csv.gz"),
  monolith: sharedData("http/k6_monolith_baseline.csv.gz"),
};

const byRun: Policy = definePolicy({
  control: "a",
  treatments: ["b"],
  monitoring: { kind: "fixed" },
  unit: "run",
  minimumSampleSize: 0,
  metrics: [
    { name: "mean", kind: "mean", field: "latencyMs", better: "lower", role: "primary", goal: "superior" },
    { name: "p99", kind: "quantile", field: "latencyMs", probability: 0.99, better: "lower", role: "secondary" },
  ],
});
const byRequest: Policy = { ...byRun, unit: null };
const anytimeByRun: Policy = { ...byRun, monitoring: { kind: "anytime" } };

/** The latencies of each run, in the order of the runs' names. */
async function latenciesOf(file: string): Promise<Map<string, number[]>> {
  const latencies = new Map<string, number[]>();
  for await (const { arm, numbers } of readFile(file, { fields: { arm: "run", latencyMs: "duration_ms" } })) {
    for (const [row, code] of arm.codes.entries()) {
      const run = arm.values[code] as string;
      if (!latencies.has(run)) latencies.set(run, []);
      latencies.get(run)?.push(numbers["latencyMs"]?.[row] as number);
    }
  }
  return new Map([...latencies].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** One summary per run and arm label, to be merged in any arrangement. */
function runsOf(latencies: ReadonlyMap<string, readonly number[]>, policy: Policy): Summary[][] {
  return [...latencies].map(([unit, ofRun]) =>
    ["a", "b"].map((arm) =>
      summarize(
        ofRun.map((latencyMs) => ({ arm, unit, latencyMs })),
        planFor(policy),
      ),
    ),
  );
}

/**
 * In how many of the 126 ways to split ten runs five against five, or of some of them, each metric is significant at
 * .05.
 */
function rejections(
  runs: readonly (readonly Summary[])[],
  policy: Policy,
  every = 1,
): { splits: number; mean: number; p99: number } {
  const counts = { splits: 0, mean: 0, p99: 0 };
  for (let mask = 1; mask < 1024; mask += 2) {
    if ([...mask.toString(2)].filter((bit) => bit === "1").length !== 5) continue;
    counts.splits++;
    if (counts.splits % every !== 0) continue;
    const summary = mergeSummaries(runs.map((run, index) => run[(mask >> index) & 1] as Summary));
    for (const { metric, fixedHorizon, anytime } of analyze(summary, policy).comparisons[0]?.metrics ?? []) {
      const test = policy.monitoring.kind === "anytime" ? anytime : fixedHorizon;
      if (!isNotComputable(test) && test.pValue < 0.05) counts[metric as "mean" | "p99"]++;
    }
  }
  return counts;
}

describe.skipIf(files.monolith === undefined)("ten load-test runs of one service, split five against five", () => {
  it.each(["microservices", "monolith"] as const)(
    "%s: requests as if independent reject nearly always, runs as units rarely",
    async (name) => {
      const latencies = await latenciesOf(files[name] as string);
      const runs = runsOf(latencies, byRun);
      const naive = rejections(runsOf(latencies, byRequest), byRequest);
      const fixed = rejections(runs, byRun);
      const anytime = rejections(runs, anytimeByRun, 3);
      console.log(
        `${name}: of ${fixed.splits} splits, mean and P99 reject in ${naive.mean} and ${naive.p99} by request, ` +
          `${fixed.mean} and ${fixed.p99} by run, ${anytime.mean} and ${anytime.p99} by run at any time (of ` +
          `${anytime.splits / 3})`,
      );
      expect(fixed.splits).toBe(126);
      expect(naive.mean).toBe(name === "microservices" ? 121 : 100);
      expect(fixed.mean).toBeLessThanOrEqual(12);
      expect(fixed.p99).toBeLessThanOrEqual(12);
      expect(anytime.mean + anytime.p99).toBeLessThanOrEqual(4);
    },
  );
});
