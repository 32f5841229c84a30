import { describe, expect, it } from "vitest";
import { damagedLog } from "../../simulations/fuzz/damaged-log.ts";
import { differential } from "../../simulations/fuzz/differential.ts";
import { slowJsonLines, slowTable } from "../../simulations/fuzz/slow-reader.ts";
import { createRandom } from "../../src/math/random.ts";

describe("random logs with planted damage", () => {
  it("read the same as by a slow and obvious reader: counts by arm, rejections, verdicts", async () => {
    const { cases, verdicts, rejected } = await differential(300, 1);
    expect(cases).toBe(300);
    // The cases are worth nothing unless each verdict is among them, and much is rejected.
    expect(Object.keys(verdicts).sort()).toEqual(["invalid", "keep-running", "rollback", "ship"]);
    expect(rejected).toBeGreaterThan(300);
  });

  it("hold each kind of damage", () => {
    const found = new Set<string>();
    for (let seed = 1; seed <= 300; seed++) {
      const { format, bytes } = damagedLog(createRandom(seed));
      for (const row of format === "ndjson" ? slowJsonLines(bytes) : slowTable(bytes))
        if ("rejected" in row) found.add(row.rejected);
    }
    expect([...found].sort()).toEqual([
      "arm-missing",
      "column-count",
      "malformed-json",
      "not-an-object",
      "not-utf8",
      "repeated-key",
      "success-not-boolean",
      "unterminated-quote",
    ]);
  });
});
