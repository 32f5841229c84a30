/**
 * A scheduled job: reads the day's records, keeps the summary of the whole experiment, decides, writes the reports, and
 * tells the scheduler by its exit code what to do.
 *
 *   npx tsx examples/job/job.ts policy.json state.json day.ndjson.gz
 */
import { existsSync } from "node:fs";
import { readFile as readText, rename, writeFile } from "node:fs/promises";
import process from "node:process";
import {
  analyze,
  createSummarizer,
  decide,
  type Decision,
  decodeSummary,
  definePolicy,
  encodeSummary,
  mergeSummaries,
  ownFields,
  planFor,
  requireAcceptable,
  type Summary,
} from "../../src/index.ts";
import { readFile } from "../../src/node/index.ts";
import { buildReport, renderHtml, renderMarkdown, trajectory } from "../../src/report/index.ts";

const exitCodes: Readonly<Record<Decision["decision"], number>> = {
  ship: 0,
  "keep-running": 10,
  inconclusive: 11,
  rollback: 20,
  invalid: 30,
};

const [policyFile, stateFile, ...recordFiles] = process.argv.slice(2);
if (policyFile === undefined || stateFile === undefined || recordFiles.length === 0) {
  console.error("usage: job.ts POLICY STATE RECORDS…");
  process.exit(2);
}

const policy = definePolicy(JSON.parse(await readText(policyFile, "utf8")));
const plan = planFor(policy);

const summarizer = createSummarizer(plan);
for (const file of recordFiles) for await (const batch of readFile(file, ownFields(plan))) summarizer.addBatch(batch);
const today = summarizer.summary();
requireAcceptable(today.quality.records, 0.001);

const earlier: Summary[] = existsSync(stateFile) ? [decodeSummary(await readText(stateFile, "utf8"))] : [];
const summary = mergeSummaries([...earlier, today]);
const decision = decide(analyze(summary, policy), policy);

await writeFile(`${stateFile}.new`, encodeSummary(summary));
await rename(`${stateFile}.new`, stateFile);
await writeFile("report.html", await renderHtml({ decision, policy, summary, points: trajectory(summary, policy) }));
await writeFile("report.md", renderMarkdown(buildReport(decision, policy)));
console.log(JSON.stringify({ decision: decision.decision, reasons: decision.reasons }));
process.exitCode = exitCodes[decision.decision];
