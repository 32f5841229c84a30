import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runCli } from "./run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-planning-"));
const policyFile = join(folder, "policy.json");
const scenarioFile = join(folder, "scenario.json");
const laws = (probability: number): object => ({
  success: { kind: "share", probability },
  latencyMs: { kind: "lognormal", median: 200, sigma: 0.5 },
});
writeFileSync(
  scenarioFile,
  JSON.stringify({
    requestsPerPeriod: 2000,
    periods: 5,
    allocation: [{ fromPeriod: 0, weights: { v1: 1, v2: 1 } }],
    arms: { v1: laws(0.997), v2: laws(0.95) },
  }),
);

describe("assay policy", () => {
  it("writes a preset, checks it and says what it promises", async () => {
    expect(
      await runCli(
        "policy",
        "init",
        "--preset",
        "canary",
        "--control",
        "v1",
        "--treatment",
        "v2",
        "--output",
        policyFile,
      ),
    ).toMatchObject({ code: 0, stdout: "" });
    expect(await runCli("policy", "check", "--policy", policyFile)).toMatchObject({
      code: 0,
      stdout: "the policy is valid\n",
    });
    const { code, stdout } = await runCli("policy", "explain", "--policy", policyFile);
    expect(code).toBe(0);
    expect(stdout).toContain("success_rate is more than 0.2 percentage points lower than the control's");
  });

  it("refuses a policy that contradicts itself, naming the field", async () => {
    const bad = join(folder, "bad.json");
    writeFileSync(bad, JSON.stringify({ control: "v1", treatments: ["v1"], metrics: [] }));
    expect(await runCli("policy", "check", "--policy", bad)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/Cannot use the policy: metrics/u) as string,
    });
  });
});

describe("assay plan", () => {
  it("prints requests, stopping and duration", async () => {
    const { code, stdout } = await runCli(
      "plan",
      "--baseline",
      "0.997",
      "--margin",
      "0.002",
      "--per-hour",
      "5000",
      "--cycle-hours",
      "24",
      "--format",
      "json",
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      control: expect.any(Number) as number,
      stopping: { median: expect.any(Number) as number },
      duration: { hours: 24, cycles: 1 },
    });
  });

  it("with a size prints power and the smallest margin", async () => {
    const { stdout } = await runCli(
      "plan",
      "--kind",
      "quantile",
      "--baseline",
      "400",
      "--sigma",
      "0.6",
      "--margin",
      "10%",
      "--size",
      "20000",
      "--monitoring",
      "fixed",
    );
    expect(stdout).toMatch(/^size: 20,000\npower: 0\.\d+\nsmallest margin: relative 0\.\d+\n$/u);
  });

  it.each([
    [["--margin", "0.01"], /--baseline must be given/u],
    [["--baseline", "99.7", "--margin", "0.01"], /metric\.baseline must be/u],
    [["--baseline", "0.9", "--margin", "much"], /--margin must be a number, current value is "much"/u],
    [["--baseline", "0.9"], /margin must be given for the goal non-inferior/u],
  ])("refuses %s", async (options, message) => {
    const { code, stdout, stderr } = await runCli("plan", ...options);
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
  });
});

describe("assay policy init", () => {
  const arms = ["policy", "init", "--control", "v1", "--treatment", "v2"];

  it("plans a canary for the requests that it will have", async () => {
    const { code, stdout } = await runCli(...arms, "--preset", "canary", "--requests-per-arm", "1500");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ maximumSampleSize: 1500, minimumSampleSize: 1500 });
  });

  it.each([
    [
      ["--preset", "canary", "--requests-per-arm", "0"],
      /--requests-per-arm must be a whole number from 1, current value is "0"/u,
    ],
    [
      ["--preset", "canary", "--requests-per-arm", " "],
      /--requests-per-arm must be a whole number from 1, current value is " "/u,
    ],
    [["--requests-per-arm", "1500"], /--requests-per-arm goes with --preset canary, current value is "safe-rollout"/u],
  ])("refuses %s", async (options, message) => {
    const { code, stdout, stderr } = await runCli(...arms, ...options);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
  });
});

describe("assay simulate", () => {
  const options = ["simulate", "--policy", policyFile, "--scenario", scenarioFile, "--runs", "8"];

  it("prints chances, stopping and damage; and one line per run for those who divide them", async () => {
    const { code, stdout } = await runCli(...options, "--quiet");
    expect(code).toBe(0);
    expect(stdout).toMatch(/8 simulated experiments/u);
    expect(stdout).toMatch(/roll back {6}100\.0 %/u);
    const lines = (await runCli(...options, "--format", "runs", "--quiet")).stdout.trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { decision: string }).decision)).toEqual(
      Array.from({ length: 8 }, () => "rollback"),
    );
  });

  it("advises on the ramp", async () => {
    const { stdout } = await runCli(...options, "--ramp", "0.02,0.5", "--budget", "100", "--chance", "0.4");
    expect(stdout).toMatch(/the next step may be \d+\.0 % of traffic|no step tried/u);
  });

  it("names what is wrong with a scenario", async () => {
    const bad = join(folder, "scenario-bad.json");
    writeFileSync(bad, JSON.stringify({ requestsPerPeriod: 10, periods: 1, allocation: [], arms: {} }));
    expect((await runCli("simulate", "--policy", policyFile, "--scenario", bad)).stderr).toMatch(
      /Cannot read the scenario: allocation/u,
    );
    expect(await runCli("simulate", "--policy", policyFile)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--scenario FILE or --from-summary FILE/u) as string,
    });
  });
});
