import process from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareSummaries } from "../../simulations/databases/compare.ts";
import {
  type Engine,
  startChdb,
  startClickHouse,
  startDuckDb,
  type StartEngine,
  startPostgres,
} from "../../simulations/databases/engines.ts";
import {
  fullPolicy,
  seededMapping,
  type SeededRow,
  seededRows,
  seededStart,
} from "../../simulations/databases/seeded-records.ts";
import {
  analyze,
  batchesFromRows,
  createSummarizer,
  decide,
  type Plan,
  planFor,
  type Policy,
  type Summary,
} from "../../src/index.ts";
import { summarizeShards, type TableSource } from "../../src/sql/index.ts";

/** Few enough for every run of the tests; ASSAY_SQL_ROWS=5000000 for the figures in the documentation. */
const rowCount = Number(process.env["ASSAY_SQL_ROWS"] ?? 20_000);
const users = rowCount >= 1_000_000 ? 200_000 : 2_700;

const policies: Readonly<Record<string, Policy>> = {
  "every kind of statistic, two epochs, units and segments": fullPolicy(),
  "failures without latency": fullPolicy({ latencyOfFailures: "exclude", segments: [], unit: null }),
  "failures slower than all": fullPolicy({ latencyOfFailures: "slowest", unit: null, segments: [], allocation: null }),
};

/** Regions stand for instances too: some requests do not tell theirs. */
const mapping = { ...seededMapping, fields: { ...seededMapping.fields, instance: "region" } };

/** Made once: making the rows costs more than most engines need for them. */
const rows: readonly SeededRow[] = [...seededRows(rowCount, 1, users)];
const seeded = (): readonly SeededRow[] => rows;

const known = new Map<string, { readonly summary: Summary; readonly decision: string }>();

/** Made once for all engines. */
function inProcess(title: string, policy: Policy): { readonly summary: Summary; readonly decision: string } {
  const before = known.get(title);
  if (before !== undefined) return before;
  const summarizer = createSummarizer(planFor(policy));
  for (const batch of batchesFromRows(seeded(), mapping)) summarizer.addBatch(batch);
  const summary = summarizer.summary();
  // A database keeps no slices of time: its periods serve as slices, and so do those of the reference. Nor does it keep
  // which units were seen in which arms.
  const kept: Summary = { ...summary, slices: null, quality: { ...summary.quality, unitArms: null } };
  const made = { summary, decision: rounded(decide(analyze(kept, policy), policy)) };
  known.set(title, made);
  return made;
}

/** What is wrong with the rows that are inside the window or at no instant at all. */
function rejectedInside(plan: Plan): Summary["quality"]["records"]["rejected"] {
  const summarizer = createSummarizer(plan);
  const inside = function* () {
    for (const row of seeded())
      if (row.ts === null || (row.ts >= (plan.start as number) && row.ts < (plan.end as number))) yield row;
  };
  for (const batch of batchesFromRows(inside(), mapping)) summarizer.addBatch(batch);
  return summarizer.summary().quality.records.rejected;
}

const engines: Readonly<Record<string, StartEngine>> = {
  DuckDB: startDuckDb,
  "ClickHouse 26 in process": startChdb,
  "ClickHouse 18.16, two shards": startClickHouse(2),
  PostgreSQL: startPostgres(1),
  "PostgreSQL, two servers": startPostgres(2),
};

describe.each(Object.entries(engines))("%s against in-process", (name, start) => {
  let engine: Engine | null = null;
  beforeAll(async () => {
    engine = await start(seeded);
    if (engine === null) console.warn(`skipped: no conformance of ${name}, the engine is absent`);
  }, 3_600_000);
  afterAll(async () => engine?.close());

  const summarize = (plan: Plan, source: Partial<TableSource>): Promise<Summary> =>
    summarizeShards(
      (engine as Engine).shards,
      plan,
      { table: "req", mapping: mapping, ...source },
      (engine as Engine).dialect,
    );

  it.each(Object.entries(policies))(
    "%s",
    async (title, policy) => {
      if (engine === null) return;
      const plan = planFor(policy);
      const expected = inProcess(title, policy);
      const began = performance.now();
      const actual = await summarize(plan, { scan: "table" });
      const seconds = (performance.now() - began) / 1000;
      const { differences, worstSum } = compareSummaries(actual, expected.summary);
      if (process.env["ASSAY_SQL_ROWS"] !== undefined)
        console.info(
          `${name}, ${rowCount} rows, ${title}: ${differences.length} differences, worst sum ` +
            `${worstSum.toExponential(1)}, ${seconds.toFixed(1)} s`,
        );
      expect(differences).toEqual([]);
      expect(worstSum).toBeLessThan(3e-15);
      expect(rounded(decide(analyze(actual, policy), policy))).toBe(expected.decision);
    },
    3_600_000,
  );

  it("reads only the window unless told otherwise, with the same statistics", async () => {
    if (engine === null) return;
    const plan = planFor(fullPolicy({ segments: [], unit: null }));
    const [whole, window] = [await summarize(plan, { scan: "table" }), await summarize(plan, {})];
    const { differences } = compareSummaries({ ...window, quality: whole.quality }, whole);
    expect(differences).toEqual([]);
    expect(window.quality).toMatchObject({
      outsideWindow: 0,
      records: { filtered: 0, rejected: rejectedInside(plan) },
    });
    expect(whole.quality.outsideWindow).toBeGreaterThan(0);
  }, 3_600_000);

  it("merges periods to the whole", async () => {
    if (engine === null) return;
    const plan = planFor(fullPolicy({ segments: [], unit: null }));
    const { mergeSummaries } = await import("../../src/index.ts");
    const cut = seededStart + 2 * 3_600_000;
    const parts = [
      await summarize(plan, { window: { from: null, to: cut } }),
      await summarize(plan, { window: { from: cut, to: null }, untimed: false }),
    ];
    const { differences } = compareSummaries(mergeSummaries(parts), await summarize(plan, {}));
    expect(differences).toEqual([]);
  }, 3_600_000);
});

/**
 * A decision as JSON with numbers to 10 digits, since sums differ in the last ones, and without the examples of
 * rejected rows.
 */
function rounded(value: unknown): string {
  return JSON.stringify(value, (key, item: unknown) =>
    key === "samples"
      ? undefined
      : typeof item === "number" && !Number.isInteger(item)
        ? Number(item.toPrecision(10))
        : item,
  );
}
