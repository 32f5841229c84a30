import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "../cli/run-cli.ts";
import { sharedData } from "../integration/shared-data.ts";

const requests = sharedData("llm/llmdrift_requests.csv");

describe.skipIf(requests === undefined)("GPT-4 in March and June, with cost and latency", () => {
  it("is cheaper and faster, but wrong: rolled back, success rate first", async () => {
    const policy = join(mkdtempSync(join(tmpdir(), "assay-words-")), "policy.json");
    writeFileSync(
      policy,
      JSON.stringify({
        control: "gpt-4-0314",
        treatments: ["gpt-4-0613"],
        minimumSampleSize: 500,
        requestsPerHour: 1000,
        metrics: [
          {
            name: "success_rate",
            kind: "proportion",
            field: "success",
            better: "higher",
            role: "primary",
            goal: "non-inferior",
            margin: { absolute: 0.01 },
            rollbackWhen: { worseBy: { absolute: 0.05 } },
          },
          { name: "cost", kind: "mean", field: "costUsd", better: "lower", role: "secondary" },
          {
            name: "latency_p50",
            kind: "quantile",
            field: "latencyMs",
            probability: 0.5,
            better: "lower",
            role: "secondary",
          },
        ],
      }),
    );
    const options = [
      "analyze",
      requests as string,
      "--where",
      "task=prime_full",
      "--map",
      "arm=model,success=outcome,latencyMs=latency_s*1000,costUsd=cost_usd",
      "--policy",
      policy,
      "--quiet",
    ];
    const { code, stdout } = await runCli(...options);
    expect(code).toBe(20);
    const lines = stdout.split("\n");
    expect(lines[1]).toMatch(/^- success_rate is worse than -5\.00 points/u);
    expect(stdout).toContain("cheaper and faster, but wrong more often");
    expect(stdout).toMatch(/mean of costUsd: .* 92\.2 % cheaper \[91\.4, 92\.9\]; a day/u);
  });
});
