import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { describe, expect, it } from "vitest";
import { claimFile } from "../../src/cli/claim-file.ts";
import { progressLine } from "../../src/cli/progress.ts";
import { inFolder } from "../node/sample-log.ts";

const now = (): number => Date.UTC(2026, 0, 5);

describe("claimFile", () => {
  it("lets one process at a time work with a file, and names the other", async () => {
    await inFolder(async (path) => {
      const release = await claimFile("--state", path("s"), now);
      await expect(claimFile("--state", path("s"), now)).rejects.toThrow(
        new RegExp(`process ${process.pid} on ${hostname()} has used since 2026-01-05`, "u"),
      );
      await release();
      expect(existsSync(path("s.lock"))).toBe(false);
      await (
        await claimFile("--state", path("s"), now)
      )();
    });
  });

  it("takes over from a process of this machine that has ended, not from another machine", async () => {
    await inFolder(async (path) => {
      const { pid } = spawnSync("true");
      const owner = (host: string): string => JSON.stringify({ pid, host, since: "2026-01-01T00:00:00.000Z" });
      writeFileSync(path("s.lock"), owner(hostname()));
      await (
        await claimFile("--state", path("s"), now)
      )();
      writeFileSync(path("s.lock"), owner("elsewhere"));
      await expect(claimFile("--state", path("s"), now)).rejects.toThrow(/on elsewhere/u);
    });
  });
});

describe("progressLine", () => {
  it("shows no control character of a file's name", () => {
    let written = "";
    const output = { write: (text: string): void => void (written += text), isTTY: false, columns: 80 };
    const progress = progressLine(output, false, now);
    progress.update({ file: "a\u001b]0;title\u0007\rb", bytes: 1, size: 1, rows: 1 });
    progress.done();
    // eslint-disable-next-line no-control-regex
    expect(written).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/u);
  });
});
