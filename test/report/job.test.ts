import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundle } from "../helpers/bundle.ts";
import { example, exampleRecords } from "./example.ts";

const root = resolve(import.meta.dirname, "../..");
const node = process.execPath;
const [job, assay] = [bundle(join(root, "examples/job/job.ts")), bundle(join(root, "src/cli/main.ts"))];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-job-"));
  await writeFile(join(folder, "policy.json"), JSON.stringify(example({ records: 1000 }).policy));
  const records = [...exampleRecords({ records: 16_000, hours: 6 })].map((record) => JSON.stringify(record));
  await writeFile(join(folder, "one.ndjson"), records.slice(0, 2000).join("\n"));
  await writeFile(join(folder, "two.ndjson"), records.slice(2000).join("\n"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.each([
  ["job.ts", node, [job]],
  ["job.sh", "sh", [join(root, "examples/job/job.sh")]],
])("examples/job/%s", (name, command, args) => {
  const run = (
    ...more: string[]
  ): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
    spawnSync(command, [...args, ...more], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, ASSAY: `${node} ${assay}` },
    });

  it("keeps a summary from day to day and ends with the decision's exit code", async () => {
    const state = `${name}.state.json`;
    const first = run("policy.json", state, "one.ndjson");
    expect(first.status, first.stderr).toBe(10);
    const second = run("policy.json", state, "two.ndjson");
    expect(second.status, second.stderr).toBe(20);
    expect(JSON.parse(second.stdout)).toMatchObject({ decision: "rollback" });
    expect(await readFile(join(folder, "report.html"), "utf8")).toContain("ROLL BACK v2");
    expect(existsSync(join(folder, `${state}.new`))).toBe(false);
  });

  it("refuses a call without records", () => {
    expect(run("policy.json").status).toBe(2);
  });
});
