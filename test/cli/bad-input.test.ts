import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { safeRollout } from "../../src/policy/presets.ts";
import { bundle } from "../helpers/bundle.ts";
import { runCli } from "./run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-"));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const line = (arm: string, latencyMs: unknown = 100): string => JSON.stringify({ arm, success: true, latencyMs });
const good = file("good.ndjson", [line("v1"), line("v2")].join("\n"));
const arms = ["--control", "v1", "--treatment", "v2"];
const policy = (change: object): string =>
  file(
    `policy-${Object.keys(change).join("-")}.json`,
    JSON.stringify({ ...safeRollout({ control: "v1", treatments: ["v2"] }), ...change }),
  );
mkdirSync(join(folder, "folder"));

const cases: [string, string[], number, RegExp][] = [
  [
    "an unknown column in a mapping",
    [good, ...arms, "--map", "latencyMs=duration"],
    1,
    /latencyMs must be mapped to one of the columns .*"latencyMs".*, current value is "duration"\. Correct/u,
  ],
  [
    "a mapping that can't be read",
    [good, ...arms, "--map", "latencyMs"],
    1,
    /map must be a list of FIELD=EXPRESSION, current value is "latencyMs"/u,
  ],
  [
    "a where without operator",
    [good, ...arms, "--where", "task"],
    1,
    /where must be a condition such as task=prime_full, current value is "task"/u,
  ],
  [
    "a missing file",
    [join(folder, "none.ndjson"), ...arms],
    1,
    /the file must be an existing file, current value is ".*none\.ndjson"\. Check the path/u,
  ],
  ["a directory", [join(folder, "folder"), ...arms], 1, /the file must be a file, not a directory/u],
  [
    "an empty file",
    [file("empty.ndjson", ""), ...arms],
    1,
    /input must hold at least one record, current value is empty/u,
  ],
  [
    "a CSV of a header only",
    [file("header.csv", "arm,success,latencyMs\n"), ...arms],
    1,
    /input must hold at least one record/u,
  ],
  [
    "a truncated gzip",
    [file("short.ndjson.gz", gzipSync(`${line("v1")}\n`.repeat(500)).subarray(0, -20)), ...arms],
    1,
    /the file must be a complete gzip file, current value is ".*short\.ndjson\.gz"\. Transfer it again/u,
  ],
  [
    "a damaged gzip",
    [file("bad.ndjson.gz", gzipSync(`${line("v1")}\n`.repeat(500)).fill(7, 20, 40)), ...arms],
    1,
    /the file must be an? (intact|complete) gzip file/u,
  ],
  [
    "a truncated JSON line",
    [file("cut.ndjson", `${line("v1")}\n${line("v2")}\n{"arm":"v1","succ`), ...arms],
    1,
    /rejected rows must be at most 0\.1 %.*malformed-json \(1\): .*cut\.ndjson:3 line = /u,
  ],
  [
    "an arm that is not in the data",
    [good, "--control", "v1", "--treatment", "v3"],
    1,
    /treatments\[0\] must be an arm that has records; the data hold \["v1","v2"\], current value is "v3"/u,
  ],
  [
    "only one arm",
    [file("one.ndjson", line("v1")), ...arms],
    1,
    /treatments\[0\] must be an arm that has records; the data hold \["v1"\], current value is "v2"/u,
  ],
  [
    "all rows rejected",
    [file("rejected.csv", "arm,success,latencyMs\nv1,perhaps,5\n"), ...arms],
    1,
    /current value is 100 % \(1 of 1\); most frequent is success-not-boolean/u,
  ],
  [
    "timestamps of mixed units",
    [
      file(
        "mixed.ndjson",
        [1_767_571_200_000, 1_767_571_201]
          .map((timestamp, i) => JSON.stringify({ arm: `v${i + 1}`, success: true, latencyMs: 5, timestamp }))
          .join("\n"),
      ),
      ...arms,
    ],
    1,
    new RegExp(
      "timestamp-invalid \\(1\\): .*mixed\\.ndjson:2 timestamp = 1767571201; timestamps of mixed units: these look " +
        "like seconds, the accepted ones are not\\. Bring all timestamps to one unit",
      "u",
    ),
  ],
  [
    "timestamps in seconds",
    [
      file(
        "seconds.ndjson",
        [1_767_571_200, 1_767_571_201]
          .map((timestamp, i) => JSON.stringify({ arm: `v${i + 1}`, success: true, latencyMs: 5, timestamp }))
          .join("\n"),
      ),
      ...arms,
    ],
    1,
    new RegExp(
      "timestamp-invalid \\(2\\): .*these look like seconds\\. Scale them to milliseconds in the mapping, as in " +
        "timestamp=COLUMN\\*1000",
      "u",
    ),
  ],
  [
    "a file that is not UTF-8",
    [file("latin.ndjson", Uint8Array.from([0x7b, 0xe9, 0x7d])), ...arms],
    1,
    /current value is 100 % \(1 of 1\); most frequent is not-utf8 \(1\): .*latin\.ndjson:1 line = /u,
  ],
  [
    "rows that where leaves out",
    [good, ...arms, "--where", "arm=v9"],
    1,
    /where must leave at least one of the 2 rows/u,
  ],
  [
    "a policy with contradictory fields",
    [good, "--policy", policy({ maximumSampleSize: 1 })],
    2,
    /maximumSampleSize must be at least minimumSampleSize \(10000\), current value is 1/u,
  ],
  [
    "a policy with an unknown field",
    [good, "--policy", policy({ confidence: 0.9 })],
    2,
    /confidence is not a field of a policy/u,
  ],
  ["a policy that is not JSON", [good, "--policy", file("broken.json", "{")], 2, /must be JSON/u],
  [
    "a missing policy",
    [good, "--policy", join(folder, "none.json")],
    2,
    /Cannot read the policy: ".*none\.json" must be a readable file/u,
  ],
  ["no policy and no arms", [good], 2, /give either --policy FILE, or --control ARM and --treatment ARM/u],
  ["a policy and arms", [good, "--policy", policy({}), ...arms], 2, /leave out --control and --treatment/u],
  ["no files", [...arms], 2, /give files of records, or a database/u],
  ["an unknown format", [good, ...arms, "--format", "yaml"], 2, /Allowed choices are/u],
  ["an unknown option", [good, ...arms, "--fast"], 2, /unknown option '--fast'/u],
  [
    "a limit above 1",
    [good, ...arms, "--max-rejected", "5"],
    2,
    /--max-rejected must be a share between 0 and 1, current value is "5"/u,
  ],
  [
    "an output that can't be written",
    [good, ...arms, "--output", join(folder, "no", "where")],
    2,
    /--output must be a writable file/u,
  ],
];

