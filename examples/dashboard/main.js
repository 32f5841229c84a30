// The page: controls, the element, and a worker that reads and judges. It only draws; see worker.js for the work.
import "/dist/element.js";

const by = (id) => document.getElementById(id);
const report = by("report");
const whole = new Intl.NumberFormat("en");
let worker;
/** The policy in use; who asks for something before it has come waits for it. */
let policy = fetch("policy.json").then((response) => response.json());
let updates = 0;
let longestTask = 0;
let begun = 0;

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration);
}).observe({ type: "longtask" });

by("start").addEventListener("click", () =>
  run({ url: `records?count=${new URLSearchParams(location.search).get("count") ?? 1_000_000}` }),
);
by("follow").addEventListener("click", () => run({ results: "results" }));
by("stop").addEventListener("click", () => finish("Stopped."));
by("file").addEventListener("change", ({ target }) => {
  if (target.files[0] !== undefined) void open(target.files[0]);
  target.value = "";
});
addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("dropping");
});
addEventListener("dragleave", () => document.body.classList.remove("dropping"));
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("dropping");
  const file = event.dataTransfer.files[0];
  if (file !== undefined) void open(file);
});

/** A policy replaces the one in use; anything else is read as records. */
async function open(file) {
  if (file.name.endsWith(".json") && file.size < 1e6) {
    try {
      // Only here the page needs the schemas, so they are loaded on demand.
      const { parsePolicy } = await import("/dist/browser-full.js");
      const { control, treatments } = (policy = parsePolicy(JSON.parse(await file.text())));
      report.data = null;
      say(`Policy in use: ${control} against ${treatments.join(", ")}. Now open the records.`);
    } catch (error) {
      say(error.message, true);
    }
    return;
  }
  await run({ file });
}

async function run(source) {
  worker?.terminate();
  const started = (worker = new Worker("worker.js", { type: "module" }));
  worker.addEventListener("message", ({ data }) => receive(data));
  worker.addEventListener("error", (event) => finish(event.message || "The worker failed.", true));
  [updates, longestTask, begun] = [0, 0, performance.now()];
  by("stop").disabled = false;
  by("progress").hidden = false;
  report.data = null;
  say("Reading …");
  try {
    started.postMessage({ ...source, policy: await policy });
  } catch (error) {
    if (worker === started) finish(`Cannot load the policy: ${error.message}`, true);
  }
}

function receive({ error, data, records, share, done }) {
  if (error !== undefined) return finish(error, true);
  if (data !== undefined) {
    report.data = data;
    updates++;
  }
  by("progress").value = share ?? 0;
  const seconds = (performance.now() - begun) / 1000;
  figures({
    Records: whole.format(records),
    "Records a second": whole.format(Math.round(records / seconds)),
    "Updates a second": (updates / seconds).toFixed(1),
    "Longest pause of this page": `${Math.round(longestTask)} ms`,
  });
  if (done) finish(`Read ${whole.format(records)} records in ${seconds.toFixed(1)} s.`);
}

function finish(text, failed = false) {
  worker?.terminate();
  worker = undefined;
  by("stop").disabled = true;
  by("progress").hidden = true;
  say(text, failed);
}

function say(text, failed = false) {
  by("status").textContent = text;
  by("status").classList.toggle("error", failed);
}

function figures(values) {
  by("figures").replaceChildren(
    ...Object.entries(values).map(([name, value]) => {
      const group = document.createElement("div");
      const [term, definition] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      definition.textContent = value;
      group.append(term, definition);
      return group;
    }),
  );
}
