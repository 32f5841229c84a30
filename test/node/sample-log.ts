import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../src/math/random.ts";
import { definePolicy } from "../../src/policy/define.ts";
import { safeRollout } from "../../src/policy/presets.ts";
import type { FieldMapping } from "../../src/records/mapping/fields.ts";
import { type Plan, planFor } from "../../src/summary/plan.ts";

/** A plan with units, and the mapping of {@link sampleLines}. */
export const plan: Plan = planFor(
  definePolicy({ ...safeRollout({ control: "v1", treatments: ["v2"] }), unit: "user" }),
);
export const mapping: FieldMapping = {
  fields: { arm: "version", timestamp: "at", unit: "user", requestId: "id", success: "ok", latencyMs: "ms" },
  optional: ["requestId"],
};

/** Lines of a log, some of them odd: other layouts, escapes, blanks, rejected rows. */
export function sampleLines(count: number, seed = 1): string[] {
  const random = createRandom(seed);
  const start = Date.UTC(2026, 0, 5);
  return Array.from({ length: count }, (_, i) => {
    const user = Math.floor(random() * 300);
    const record = {
      id: `r${seed}-${i % 997 === 0 ? 0 : i}`,
      at: start + i * 100,
      user: `u${user}`,
      version: user % 2 === 0 ? "v1" : "v2",
      ok: random() < 0.99,
      ms: Math.round(1e6 * random()) / 1000,
    };
    if (i % 211 === 0) return JSON.stringify({ ...record, ms: "fast" });
    if (i % 307 === 0) return `${JSON.stringify(record).slice(0, 40)}`;
    if (i % 401 === 0) return "";
    if (i % 97 === 0) return JSON.stringify(Object.fromEntries(Object.entries(record).reverse()));
    if (i % 101 === 0) return JSON.stringify({ ...record, note: 'é "quoted"\n' });
    return JSON.stringify(record);
  });
}

/** Runs something with a folder of its own, which is gone afterwards. */
export async function inFolder<Result>(action: (path: (name: string) => string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "assay-"));
  try {
    return await action((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
