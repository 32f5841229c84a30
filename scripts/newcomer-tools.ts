// npm run newcomer: from the files of each tool alone to a decision, in two commands at most and without an edit.
// Counts and P99 are compared with those that fixtures/tools/manifest.json states independently of any reader.
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import process from "node:process";
import { exitCodes, type Output } from "../src/cli/cli-context.ts";
import { runCommandLine } from "../src/cli/run.ts";

interface Arm {
  readonly requests: number;
  readonly successes: number;
  readonly latencies: number;
  readonly p99Ms: number | null;
}

interface Entry {
  readonly tool: string;
  readonly variant?: string;
  readonly files: readonly string[];
  readonly arms: { readonly control: string; readonly treatment: string };
  readonly howArmIsKnown: string;
  readonly expected: { readonly control: Arm; readonly treatment: Arm };
  readonly rightDecision: string;
  readonly aggregate?: boolean;
}

interface Side {
  readonly n: number;
  readonly value: number | null;
}

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, "../fixtures/tools"));
const only = process.argv[3];
const entries = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Entry[];
const home = process.cwd();
let failed = 0;
let walked = 0;

for (const entry of entries) {
  const name = `${entry.tool}${entry.variant === undefined ? "" : ` (${entry.variant})`}`;
  if (only !== undefined && !name.includes(only)) continue;
  const place = mkdtempSync(join(tmpdir(), "assay-tool-"));
  const byFile = entry.howArmIsKnown.startsWith("file");
  const names = byFile ? [entry.arms.control, entry.arms.treatment] : entry.files;
  const files = names.map((file) => {
    copyFileSync(join(folder, file), join(place, basename(file)));
    return basename(file);
  });
  process.chdir(place);
  const compared = ["compare", files[0] as string, "--with", files[1] as string, "--format", "json"];
  const commands = byFile
    ? [compared]
    : [
        ["init", "--yes", ...files],
        ["analyze", "--format", "json"],
      ];
  const problem = await walk(commands, entry);
  process.chdir(home);
  rmSync(place, { recursive: true });
  walked++;
  if (problem !== undefined) failed++;
  const line = commands.map(
    (one) => `assay ${one.filter((part) => !part.startsWith("--format") && part !== "json").join(" ")}`,
  );
  process.stdout.write(`${problem === undefined ? "ok    " : "FAILED"} ${name}: ${line.join("; ")}${problem ?? ""}\n`);
}
process.stdout.write(`${walked - failed} of ${walked} right\n`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs commands, the last of which decides; says what went wrong. */
async function walk(commands: readonly (readonly string[])[], entry: Entry): Promise<string | undefined> {
  let code = 0;
  let printed = "";
  let errors = "";
  for (const argv of commands) {
    printed = "";
    const output = (write: (text: string) => void): Output => ({ write, isTTY: false, columns: 100 });
    code = await runCommandLine(argv, {
      stdout: output((text) => (printed += text)),
      stderr: output((text) => (errors += text)),
    });
    if (code === exitCodes.failure || code === exitCodes.usage) break;
  }
  if (entry.aggregate === true)
    return code === exitCodes.failure && errors.includes("must hold single requests") ? undefined : `: ${errors}`;
  if (code === exitCodes.failure || code === exitCodes.usage) return `\n  ${errors}`;
  const { decision, comparisons } = JSON.parse(printed) as {
    readonly decision: string;
    readonly comparisons: readonly {
      readonly metrics: readonly { metric: string; control: Side; treatment: Side }[];
    }[];
  };
  const wrong: string[] = [];
  if (!entry.rightDecision.startsWith(decision === "rollback" ? "roll back" : decision.replace("-", " ")))
    wrong.push(`${decision}, not ${entry.rightDecision}`);
  for (const arm of ["control", "treatment"] as const) {
    const want = entry.expected[arm];
    for (const metric of comparisons[0]?.metrics ?? []) {
      const { n, value } = metric[arm];
      if (metric.metric === "success_rate") {
        if (n !== want.requests || Math.round((value ?? Number.NaN) * n) !== want.successes)
          wrong.push(
            `${arm}: ${String(Math.round((value ?? 0) * n))} of ${n} succeeded, ` +
              `not ${want.successes} of ${want.requests}`,
          );
      } else if (n !== want.latencies) wrong.push(`${arm}: ${n} latencies, not ${want.latencies}`);
      else if (value === null || want.p99Ms === null || Math.abs(value / want.p99Ms - 1) > 0.006)
        wrong.push(`${arm}: P99 ${String(value)}, not ${String(want.p99Ms)}`);
    }
  }
  return wrong.length === 0 ? undefined : `\n  ${wrong.join("\n  ")}`;
}
