// npm run bench [-- --records 3000000 --rows 5000000]: every headline figure against its peers, run here one after the
// other, as bench/README.md.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    records: { type: "string", default: "3000000" },
    rows: { type: "string", default: "5000000" },
    engines: { type: "string", default: "memory,duckdb,chdb,clickhouse1,clickhouse,postgres,postgres2" },
  },
});

function run(...command) {
  console.error(`> ${command.join(" ")}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["node_modules/tsx/dist/cli.mjs", ...command], {
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (status !== 0) throw new Error(`${command.join(" ")} ended with ${status}\n${stdout}${stderr}`);
  return stdout;
}

/**
 * The first group of a pattern; a figure that is not there ends the run, so that no row is ever left over from another
 * day.
 */
function figure(text, pattern) {
  const found = pattern.exec(text);
  if (found === null) throw new Error(`No ${pattern} in\n${text}`);
  const value = Number.parseFloat(found[1]);
  if (!Number.isFinite(value)) throw new Error(`${pattern} gives no number in\n${text}`);
  return value;
}

const load = loadavg()[0].toFixed(2);
// Which of two speeds the compiler reaches differs from process to process.
const sketches = [1, 2, 3].map(() => run("bench/sketch.ts"));
const timesSum = (name) =>
  sketches.map((sketch) => figure(sketch, new RegExp(`^${name} +\\S+ +\\S+ +(\\S+)`, "mu"))).sort((a, b) => a - b)[1];
const ingest = run("bench/ingest.bench.ts", "--records", options.records);
const sql = run("bench/sql.bench.ts", "--rows", options.rows, "--engines", options.engines, "--repeats", "3");
const analysis = run("bench/analysis.bench.ts");

const rows = [
  [
    "insert into the sketch, in bulk",
    "time of `sum += x` over the same array",
    timesSum("QuantileSketch.addAll"),
    "3.0 or less",
  ],
  ["insert into the sketch, one by one", "time of `sum += x`", timesSum("QuantileSketch.add"), "5.0 or less"],
  [
    "HdrHistogram (WASM), one by one",
    "time of ours",
    timesSum("HdrHistogram WASM, 3 digits") / timesSum("QuantileSketch.add"),
    "2.5 or more",
  ],
  ["DDSketch 0.27 %, one by one", "time of ours", timesSum("DDSketch 0.27 %") / timesSum("QuantileSketch.add"), ""],
  [
    "OpenTelemetry accumulator, one by one",
    "time of ours",
    timesSum("OpenTelemetry accumulator, 2048") / timesSum("QuantileSketch.add"),
    "",
  ],
  ["t-digest, one by one", "time of ours", timesSum("tdigest") / timesSum("QuantileSketch.add"), ""],
  [
    "JSON.parse of every line, nothing more",
    "CPU of NDJSON to summary, one thread",
    figure(ingest, /CPU \(a\)\/\(b\) (\S+)/u),
    "4 or more",
  ],
  [
    "DuckDB, the same summary",
    "CPU of NDJSON to summary, one thread",
    figure(ingest, /CPU \(d\)\/\(b\) (\S+)/u),
    "1 or more",
  ],
  ["zod safeParse of every row", "CPU of NDJSON to summary, one thread", figure(ingest, /CPU \(e\)\/\(b\) (\S+)/u), ""],
  ["one thread", "wall time of all cores", figure(ingest, /wall \(b\)\/\(c\) (\S+)/u), "1.7 or more"],
  [
    "Parquet through DuckDB to a summary",
    "wall time of the bare query",
    figure(ingest, /Parquet wall, assay\/bare (\S+)/u),
    "1.3 or less",
  ],
  ...[...sql.matchAll(/^(.*?) +\S+ Mrows\/s .* x(\S+) CPU x(\S+) wall$/gmu)].map(([, name, cpu]) => [
    `summary computed by ${name.trim()}`,
    "CPU of the bare GROUP BY there",
    Number(cpu),
    "1.3 or less",
  ]),
  ...[...analysis.matchAll(/^(.+?) +(\S+ [um]s) +(\S+ [um]s)/gmu)].map(([, name, time, limit]) => [
    name.trim(),
    `its limit of ${limit}`,
    inMicroseconds(time) / inMicroseconds(limit),
    "1 or less",
  ]),
];

function inMicroseconds(text) {
  const [value, unit] = text.split(" ");
  return Number(value) * (unit === "ms" ? 1000 : 1);
}

const kept = ([, , ratio, target]) =>
  target === ""
    ? ""
    : (target.endsWith("less") ? ratio <= Number.parseFloat(target) : ratio >= Number.parseFloat(target))
      ? "yes"
      : "**no**";
const today = new Date().toISOString().slice(0, 10);
const processor = cpus()[0].model.trim();
const machine = `Node ${process.version}, ${cpus().length} cores (${processor}), load ${load} at the start`;
const grouped = (number) => Number(number).toLocaleString("en");
writeFileSync(
  "bench/README.md",
  `# Speed against peers

Written by \`npm run bench\` on ${today}: ${machine};
${grouped(options.records)} records for ingestion, ${grouped(options.rows)} rows for databases, one million values for
the sketch (median of three processes). Only ratios of things measured side by side in the same run are shown; seconds
depend on the machine.

| subject | relative to | ratio | target | kept |
|---|---|---:|---|---|
${rows.map((row) => `| ${row[0]} | ${row[1]} | ${row[2].toFixed(2)} | ${row[3]} | ${kept(row)} |`).join("\n")}

Each bench alone, with all its figures: \`npm run bench:sketch\`, \`bench:ingest\`, \`bench:sql\`, \`bench:analysis\`.
Accuracy against peers: \`npm run accuracy\`, [docs/numerics.md](../docs/numerics.md).
`,
);
console.log("bench/README.md");
