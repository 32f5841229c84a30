import { createReadStream, existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import {
  analyze,
  createSummarizer,
  decide,
  type Decision,
  definePolicy,
  isNotComputable,
  planFor,
  type PolicyInput,
  readCsv,
  safeRollout,
} from "../../src/index.ts";

const folder = resolve(import.meta.dirname, "../../../shared/data/aa");
const files = [
  "01-run-vs-run-k6-scaled-stress",
  "04-random-requests-k6-micro-baseline",
  "05-minutes-alternate-k6-monolith-stress",
  "07-day-vs-day-trainticket",
  "09-clients-haproxy-gateway",
  "11-two-pods-local",
];
const present = existsSync(folder);
if (!present)
  console.log("real A/A traffic is absent: ../shared/data/aa is not beside the project, so its tests are skipped");

async function decided(file: string, changes: Partial<PolicyInput> = {}, where: string[] = []): Promise<Decision> {
  const policy = definePolicy({ ...safeRollout({ control: "old", treatments: ["new"] }), ...changes });
  const fields = { arm: "version", timestamp: "at_ms", success: "ok", latencyMs: "took_ms" };
  const summarizer = createSummarizer(planFor(policy));
  const source = Readable.toWeb(createReadStream(resolve(folder, `${file}.csv`))) as ReadableStream<Uint8Array>;
  for await (const batch of readCsv(source, { fields, where }, file)) summarizer.addBatch(batch);
  return decide(analyze(summarizer.summary(), policy), policy);
}

it.skipIf(!present).each(files)("two arms without any difference are not rolled back: %s", async (file) => {
  expect((await decided(file, { minimumSampleSize: 0 })).decision).not.toBe("rollback");
});

/** The last instant of the first part of a file's records. */
async function instantAt(file: string, share: number): Promise<number> {
  const lines = (await readFile(resolve(folder, `${file}.csv`), "utf8")).trim().split("\n").slice(1);
  const instants = lines.map((line) => Number(line.split(",")[1])).sort((a, b) => a - b);
  return instants[Math.ceil(share * instants.length) - 1] as number;
}

it.skipIf(!present).each(files.filter((file) => !file.startsWith("01") && !file.startsWith("07")))(
  "no effect and no rollback is found at any of five looks: %s",
  async (file) => {
    for (const share of [0.2, 0.4, 0.6, 0.8, 1]) {
      const where = [`at_ms<=${await instantAt(file, share)}`];
      const { decision, comparisons } = await decided(file, { minimumSampleSize: 0 }, where).catch((error: unknown) => {
        // Arms that take turns: only one has begun.
        expect(error).toMatchObject({ code: "arm-without-records" });
        return { decision: "keep-running", comparisons: [] };
      });
      expect(decision).not.toBe("rollback");
      for (const { effect } of comparisons[0]?.metrics ?? []) {
        if (isNotComputable(effect)) continue;
        const none = effect.kind === "ratio" ? 1 : 0;
        expect(effect.interval[0] ?? -Infinity).toBeLessThanOrEqual(none);
        expect(effect.interval[1] ?? Infinity).toBeGreaterThanOrEqual(none);
      }
    }
  },
);

it.skipIf(!present)(
  "one run of each version can't be told from the version, when the policy says that runs were compared",
  async () => {
    const decision = await decided("01-run-vs-run-k6-scaled-stress", { assignment: "run" });
    expect(decision.comparisons[0]?.metrics[1]?.effect).toMatchObject({ reason: "version-not-separable" });
    expect(decision.decision).not.toBe("ship");
  },
);

it.skipIf(!present)("arms that take turns by the minute did not run side by side", async () => {
  const decision = await decided("05-minutes-alternate-k6-monolith-stress");
  expect(decision.comparisons[0]?.metrics[1]?.goal?.claim).toMatchObject({ reason: "arms-not-side-by-side" });
});