describe("assay analyze on bad input", () => {
  it.each(cases)("%s: says field, value and fix, and prints nothing on stdout", async (_name, argv, code, message) => {
    const outcome = await runCli("analyze", ...argv);
    expect(outcome.stderr).toMatch(message);
    expect({ code: outcome.code, stdout: outcome.stdout }).toEqual({ code, stdout: "" });
    expect(outcome.stderr).not.toContain("Unexpected failure");
  });

  it("merging what is no summary", async () => {
    expect(await runCli("merge", good)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(/the text must be JSON|kind must be/u) as string,
    });
  });

  it("an unknown command", async () => {
    expect(await runCli("analyse", good)).toMatchObject({ code: 2, stdout: "" });
  });
});

describe("the program", () => {
  const main = bundle(new URL("../../src/cli/main.ts", import.meta.url).pathname);
  const run = (...argv: string[]) => spawnSync(process.execPath, [main, ...argv], { encoding: "utf8" });

  it("sets the exit code of the process, with data on stdout and the rest on stderr", () => {
    const failed = run("analyze", join(folder, "none.ndjson"), ...arms);
    expect([failed.status, failed.stdout]).toEqual([1, ""]);
    const decided = run("analyze", good, ...arms, "--format", "json");
    expect(decided.status).toBe(10);
    expect(JSON.parse(decided.stdout)).toMatchObject({ specVersion: 1, decision: "keep-running" });
    expect(decided.stderr).toMatch(/^read 2 rows of /u);
    expect(run("analyze", good, ...arms, "--quiet").stderr).toBe("");
  });

  it("helps", () => {
    const help = execFileSync(process.execPath, [main, "--help"], { encoding: "utf8" });
    for (const command of ["analyze", "summarize", "merge", "decide", "demo"]) expect(help).toContain(command);
  });
});
