import { describe, expect, it } from "vitest";
import { analyze } from "../../src/analysis/analyze.ts";
import { isNotComputable } from "../../src/errors.ts";
import { readFile } from "../../src/node/read/read-file.ts";
import { definePolicy } from "../../src/policy/define.ts";
import type { Policy } from "../../src/policy/policy.ts";
import { mergeSummaries } from "../../src/summary/merge.ts";
import { planFor } from "../../src/summary/plan.ts";
import { createSummarizer } from "../../src/summary/summarizer.ts";
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

/** One summary per run and arm label, to be merged in any arrangement. */
async function runsOf(file: string, policy: Policy): Promise<Summary[][]> {
  const runs = new Set<string>();
  for await (const batch of readFile(file, { fields: { arm: "run" } }))
    for (const run of batch.arm.values) runs.add(run);
  return Promise.all(
    [...runs].sort().map((run) =>
      Promise.all(
        ["a", "b"].map(async (arm) => {
          const summarizer = createSummarizer(planFor(policy));
          for await (const batch of readFile(file, {
            fields: { arm: "run", unit: "run", latencyMs: "duration_ms" },
            where: [`run == "${run}"`],
          })) {
            summarizer.addBatch({ ...batch, arm: { values: batch.arm.values.map(() => arm), codes: batch.arm.codes } });
          }
          return summarizer.summary();
        }),
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
      const runs = await runsOf(files[name] as string, byRun);
      const naive = rejections(await runsOf(files[name] as string, byRequest), byRequest);
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
