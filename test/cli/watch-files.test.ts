import { appendFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/cli/cli-context.ts";
import { runCommandLine } from "../../src/cli/run.ts";
import { inFolder } from "../node/sample-log.ts";

const line = (i: number, slow: boolean): string =>
  JSON.stringify({
    arm: i % 2 === 0 ? "v1" : "v2",
    success: i % 100 > 0,
    latencyMs: 100 + (i % 97) + (slow && i % 2 === 1 ? 400 : 0),
  });

describe("assay watch FILES", () => {
  it("follows a growing folder, shows each look, and stops when the policy has a decision", async () => {
    await inFolder(async (path) => {
      const [first, second] = [path("a.ndjson"), path("b.ndjson")];
      writeFileSync(first, `${Array.from({ length: 50 }, (_, i) => line(i, true)).join("\n")}\n{"arm":"v`);
      let [out, err] = ["", ""];
      let looks = 0;
      const code = await runCommandLine(
        ["watch", path("."), "--control", "v1", "--treatment", "v2", "--interval", "1", "--format", "json"],
        {
          stdout: { write: (text) => void (out += text), isTTY: false, columns: 80 },
          stderr: { write: (text) => void (err += text), isTTY: false, columns: 80 },
          now: () => Date.UTC(2026, 0, 5),
          sleep: () => {
            looks++;
            if (looks === 1) appendFileSync(first, '1","success":true,"latencyMs":5}\n');
            writeFileSync(second, `${Array.from({ length: looks * 4000 }, (_, i) => line(i, true)).join("\n")}\n`, {
              flag: looks === 1 ? "w" : "a",
            });
            if (looks > 20) throw new Error("no decision after 20 looks");
            return Promise.resolve();
          },
        },
      );
      expect(code, err).toBe(exitCodes.rollback);
      expect((JSON.parse(out) as { decision: string }).decision).toBe("rollback");
      expect(err).toMatch(/keep-running \(v1 25, v2 25\)/u);
      expect(err).toMatch(/rollback \(v1 [\d,]+, v2 [\d,]+\)/u);
    });
  });

  it("asks for files or an experiment, not both", async () => {
    let err = "";
    const world = {
      stdout: { write: () => undefined, isTTY: false, columns: 80 },
      stderr: { write: (text: string) => void (err += text), isTTY: false, columns: 80 },
    };
    expect(await runCommandLine(["watch"], world)).toBe(exitCodes.usage);
    expect(err).toMatch(/give either --experiment ID or files/u);
  });
});
