import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gateDecision } from "../../src/cli/gate-decision.ts";
import type { Summary } from "../../src/index.ts";
import { example } from "../report/example.ts";

const { policy, summary } = example({ records: 2000, slow: 0 });
const last = summary.quality.extent?.last ?? Number.NaN;

/** The summary with the last record of each arm so many milliseconds later. */
function later(shift: Readonly<Record<string, number>>): Summary {
  const extents = Object.fromEntries(
    Object.entries(summary.quality.extents).map(([arm, { first }]) => [arm, { first, last: last + (shift[arm] ?? 0) }]),
  );
  const latest = Math.max(...Object.values(extents).map((extent) => extent.last));
  return { ...summary, quality: { ...summary.quality, extents, extent: { first: 0, last: latest } } };
}

describe("gateDecision", () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "assay-gate-decision-"));
    file = join(folder, "log");
    await writeFile(file, "1");
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const source = (read: () => Promise<Summary>, now = last): Parameters<typeof gateDecision>[0] => ({
    files: () => Promise.resolve([file]),
    read,
    policy,
    maxAgeMs: 60_000,
    now: () => now,
  });

  it("reads once for all questions that come while nothing changes", async () => {
    let reads = 0;
    const decide = gateDecision(source(() => Promise.resolve((reads++, summary))));
    await Promise.all(Array.from({ length: 50 }, decide));
    await decide();
    expect(reads).toBe(1);
  });

  it("runs one reading at a time, however often the file changes meanwhile", async () => {
    let [running, most, reads] = [0, 0, 0];
    const decide = gateDecision(
      source(async () => {
        most = Math.max(most, ++running);
        reads++;
        await new Promise((resolve) => setTimeout(resolve, 20));
        running--;
        return summary;
      }),
    );
    const questions: Promise<unknown>[] = [];
    for (let i = 0; i < 20; i++) {
      await appendFile(file, "1");
      questions.push(decide());
    }
    await Promise.all(questions);
    expect(most).toBe(1);
    expect(reads).toBeLessThan(5);
  });

  it("tries again after a reading that failed", async () => {
    let reads = 0;
    const decide = gateDecision(
      source(() => (reads++ === 0 ? Promise.reject(new Error("broken")) : Promise.resolve(summary))),
    );
    await expect(decide()).rejects.toThrow("broken");
    expect((await decide()).decision.decision).toBe("keep-running");
  });

  it.each([
    ["the control is", { [policy.control]: -60_001 }],
    ["every treatment is", Object.fromEntries(policy.treatments.map((arm) => [arm, -60_001]))],
  ])("refuses data when %s too old, though the other arm is fresh", async (_what, shift) => {
    await expect(gateDecision(source(() => Promise.resolve(later(shift))))()).rejects.toThrow(/at most 1 minutes old/u);
  });

  it("takes records without timestamps for as old as their file", async () => {
    const untimed = { ...summary, quality: { ...summary.quality, extents: {}, extent: null } };
    const [fresh, old] = [Date.now(), Date.now() + 120_000];
    expect((await gateDecision(source(() => Promise.resolve(untimed), fresh))()).data.last).toBeNull();
    await expect(gateDecision(source(() => Promise.resolve(untimed), old))()).rejects.toThrow(/minutes old/u);
  });
});
