import { describe, expect, it } from "vitest";
import { batchesFromRows } from "../../src/index.ts";
import { createRandom } from "../../src/math/random.ts";
import type { RecordBatch } from "../../src/records/batch.ts";
import { armSplitter, type SplitBy } from "../../src/records/split-arms.ts";

const fields = { arm: "arm", timestamp: "at", unit: "user", instance: "pod", success: "ok" };
const rows = Array.from({ length: 4000 }, (_, i) => ({
  arm: i % 5 === 0 ? "other" : "v1",
  at: Date.UTC(2026, 0, 1) + i * 60_000,
  user: `u${i % 40}`,
  pod: i % 7 === 0 ? null : `p${i % 6}`,
  ok: i % 3 !== 0,
}));
const [batch] = [...batchesFromRows(rows, { fields })] as [RecordBatch];

function armsBy(by: SplitBy, seed: number, keyOf: (row: (typeof rows)[number]) => string | number): Set<string>[] {
  const split = armSplitter(by, "v1", ["a", "b"], createRandom(seed))(batch);
  const used = rows.filter(({ arm }) => arm === "v1");
  expect(split.length).toBe(used.length);
  const arms = new Map<string | number, Set<string>>();
  for (const [i, row] of used.entries()) {
    expect(split.numbers["success"]?.[i]).toBe(Number(row.ok));
    expect(split.timestamp?.[i]).toBe(row.at);
    const own = arms.get(keyOf(row)) ?? new Set();
    arms.set(keyOf(row), own.add(split.arm.values[split.arm.codes[i] as number] as string));
  }
  return [...arms.values()];
}

describe("a split of one version's records", () => {
  it.each<[SplitBy, (row: (typeof rows)[number]) => string | number]>([
    ["unit", ({ user }) => user],
    ["hour", ({ at }) => Math.floor(at / 3_600_000)],
  ])("by %s keeps groups whole, and gives each arm half of them", (by, keyOf) => {
    for (let seed = 1; seed <= 5; seed++) {
      const arms = armsBy(by, seed, keyOf);
      expect(arms.every((own) => own.size === 1)).toBe(true);
      const first = arms.filter((own) => own.has("a")).length;
      expect(Math.abs(2 * first - arms.length)).toBeLessThanOrEqual(1);
    }
  });

  it("by instance keeps instances whole; a record that does not tell its own is a group of itself", () => {
    const arms = armsBy("instance", 3, ({ pod }) => pod ?? "none");
    expect(arms.filter((own) => own.size === 2).length).toBe(1);
    expect(arms.length).toBe(7);
  });

  it("by coin gives about half of the records to each arm, and others with another seed", () => {
    const codesOf = (seed: number): number[] => [
      ...armSplitter("coin", "v1", ["a", "b"], createRandom(seed))(batch).arm.codes,
    ];
    const codes = codesOf(1);
    expect(Math.abs(codes.filter((code) => code === 0).length - codes.length / 2)).toBeLessThan(
      3 * Math.sqrt(codes.length / 4),
    );
    expect(codesOf(1)).toEqual(codes);
    expect(codesOf(2)).not.toEqual(codes);
  });

  it("by what the source does not have is refused, and named", () => {
    const [plain] = [...batchesFromRows(rows, { fields: { arm: "arm", success: "ok" } })] as [RecordBatch];
    for (const by of ["unit", "instance", "hour"] as const)
      expect(() => armSplitter(by, "v1", ["a", "b"], createRandom(1))(plain)).toThrow(
        by === "hour" ? /timestamp must be mapped/u : new RegExp(`${by} must be mapped`, "u"),
      );
  });
});
