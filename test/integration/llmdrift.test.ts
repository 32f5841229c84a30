import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DecidedMetric, Decision } from "../../src/decision/decision.ts";
import { DecisionSchema } from "../../src/decision/schema.ts";
import { runCli } from "../cli/run-cli.ts";
import { sharedData } from "./shared-data.ts";

const requests = sharedData("llm/llmdrift_requests.csv");
const llmperf = sharedData("llm/llmperf_requests.csv");
const folder = mkdtempSync(join(tmpdir(), "assay-"));

/** The policy by example of the design. */
function policyFor(control: string, treatment: string): string {
  const path = join(folder, `${control}.json`);
  const policy = {
    control,
    treatments: [treatment],
    alpha: 0.05,
    monitoring: { kind: "anytime" },
    unit: null,
    minimumSampleSize: 500,
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
      {
        name: "latency_p99",
        kind: "quantile",
        field: "latencyMs",
        probability: 0.99,
        better: "lower",
        role: "guardrail",
        goal: "non-inferior",
        margin: { relative: 0.1 },
        rollbackWhen: { worseBy: { relative: 0.5 } },
      },
    ],
  };
  writeFileSync(path, JSON.stringify(policy));
  return path;
}

async function analyzeDrift(
  control: string,
  treatment: string,
  task = "prime_full",
): Promise<{ code: number; decision: Decision; success: DecidedMetric }> {
  const map = "arm=model,success=outcome,latencyMs=latency_s*1000";
  const { code, stdout } = await runCli(
    "analyze",
    requests as string,
    "--where",
    `task=${task}`,
    "--map",
    map,
    "--policy",
    policyFor(control, treatment),
    "--format",
    "json",
    "--quiet",
  );
  const decision = DecisionSchema.parse(JSON.parse(stdout));
  return { code, decision, success: decision.comparisons[0]?.metrics[0] as DecidedMetric };
}

describe.skipIf(requests === undefined)("two versions of GPT-4 and GPT-3.5 on the same 1,000 questions", () => {
  it("rolls GPT-4 back: 84.0 % to 51.1 %", async () => {
    const { code, decision, success } = await analyzeDrift("gpt-4-0314", "gpt-4-0613");
    expect(code).toBe(20);
    expect(decision.decision).toBe("rollback");
    expect(decision.reasons[0]).toEqual({
      code: "rollback-rule-established",
      metric: "success_rate",
      treatment: "gpt-4-0613",
      rule: "worse-by",
    });
    expect([success.control.n, success.control.value, success.treatment.n, success.treatment.value]).toEqual([
      1000, 0.84, 1000, 0.511,
    ]);
    expect(success.effect).toMatchObject({
      kind: "difference",
      estimate: expect.closeTo(-0.329, 14) as number,
      level: 0.95,
      method: "profile-mixture",
      guarantee: "anytime-asymptotic",
    });
    // z and p of the pooled two-proportion z-test on 840 / 1000 against 511 / 1000, computed with 50 digits.
    const { statistic, pValue, lnPValue } = success.fixedHorizon as {
      statistic: number;
      pValue: number;
      lnPValue: number;
    };
    expect(Math.abs(statistic / -15.71306376342483 - 1)).toBeLessThan(1e-10);
    expect(Math.abs(pValue / 1.230843725047862e-55 - 1)).toBeLessThan(1e-10);
    expect(Math.abs(lnPValue / Math.log(1.230843725047862e-55) - 1)).toBeLessThan(1e-10);
    expect(success.verdict).toEqual({ goal: "not-reached", rollbackRule: "established" });
  });

  it("does not roll GPT-3.5 back: 49.6 % to 76.2 %", async () => {
    const { code, decision, success } = await analyzeDrift("gpt-3.5-turbo-0301", "gpt-3.5-turbo-0613");
    expect([success.control.value, success.treatment.value]).toEqual([0.496, 0.762]);
    expect(decision.decision).not.toBe("rollback");
    expect(code).toBe(10);
    expect(success.verdict.goal).toBe("reached");
  });

  it("gives the same decision from the merged summaries of two halves as from the whole", async () => {
    const [header, ...lines] = readFileSync(requests as string, "utf8")
      .trimEnd()
      .split("\n");
    const options = [
      "--where",
      "task=prime_full",
      "--map",
      "arm=model,success=outcome,latencyMs=latency_s*1000",
      "--policy",
      policyFor("gpt-4-0314", "gpt-4-0613"),
      "--quiet",
    ];
    const halves = [lines.filter((_, at) => at % 2 === 0), lines.filter((_, at) => at % 2 === 1)].map((half, index) => {
      const path = join(folder, `half-${index}.csv`);
      writeFileSync(path, [header, ...half, ""].join("\n"));
      return path;
    });
    const summaries = await Promise.all(
      [...halves, requests as string].map(async (file, index) => {
        const output = join(folder, `summary-${index}.json`);
        expect(await runCli("summarize", file, ...options, "--output", output)).toMatchObject({ code: 0, stdout: "" });
        return output;
      }),
    );
    const merged = join(folder, "merged.json");
    expect((await runCli("merge", summaries[0] as string, summaries[1] as string, "--output", merged)).code).toBe(0);
    // A merged summary also names what it was merged from.
    const content = (file: string): unknown => ({
      ...(JSON.parse(readFileSync(file, "utf8")) as object),
      sources: null,
      checksum: null,
    });
    expect(content(merged)).toEqual(content(summaries[2] as string));
    const decided = await runCli(
      "decide",
      merged,
      "--policy",
      policyFor("gpt-4-0314", "gpt-4-0613"),
      "--format",
      "json",
    );
    expect(decided.code).toBe(20);
  });
});

describe.skipIf(llmperf === undefined)("two providers, 150 requests each, one of them failing", () => {
  const decide = async (...extra: string[]): Promise<{ code: number; decision: Decision }> => {
    const { code, stdout } = await runCli(
      "analyze",
      llmperf as string,
      "--preset",
      "llmperf",
      "--where",
      "model_size=70b",
      "--control",
      "anyscale",
      "--treatment",
      "lepton",
      "--format",
      "json",
      "--quiet",
      ...extra,
    );
    return { code, decision: DecisionSchema.parse(JSON.parse(stdout)) };
  };

  it("rolls back for the success rate, and says what the rest is worth", async () => {
    const { code, decision } = await decide();
    expect(code).toBe(20);
    expect(decision.reasons).toEqual([
      { code: "rollback-rule-established", metric: "success_rate", treatment: "lepton", rule: "below" },
    ]);
    const latency = decision.comparisons[0]?.metrics[1];
    expect(latency?.effect).toMatchObject({ kind: "ratio", interval: [0, null] });
    expect(decision.warnings).toContainEqual({
      code: "failures-with-zero-latency",
      arm: "lepton",
      failures: 130,
      zeroLatency: 130,
    });
    expect(decision.warnings).toContainEqual(
      expect.objectContaining({ code: "quantile-unbounded", metric: "latency_p99", arm: "anyscale", records: 150 }),
    );
    expect(decision.warnings).toContainEqual(
      expect.objectContaining({ code: "quantile-unbounded", metric: "latency_p99", arm: "lepton", records: 150 }),
    );
  });
});
