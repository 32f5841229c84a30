// How long from 10,000 objects in memory to a drawn report, the code not yet warm? Prints the first run and the median
// of 20 more. With ?paced it waits for an event "turn" before the first run and before the others, so that a debugger
// can measure the first alone.
import { analyze, batchesFromRows, createSummarizer, decide, ownFields, planFor } from "/dist/browser.js";
import "/dist/element.js";

const policy = await (await fetch("policy.json")).json();
const rows = (await (await fetch("records?count=10000")).text())
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const report = document.getElementById("report");

const paced = new URLSearchParams(location.search).has("paced");
const turn = () => (paced ? new Promise((resolve) => addEventListener("turn", resolve, { once: true })) : undefined);

async function once() {
  const begun = performance.now();
  const plan = planFor(policy);
  const summarizer = createSummarizer(plan);
  for (const batch of batchesFromRows(rows, ownFields(plan))) summarizer.addBatch(batch);
  report.data = { decision: decide(analyze(summarizer.summary(), policy), policy), policy };
  await new Promise((resolve) => requestAnimationFrame(resolve));
  report.shadowRoot.querySelector(".verdict").getBoundingClientRect();
  return performance.now() - begun;
}

const mayStart = turn();
document.body.dataset.ready = "";
await mayStart;
const first = await once();
const mayGoOn = turn();
document.body.dataset.first = String(first);
await mayGoOn;
const more = [];
for (let run = 0; run < 20; run++) more.push(await once());
const median = more.sort((a, b) => a - b)[10];
document.getElementById("status").textContent =
  `${rows.length.toLocaleString("en")} records: first report after ${first.toFixed(1)} ms, then ` +
  `${median.toFixed(1)} ms (median of 20)`;
document.body.dataset.median = String(median);
