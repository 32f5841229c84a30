import { createReadStream, existsSync } from "node:fs";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import {
  analyze,
  createSummarizer,
  decide,
  type Decision,
  definePolicy,
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

async function decided(file: string, changes: Partial<PolicyInput> = {}): Promise<Decision> {
  const policy = definePolicy({ ...safeRollout({ control: "old", treatments: ["new"] }), ...changes });
  const fields = { arm: "version", timestamp: "at_ms", success: "ok", latencyMs: "took_ms" };
  const summarizer = createSummarizer(planFor(policy));
  const source = Readable.toWeb(createReadStream(resolve(folder, `${file}.csv`))) as ReadableStream<Uint8Array>;
  for await (const batch of readCsv(source, { fields }, file)) summarizer.addBatch(batch);
  return decide(analyze(summarizer.summary(), policy), policy);
}

it.skipIf(!present).each(files)("two arms without any difference are not rolled back: %s", async (file) => {
  expect((await decided(file, { minimumSampleSize: 0 })).decision).not.toBe("rollback");
});

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
