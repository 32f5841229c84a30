// How long from 10,000 objects in memory to a drawn report, the code not yet warm? Prints the first run and the median of 20 more.
import { analyze, batchesFromRows, createSummarizer, decide, ownFields, planFor } from "/dist/browser.js";
import "/dist/element.js";

const policy = await (await fetch("policy.json")).json();
const rows = (await (await fetch("records?count=10000")).text()).trim().split("\n").map((line) => JSON.parse(line));
const report = document.getElementById("report");

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

const first = await once();
const more = [];
for (let run = 0; run < 20; run++) more.push(await once());
const median = more.sort((a, b) => a - b)[10];
document.getElementById("status").textContent = `${rows.length.toLocaleString("en")} records: first report after ${first.toFixed(1)} ms, then ${median.toFixed(1)} ms (median of 20)`;
document.body.dataset.first = String(first);
document.body.dataset.median = String(median);
