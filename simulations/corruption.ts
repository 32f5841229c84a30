/**
 * Changes single bits and single digits of every file that Assay writes, and counts the changes that go unnoticed: read
 * without an error, and to something else than was written.
 *
 *   npx tsx simulations/corruption.ts            10,000 bits and 10,000 digits of each file, seed 1
 *   npx tsx simulations/corruption.ts 1000 2     1,000 each, seed 2
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { AuditChain } from "../src/api/enact/audit-chain.ts";
import {
  createClient,
  decideExperiment,
  decisionDocument,
  decodeDecisionDocument,
  decodePulled,
  enact,
  encodePulled,
  memoryAuditLog,
  pullExperiment,
  signDecisionDocument,
} from "../src/api/index.ts";
import { fileAuditLog } from "../src/cli/audit-file.ts";
import { createEmulator, healthyTraffic } from "../src/emulator/index.ts";
import {
  AssayError,
  createRandom,
  decodeSummary,
  definePolicy,
  encodeSummary,
  planFor,
  policyPresets,
  summarize,
} from "../src/index.ts";
import { decodeCheckpoint, dialects, encodeCheckpoint } from "../src/sql/index.ts";

/** A file, and what reading it gives, as a text to compare. */
interface CheckedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  read(bytes: Uint8Array): Promise<string> | string;
}

/** What came of the changes to one file. */
export interface CorruptionOutcome {
  readonly name: string;
  readonly changes: number;
  noticed: number;
  /** Read to exactly what was written: the change meant nothing, such as `e` for `E` in a number. */
  same: number;
  silent: number;
  /** Errors that are none of Assay's own. */
  raw: number;
}

/** Changes a file over and over. */
export async function corrupt(
  file: CheckedFile,
  count: number,
  kind: "bit" | "digit",
  seed: number,
): Promise<CorruptionOutcome> {
  const random = createRandom(seed);
  const expected = await file.read(file.bytes);
  const digits = [...file.bytes.keys()].filter((at) => isDigit(file.bytes[at] as number));
  const outcome: CorruptionOutcome = {
    name: `${file.name}, one ${kind}`,
    changes: count,
    noticed: 0,
    same: 0,
    silent: 0,
    raw: 0,
  };
  for (let change = 0; change < count; change++) {
    const changed = file.bytes.slice();
    if (kind === "bit") {
      const at = Math.floor(random() * changed.length);
      changed[at] = (changed[at] as number) ^ (1 << Math.floor(random() * 8));
    } else {
      const at = digits[Math.floor(random() * digits.length)] as number;
      changed[at] = 48 + (((changed[at] as number) - 48 + 1 + Math.floor(random() * 9)) % 10);
    }
    try {
      if ((await file.read(changed)) === expected) outcome.same++;
      else outcome.silent++;
    } catch (error) {
      if (error instanceof AssayError) outcome.noticed++;
      else outcome.raw++;
    }
  }
  return outcome;
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

/** One of each file, made of an emulated experiment. */
export async function filesOfEachKind(folder: string): Promise<CheckedFile[]> {
  let now = Date.UTC(2026, 0, 5);
  const emulator = createEmulator({ now: () => now, scenario: { ...healthyTraffic, requestsPerHour: 100 } });
  const client = createClient({
    baseUrl: "http://localhost",
    token: emulator.token,
    fetch: emulator.fetch,
    rateLimit: { requestsPerSecond: 1e6, burst: 1e6 },
  });
  for (const version of ["1", "2"])
    await client.createModelVersion({
      model_id: "m",
      version,
      description: "d",
      metadata: { context_window: 8000, capabilities: [] },
    });
  const arm = (version: string) => ({ model_id: "m", version, percentage: 50 });
  const { experiment_id: id } = await client.createExperiment({
    experiment_name: "e",
    status: "active",
    traffic_allocation: { control: arm("1"), treatment: arm("2") },
    success_metrics: { primary: "success_rate" },
  });
  now += 6 * 3_600_000;
  const pulled = await pullExperiment(client, id);
  const { document } = decideExperiment(pulled, { now });
  const key = "a secret of sixteen or more";
  const signed = await signDecisionDocument(document, key);
  const plan = planFor(definePolicy(policyPresets["safe-rollout"]({ control: "v1", treatments: ["v2"] })));
  const summary = summarize(
    Array.from({ length: 300 }, (_, i) => ({
      arm: `v${1 + (i % 2)}`,
      timestamp: now + i * 60_000,
      success: i % 13 > 0,
      latencyMs: 20 + ((i * i) % 700),
    })),
    plan,
  );
  const auditFile = join(folder, "audit.jsonl");
  const rollback = decisionDocument({
    experimentId: id,
    asOf: document.asOf,
    allocation: document.allocation,
    decision: { decision: "rollback" },
  });
  await enact(client, rollback, { apply: true, audit: fileAuditLog(auditFile), now: () => now });
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  const bytesOf = (of: string): Uint8Array => new TextEncoder().encode(of);
  const checkpoint = { source: dialects.duckdb.name, until: now, summary };
  return [
    { name: "summary", bytes: bytesOf(encodeSummary(summary)), read: (b) => encodeSummary(decodeSummary(text(b))) },
    {
      name: "checkpoint of a database",
      bytes: bytesOf(encodeCheckpoint(checkpoint)),
      read: (b) => encodeCheckpoint(decodeCheckpoint(text(b))),
    },
    { name: "state of a pull", bytes: bytesOf(encodePulled(pulled)), read: (b) => encodePulled(decodePulled(text(b))) },
    {
      name: "decision",
      bytes: bytesOf(JSON.stringify(document)),
      read: (b) => JSON.stringify(decodeDecisionDocument(text(b))),
    },
    {
      name: "signed decision",
      bytes: bytesOf(JSON.stringify(signed)),
      read: async (b) => {
        const found = decodeDecisionDocument(text(b));
        await enact(client, found, { audit: memoryAuditLog(), signKey: key, now: () => now });
        return JSON.stringify(found);
      },
    },
    {
      name: "audit log",
      bytes: Uint8Array.from(readFileSync(auditFile)),
      read: async (b) => {
        writeFileSync(auditFile, b);
        return JSON.stringify((await AuditChain.read(fileAuditLog(auditFile), undefined)).entries);
      },
    },
  ];
}

const [count = "10000", seed = "1"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "assay-corruption-"));
let bad = 0;
try {
  for (const file of await filesOfEachKind(folder))
    for (const kind of ["bit", "digit"] as const) {
      const { name, changes, noticed, same, silent, raw } = await corrupt(file, Number(count), kind, Number(seed));
      console.log(
        `${name} (${file.bytes.length} bytes): ${changes} changes, ${noticed} noticed, ${same} without a meaning, ` +
          `${silent} silent, ${raw} raw errors`,
      );
      bad += silent + raw;
    }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${bad} silent changes and raw errors in all (seed ${seed})`);
process.exitCode = bad === 0 ? 0 : 1;
