import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/math/random.ts";
import { sampleNormal } from "../../src/math/sampling.ts";
import { runCli } from "./run-cli.ts";

const log = join(mkdtempSync(join(tmpdir(), "assay-aa-")), "log.ndjson");
const random = createRandom(4);
const users = Array.from({ length: 60 }, () => Math.exp(0.5 * sampleNormal(random)));
const start = Date.UTC(2026, 0, 5);
writeFileSync(
  log,
  Array.from({ length: 12_000 }, (_, i) => {
    const user = Math.floor(random() * users.length);
    return JSON.stringify({
      arm: "v1",
      timestamp: start + i * 30_000,
      user: `u${user}`,
      success: random() >= 0.003,
      latencyMs: 200 * (users[user] as number) * Math.exp(0.5 * sampleNormal(random)),
    });
  }).join("\n"),
);
const aa = async (...argv: string[]): Promise<Record<string, unknown>> => {
  const base = ["aa", log, "--control", "v1", "--treatment", "v2", "--format", "json", "--runs", "8", "--looks", "4"];
  const { code, stdout, stderr } = await runCli(...base, ...argv);
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Record<string, unknown>;
};

describe("assay aa", () => {
  it("finds nothing where requests are split one by one", async () => {
    expect(await aa()).toMatchObject({ by: "coin", records: 12_000, runs: 8, rollbacks: 0, alpha: 0.05 });
  });

  it("shows that splitting by user is wrong too often for a policy that names no unit", async () => {
    const { effects } = await aa("--by", "unit", "--map", "unit=user");
    expect((effects as Record<string, number>)["latency_p99"]).toBeGreaterThan(1);
  });

  it("says what is too often, and refuses what it can't split by", async () => {
    const argv = ["aa", log, "--control", "v1", "--treatment", "v2", "--runs", "8", "--looks", "4"];
    const shown = await runCli(...argv, "--by", "unit", "--map", "unit=user");
    expect(shown.stdout).toContain("12,000 requests of one version, split into two arms 8 times");
    expect(shown.stdout).toContain("too often");
    const refused = await runCli(...argv, "--by", "instance");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("instance");
    const other = await runCli("aa", log, "--control", "stable", "--treatment", "v2");
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('the data hold "v1"');
  });
});
