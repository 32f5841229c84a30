import { describe, expect, it } from "vitest";
import { DecisionSchema } from "../../src/decision/schema.ts";
import { runCli } from "./run-cli.ts";

describe("assay demo", () => {
  it("finds the planted regression within 200,000 requests, the same for the same seed", async () => {
    const first = await runCli("demo", "--format", "json");
    const decision = DecisionSchema.parse(JSON.parse(first.stdout));
    expect(first.code).toBe(0);
    expect(decision.quality.rows).toBeLessThan(200_000);
    expect(decision.decision).toBe("rollback");
    expect(decision.reasons[0]).toMatchObject({ code: "rollback-rule-established", metric: "latency_p99" });
    expect((await runCli("demo", "--format", "json")).stdout).toBe(first.stdout);
  });

  it("ships the healthy version", async () => {
    expect(JSON.parse((await runCli("demo", "--healthy", "--format", "json")).stdout)).toMatchObject({
      decision: "ship",
    });
  });

  it("prints a report of at most 80 columns", async () => {
    const { stdout } = await runCli("demo");
    expect(stdout).toContain("ROLL BACK treatment");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("has the charts over time in its page", async () => {
    const { stdout } = await runCli("demo", "--format", "html");
    expect(stdout).toContain("rollback rule established at 2026-01-05");
    expect(stdout).toContain("Sample ratio");
  });
});
