import type { Random } from "../../src/math/random.ts";

/** A log of two versions with planted damage. */
export interface DamagedLog {
  readonly format: "ndjson" | "csv";
  readonly bytes: Uint8Array;
}

const pick = <Value>(random: Random, values: readonly Value[]): Value =>
  values[Math.floor(random() * values.length)] as Value;

const oddOutcomes = ["TRUE", "False", "1", "0", "1.0", " true", "", " ", "yes", "-", "2", "NaN", "null", "lost"];
const oddLatencies = [
  "NaN",
  "-1",
  "-",
  "",
  " ",
  "n/a",
  "Infinity",
  "1e400",
  "0x1F",
  "1_000",
  "12ms",
  "+7",
  "007",
  "1e2",
];
const oddArms = ["", "v3", "V1", "v1 ", "__proto__", "v\u00e9"];

/** A row as texts: arm, outcome, latency, note. */
type Row = readonly [arm: string, ok: string, ms: string, note: string];

/** Rows of two versions; a share of them has an odd value, in one version perhaps more often than in the other. */
function rowsOf(random: Random): Row[] {
  const failing = { v1: 0.02, v2: pick(random, [0.02, 0.02, 0.3]) };
  const odd = { v1: pick(random, [0, 0, 0.02]), v2: pick(random, [0, 0.02, 0.2]) };
  const canary = pick(random, [0.5, 0.5, 0.1]);
  const rows: Row[] = [
    ["v1", "true", "100", ""],
    ["v2", "true", "100", ""],
  ];
  for (let left = 60 + Math.floor(random() * 240); left > 0; left--) {
    const arm = random() < canary ? "v2" : "v1";
    const at = random() < odd[arm] ? Math.floor(random() * 8) : -1;
    rows.push([
      at === 0 ? pick(random, oddArms) : arm,
      at >= 1 && at <= 3 ? pick(random, oddOutcomes) : String(random() >= failing[arm]),
      at >= 4 ? pick(random, oddLatencies) : String(50 + Math.floor(random() * 200)),
      random() < 0.1
        ? pick(random, ["a, b", 'say "x"', "two\nlines of text", "\u00e9\u{1f600}", "\\", "tab\there"])
        : "",
    ]);
  }
  return rows;
}

function jsonLine([arm, ok, ms, note]: Row, random: Random): string {
  const bare = (text: string): string =>
    /^(true|false|-?[1-9]\d*|0)$/u.test(text) && random() < 0.8 ? text : JSON.stringify(text);
  const pairs = [
    `"arm":${random() < 0.02 ? JSON.stringify(arm).replace("v", "\\u0076") : JSON.stringify(arm)}`,
    `"ok":${bare(ok)}`,
    `"ms":${bare(ms)}`,
    ...(note === "" ? [] : [`"note":${JSON.stringify(note)}`]),
  ];
  const order = random() < 0.05 ? pairs.reverse() : pairs;
  return random() < 0.05 ? `{ ${order.join(" , ")} }` : `{${order.join(",")}}`;
}

/** What happens to lines of JSON: each is another way of losing them. */
function damagedJson(line: string, random: Random): string {
  switch (Math.floor(random() * 9)) {
    case 0:
      return line.slice(0, Math.floor(random() * line.length));
    case 1:
      return pick(random, [
        "server listening on :8080",
        "[info] started",
        "]",
        "null",
        "7",
        '"text"',
        "[1,2]",
        "{}",
        "NaN",
      ]);
    case 2:
      return line.replace('"ok"', '"arm":"v1","ok"');
    case 3:
      return line.replace(/"ms":/u, '"ms":NaN,"x":');
    case 4:
      return line + line;
    case 5:
      return pick(random, ["", "  ", "\t"]);
    case 6:
      return line.replace(/"ok":[^,]*,/u, "");
    case 7:
      return line.replace(/"arm":"[^"]*"/u, '"arm":null');
    default:
      return line.replace(/"ms":[^,}]*/u, () => `"ms":${pick(random, ["null", "{}", "[5]", "-3", "1.5e2"])}`);
  }
}

function csvLine(row: Row, random: Random): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  return row.map((cell) => (/[",\r\n]/u.test(cell) || random() < 0.03 ? quote(cell) : cell)).join(",");
}

/** What happens to rows of a table. */
function damagedCsv(line: string, random: Random): string {
  switch (Math.floor(random() * 5)) {
    case 0:
      return `"${line}`;
    case 1:
      return line.replace(/,(\d+),/u, ',"$1,');
    case 2:
      return line.split(",").slice(0, 2).join(",");
    case 3:
      return `${line},extra`;
    default:
      return "";
  }
}

/** Draws a log. */
export function damagedLog(random: Random): DamagedLog {
  const format = random() < 0.5 ? "ndjson" : "csv";
  const damage = pick(random, [0, 0.002, 0.01, 0.05]);
  const newline = random() < 0.2 ? "\r\n" : "\n";
  const rows = rowsOf(random);
  const lines = rows.map((row, index) => {
    const line = format === "ndjson" ? jsonLine(row, random) : csvLine(row, random);
    if (index < 2 || random() >= damage || line.includes("\n")) return line;
    return format === "ndjson" ? damagedJson(line, random) : damagedCsv(line, random);
  });
  const mark = random() < 0.1 ? "\ufeff" : "";
  const text =
    mark + [...(format === "csv" ? ["arm,ok,ms,note"] : []), ...lines].join(newline) + (random() < 0.8 ? newline : "");
  const bytes = new TextEncoder().encode(text);
  // A byte that is no UTF-8, in a note of JSON lines only: a table with one is refused whole.
  const at = format === "ndjson" && random() < 0.05 ? bytes.lastIndexOf(0xc3) : -1;
  if (at >= 0) bytes[at] = 0xff;
  return { format, bytes };
}
