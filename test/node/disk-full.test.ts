import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { definePolicy, encodeSummary, planFor, safeRollout } from "../../src/index.ts";
import { summarizeFiles } from "../../src/node/index.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-full-"));
const disk = mkdtempSync(join(tmpdir(), "assay-disk-"));
const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]).status === 0;

afterAll(() => {
  if (mounted) spawnSync("umount", [disk]);
  for (const path of [folder, disk]) rmSync(path, { recursive: true, force: true });
});

it("a disk that is full while the state is written: says so, and the old state stays whole", async (context) => {
  if (!mounted) {
    console.warn("not run: a small disk can only be mounted by root on Linux");
    context.skip("a small disk can only be mounted by root on Linux");
  }
  const log = join(folder, "log.ndjson");
  const state = join(disk, "job.state");
  const lines = (from: number): string =>
    Array.from(
      { length: 500 },
      (_, i) =>
        `${JSON.stringify({ arm: i % 2 === 0 ? "v1" : "v2", success: i % 50 !== 0, latencyMs: 100 + from + i })}\n`,
    ).join("");
  const plan = planFor(definePolicy(safeRollout({ control: "v1", treatments: ["v2"] })));
  const mapping = { fields: { arm: "arm", success: "success", latencyMs: "latencyMs" } };
  writeFileSync(log, lines(0));
  await summarizeFiles([log], plan, mapping, { state });
  const before = readFileSync(state, "utf8");

  const filler = join(disk, "filler");
  expect(() => writeFileSync(filler, new Uint8Array(1 << 20))).toThrow(/ENOSPC/u);
  appendFileSync(log, lines(500));
  await expect(summarizeFiles([log], plan, mapping, { state })).rejects.toThrow(
    new RegExp(
      "Cannot write the state: the file must be writable and its disk have space, current value is " +
        '".*job\\.state" \\(ENOSPC\\)\\. Check the folder, its permissions and the free space',
      "u",
    ),
  );
  expect(readFileSync(state, "utf8")).toBe(before);
  expect(readdirSync(disk).sort()).toEqual(["filler", "job.state"]);

  rmSync(filler);
  const gone = await summarizeFiles([log], plan, mapping, { state });
  expect(encodeSummary(gone)).toBe(encodeSummary(await summarizeFiles([log], plan, mapping)));
});
