import { describe, expect, it } from "vitest";
import { compareSummaries } from "../../simulations/databases/compare.ts";
import { startDuckDb } from "../../simulations/databases/engines.ts";
import {
  fullPolicy,
  seededMapping,
  type SeededRow,
  seededRows,
  seededStart,
} from "../../simulations/databases/seeded-records.ts";
import { batchesFromRows, createSummarizer, planFor } from "../../src/index.ts";
import { dialects, summarizeTable } from "../../src/sql/index.ts";

const hour = 3_600_000;
const strangers = ["constructor", "__proto__", "toString", "v9"];

/**
 * A long history before the experiment, with an arm of its own for every row that is filtered or has no timestamp, and
 * with other arms all along.
 */
function* history(): Generator<SeededRow> {
  const [sample] = seededRows(1, 3, 10) as Iterable<SeededRow>;
  const row = {
    ...(sample as SeededRow),
    experiment: "exp-checkout",
    user_id: "u",
    latency_ms: 90,
    ok: true,
    score: 1,
    region: "us",
  };
  for (let i = 0; i < 4000; i++) {
    const at = seededStart - 400 * hour + i * (hour / 10);
    yield { ...row, experiment: "exp-other", arm: `filtered ${i}`, ts: at };
    yield { ...row, arm: `untimed ${i}`, ts: null };
    yield { ...row, arm: strangers[i % strangers.length] as string, ts: at };
    yield { ...row, arm: `v${1 + (i % 3)}`, ts: at, latency_ms: i % 50 === 0 ? -1 : 90 };
  }
  yield* seededRows(3000, 4, 300);
}

describe("rows that are not used", () => {
  it(
    "come back as one row per reason and other arm, however many periods and names they have, and count as " +
      "in-process",
    async () => {
      const engine = (await startDuckDb(history))!;
      try {
        for (const metrics of [1, 2]) {
          const plan = planFor(
            fullPolicy({ unit: null, segments: [], allocation: null, metrics: fullPolicy().metrics.slice(0, metrics) }),
          );
          const unused: unknown[] = [];
          const query = async (sql: string): Promise<readonly Record<string, unknown>[]> => {
            const rows = await engine.shards[0]!.query(sql);
            unused.push(...rows.filter((row) => Number(row["o_edge"]) >= 1e301));
            return rows;
          };
          const summary = await summarizeTable(
            { query },
            plan,
            { table: "req", mapping: seededMapping, scan: "table" },
            dialects.duckdb,
          );
          const summarizer = createSummarizer(plan);
          for (const batch of batchesFromRows(history(), seededMapping)) summarizer.addBatch(batch);
          expect(compareSummaries(summary, summarizer.summary()).differences).toEqual([]);
          expect(Object.keys(summary.quality.otherArms)).toEqual(
            expect.arrayContaining(["constructor", '"__proto__"', "toString", "v9"]),
          );
          expect(unused.length).toBeGreaterThan(strangers.length);
          expect(unused.length).toBeLessThan(30);
        }
      } finally {
        await engine.close();
      }
    },
  );
});
