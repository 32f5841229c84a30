import { expect, it } from "vitest";
import { faultRun } from "./fault-run.ts";
import type { FaultRun } from "./fault-run.ts";

/** `npm run guarantees:faults` sets 1,000. */
const runs = Number(process.env["ASSAY_FAULT_RUNS"] ?? "30");

it(
  `${runs} seeded fault runs of pull, decide and enact end in the right state, with no double action and no lost hour`,
  { timeout: 3_600_000 },
  async () => {
    const outcomes: FaultRun[] = [];
    for (let seed = 1; seed <= runs; seed += 1) outcomes.push(await faultRun(seed));
    const total = (field: "faults" | "crashes" | "interruptions"): number =>
      outcomes.reduce((sum, run) => sum + run[field], 0);
    const verdicts = (harm: boolean): string => {
      const counts = new Map<string, number>();
      for (const { verdict } of outcomes.filter(({ seed }) => (seed % 2 === 0) === harm))
        counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
      return [...counts].map(([verdict, count]) => `${verdict} ${count}`).join(", ");
    };
    const wrong = outcomes.filter(({ problems }) => problems.length > 0);
    console.log(
      `${runs} fault runs: ${total("faults")} faults, ${total("crashes")} crashes, ${total("interruptions")} ` +
        `interruptions; planted harm: ${verdicts(true)}; healthy: ${verdicts(false)}; wrong outcomes: ` +
        `${wrong.length}`,
    );
    expect(wrong).toEqual([]);
    expect(total("faults")).toBeGreaterThan(10 * runs);
    expect(total("crashes")).toBeGreaterThan(runs / 2);
  },
);
