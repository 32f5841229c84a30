// Reads records as they come, keeps a summary, and judges it ten times a second; or follows the looks that a server
// takes at an experiment. The page gets decisions, never records.
import {
  analyze,
  createSummarizer,
  decide,
  loadFeatures,
  ownFields,
  planFor,
  readCsv,
  readNdjson,
} from "/dist/browser.js";

const betweenLooks = 95;
const mostPoints = 120;

addEventListener("message", async ({ data: { url, file, results, policy } }) => {
  try {
    if (results !== undefined) return follow(results);
    await judge(url === undefined ? await opened(file) : await fetched(url), policy);
  } catch (error) {
    postMessage({ error: error.message });
  }
});

async function judge({ bytes, name, csv, shareRead }, policy) {
  const methods = await loadFeatures(policy);
  const plan = planFor(policy);
  const summarizer = createSummarizer(plan);
  const mapping = ownFields(plan);
  const points = [];
  let records = 0;
  let due = performance.now();
  const look = (done) => {
    // A late look does not put off the next one, unless the machine can't keep up at all.
    due = Math.max(due + betweenLooks, performance.now() - 5 * betweenLooks);
    const analysis = analysisOf(summarizer.summary(), policy, methods);
    if (analysis === undefined)
      return postMessage({
        records,
        share: shareRead(),
        done,
        ...(done ? { error: "The records hold no request of one of the policy's arms." } : {}),
      });
    points.push({ until: null, records: analysis.checks.sampleSize.records, analysis });
    // Every other look is forgotten when there are many, so that the picture stays small.
    if (points.length > mostPoints) for (let at = points.length - 2; at > 0; at -= 2) points.splice(at, 1);
    postMessage({ data: { decision: decide(analysis, policy), policy, points }, records, share: shareRead(), done });
  };
  for await (const batch of (csv ? readCsv : readNdjson)(bytes, mapping, name)) {
    summarizer.addBatch(batch);
    records += batch.quality.accepted;
    if (performance.now() >= due) look(false);
  }
  look(true);
}

/** Server-sent events: each brings a decision and one more point of the sequence. */
function follow(url) {
  const source = new EventSource(url);
  const points = [];
  let records = 0;
  source.addEventListener("look", ({ data }) => {
    const { decision, policy, point, share } = JSON.parse(data);
    points.push(point);
    records = Object.values(point.records).reduce((sum, count) => sum + count, 0);
    postMessage({ data: { decision, policy, points }, records, share });
  });
  source.addEventListener("done", () => end({ records, share: 1, done: true }));
  source.addEventListener("failed", ({ data }) => end({ error: JSON.parse(data).message }));
  source.addEventListener("error", () => end({ error: `Cannot follow ${url}: the connection to the server broke` }));
  function end(message) {
    source.close();
    postMessage(message);
  }
}

/** The analysis, or undefined while an arm has no records yet. */
function analysisOf(summary, policy, methods) {
  try {
    return analyze(summary, policy, { methods });
  } catch (error) {
    if (error.code === "arm-without-records") return undefined;
    throw error;
  }
}

async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`Cannot read ${url}: the server answers ${response.status}`);
  const total = Number(response.headers.get("x-records")) || 0;
  let read = 0;
  const bytes = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        for (const byte of chunk) if (byte === 10) read++;
        controller.enqueue(chunk);
      },
    }),
  );
  return { bytes, name: url, csv: false, shareRead: () => (total === 0 ? 0 : read / total) };
}

async function opened(file) {
  const first = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const gzip = first[0] === 0x1f && first[1] === 0x8b;
  let read = 0;
  const counted = file.stream().pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        read += chunk.length;
        controller.enqueue(chunk);
      },
    }),
  );
  const bytes = gzip ? counted.pipeThrough(new DecompressionStream("gzip")) : counted;
  return {
    bytes,
    name: file.name,
    csv: /\.(csv|tsv)(\.gz)?$/iu.test(file.name),
    shareRead: () => read / Math.max(1, file.size),
  };
}
