import {
  chmodSync,
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename } from "node:path";
import { describe, expect, it } from "vitest";
import { encodeSummary } from "../../src/index.ts";
import { inFolder } from "../node/sample-log.ts";
import { example } from "../report/example.ts";
import { runCli } from "./run-cli.ts";

const { policy, summary } = example({ records: 2000, slow: 0 });
const row = (i: number): string =>
  `{"arm":"${i % 2 === 0 ? "v1" : "v2"}","success":true,"latencyMs":${100 + (i % 7)}}\n`;

describe("outputs", () => {
  it("never name an input, by its path, a link or another name", async () => {
    await inFolder(async (path) => {
      const [log, sum, rules] = [path("log.ndjson"), path("s.json"), path("policy.json")];
      writeFileSync(log, Array.from({ length: 200 }, (_, i) => row(i)).join(""));
      writeFileSync(sum, encodeSummary(summary));
      writeFileSync(rules, JSON.stringify(policy));
      linkSync(log, path("hard"));
      symlinkSync(log, path("soft"));
      const arms = ["--control", "v1", "--treatment", "v2"];
      const commands: readonly (readonly string[])[] = [
        ["analyze", log, ...arms, "--output", log],
        ["analyze", log, ...arms, "--output", path("hard")],
        ["analyze", log, ...arms, "--output", path("soft")],
        ["analyze", path("*.ndjson"), ...arms, "--quarantine", log],
        ["analyze", log, ...arms, "--state", path("./x/../hard")],
        ["analyze", log, ...arms, "--state", path("new"), "--output", path("new")],
        ["analyze", log, "--policy", rules, "--output", rules],
        ["summarize", log, ...arms, "--output", log],
        ["merge", sum, "--output", sum],
        ["decide", sum, "--policy", rules, "--output", sum],
        ["report", sum, "--policy", rules, "--output", rules],
        ["watch", log, ...arms, "--once", "--decision-file", log],
        ["watch", path("."), ...arms, "--once", "--state", path("state")],
        ["sql", "--dialect", "duckdb", "--table", "t", "--columns", "a text", "--policy", rules, "--output", rules],
      ];
      const before = [log, sum, rules].map((file) => readFileSync(file, "utf8"));
      for (const command of commands) {
        const { code, stderr } = await runCli(...command);
        expect(code, command.join(" ")).toBe(2);
        expect(stderr).toContain("must name a file of its own");
        expect([log, sum, rules].map((file) => readFileSync(file, "utf8"))).toEqual(before);
      }
      expect(existsSync(path("new"))).toBe(false);
    });
  });

  it("keep the permissions of the file they replace, follow links, and leave no other file", async () => {
    await inFolder(async (path) => {
      const [sum, rules, out] = [path("s.json"), path("policy.json"), path("out.md")];
      writeFileSync(sum, encodeSummary(summary));
      writeFileSync(rules, JSON.stringify(policy));
      writeFileSync(out, "old");
      chmodSync(out, 0o600);
      symlinkSync(out, path("link.md"));
      await runCli("decide", sum, "--policy", rules, "--format", "markdown", "--output", path("link.md"));
      expect(statSync(out).mode & 0o777).toBe(0o600);
      expect(readFileSync(out, "utf8")).toContain("#");
      expect(readdirSync(path("."))).toEqual(["link.md", "out.md", "policy.json", "s.json"].map((f) => basename(f)));
    });
  });

  it("are written to devices as they are", async () => {
    await inFolder(async (path) => {
      writeFileSync(path("s.json"), encodeSummary(summary));
      writeFileSync(path("policy.json"), JSON.stringify(policy));
      const decide = (output: string): ReturnType<typeof runCli> =>
        runCli("decide", path("s.json"), "--policy", path("policy.json"), "--output", output);
      expect((await decide("/dev/null")).code).toBe(10);
      expect(statSync("/dev/null").isCharacterDevice()).toBe(true);
      if (!existsSync("/dev/full")) return;
      const full = await decide("/dev/full");
      expect([full.code, full.stderr]).toEqual([2, expect.stringContaining("ENOSPC")]);
    });
  });
});
