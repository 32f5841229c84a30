import {
  analyze,
  batchesFromRows,
  createSummarizer,
  decide,
  definePolicy,
  type FieldMapping,
  type Plan,
  planFor,
  readCsv,
  readNdjson,
  type Summary,
} from "../../src/index.ts";
import { createRandom } from "../../src/math/random.ts";
import type { RecordBatch } from "../../src/records/batch.ts";
import type { ByteSource } from "../../src/records/bytes.ts";
import { damagedLog } from "./damaged-log.ts";
import { slowJsonLines, type SlowRow, slowTable } from "./slow-reader.ts";

const mapping: FieldMapping = { fields: { arm: "arm", success: "ok", latencyMs: "ms" } };

const policy = definePolicy({
  control: "v1",
  treatments: ["v2"],
  minimumSampleSize: 20,
  dependence: "none",
  metrics: [
    {
      name: "success_rate",
      kind: "proportion",
      field: "success",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.1 },
      rollbackWhen: { worseBy: { absolute: 0.1 } },
    },
  ],
});

/** The latencies are added up too, though no metric reads them. */
const plan: Plan = {
  ...planFor(policy),
  statistics: [...planFor(policy).statistics, { kind: "moments", field: "latencyMs" }],
};

/** What a run of differential fuzzing came to. */
export interface DifferentialResult {
  readonly cases: number;
  /** How often each verdict was given. */
  readonly verdicts: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly rejected: number;
}

/**
 * Reads random logs with planted damage by the product and by a slow, obvious reader: counts by arm, rejections and the
 * verdict must be the same.
 *
 * @throws {Error} for the first case that differs, with its seed and both answers.
 */
export async function differential(cases: number, firstSeed: number): Promise<DifferentialResult> {
  const verdicts: Record<string, number> = {};
  let [rows, rejected] = [0, 0];
  for (let seed = firstSeed; seed < firstSeed + cases; seed++) {
    const random = createRandom(seed);
    const { format, bytes } = damagedLog(random);
    const size = 1 + Math.floor(random() * 2 * bytes.length);
    const source = chunked(bytes, size);
    const read = format === "ndjson" ? readNdjson(source, mapping, "log") : readCsv(source, mapping, "log");
    const rowsRead = format === "ndjson" ? slowJsonLines(bytes) : slowTable(bytes);
    const fast = await summaryOf(read);
    const one = figuresOf(fast);
    const slow = figuresOf(await summaryOf(batchesFromRows(asObjects(rowsRead), mapping)));
    const expected = { ...slow, rejected: rejectionsOf(rowsRead) };
    if (JSON.stringify(one) !== JSON.stringify(expected))
      throw new Error(
        `differential: seed ${seed} (${format}) differs:\n${JSON.stringify(one)}\n${JSON.stringify(expected)}`,
      );
    verdicts[one.verdict] = (verdicts[one.verdict] ?? 0) + 1;
    rows += fast.quality.records.rows;
    rejected += Object.values(one.rejected).reduce((sum, count) => sum + count, 0);
  }
  return { cases, verdicts, rows, rejected };
}

function chunked(bytes: Uint8Array, size: number): ByteSource {
  return (async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  })() as ByteSource;
}

async function summaryOf(batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>): Promise<Summary> {
  const summarizer = createSummarizer(plan);
  for await (const batch of batches) summarizer.addBatch(batch);
  return summarizer.summary();
}

/** The rows as plain objects; those rejected as rows that are rejected for sure, with their arm where it is known. */
function asObjects(rows: readonly SlowRow[]): unknown[] {
  return rows.map((row) => {
    if ("rejected" in row) return row.arm === undefined ? "rejected" : { arm: row.arm, ok: "rejected", ms: 1 };
    return { arm: row.arm, ok: row.ok, ms: row.unusable ? "unusable" : row.ms };
  });
}

function rejectionsOf(rows: readonly SlowRow[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) if ("rejected" in row) counts[row.rejected] = (counts[row.rejected] ?? 0) + 1;
  return sorted(counts);
}

interface Figures {
  readonly arms: unknown;
  readonly otherArms: Readonly<Record<string, number>>;
  readonly verdict: string;
  readonly reasons: readonly string[];
  readonly rejected: Readonly<Record<string, number>>;
}

/** What must be the same. */
function figuresOf(summary: Summary): Figures {
  const { decision, reasons } = decide(analyze(summary, policy), policy);
  const { byArm, otherArms, records } = summary.quality;
  const arms = plan.arms.map((arm) => ({
    arm,
    accepted: byArm[arm]?.accepted,
    unusable: byArm[arm]?.unusable,
    statistics: summary.cells
      .filter((cell) => cell.arm === arm)
      .map(({ statistics: [count, moments] }) => [
        count,
        moments?.kind === "moments" ? [moments.moments.count, moments.moments.sum] : null,
      ]),
  }));
  return {
    arms,
    otherArms: sorted(otherArms),
    verdict: decision,
    reasons: reasons.map(({ code }) => code),
    rejected: sorted(records.rejected),
  };
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
