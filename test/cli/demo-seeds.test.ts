import { expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

/** `npm run guarantees:demo` sets 50. */
const seeds = Number(process.env["ASSAY_DEMO_SEEDS"] ?? "8");

it(
  `assay demo decides rightly for seeds 1..${seeds}, with a planted regression and without`,
  { timeout: 1_200_000 },
  async () => {
    const verdicts: Record<"planted" | "healthy", string[]> = { planted: [], healthy: [] };
    for (let seed = 1; seed <= seeds; seed += 1) {
      for (const kind of ["planted", "healthy"] as const) {
        const { code, stdout, stderr } = await runCli(
          "demo",
          "--seed",
          String(seed),
          "--format",
          "json",
          ...(kind === "healthy" ? ["--healthy"] : []),
        );
        expect([code, stderr.includes("each step verified")]).toEqual([0, true]);
        verdicts[kind].push((JSON.parse(stdout) as { decision: string }).decision);
      }
    }
    const count = (kind: "planted" | "healthy", verdict: string): number =>
      verdicts[kind].filter((one) => one === verdict).length;
    console.log(
      `demo, seeds 1..${seeds}: planted regression rolled back ${count("planted", "rollback")} of ${seeds}; ` +
        `healthy shipped ${count("healthy", "ship")}, kept running ${count("healthy", "keep-running")}, rolled ` +
        `back ${count("healthy", "rollback")}`,
    );
    expect(count("planted", "rollback")).toBe(seeds);
    expect(count("healthy", "rollback") / seeds).toBeLessThanOrEqual(0.05);
    expect(count("healthy", "ship") + count("healthy", "keep-running") + count("healthy", "rollback")).toBe(seeds);
  },
);
