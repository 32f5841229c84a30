import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allCharts } from "./all-charts.ts";
import { example } from "./example.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const script = join(root, "test/report/runtimes.print.ts");
const bin = (name: string): string => join(root, "node_modules/.bin", name);
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "assay-charts-"));
  file = join(folder, "specs.json");
  const input = example({ records: 8000 });
  await writeFile(file, JSON.stringify([...allCharts(input), ...allCharts(input, { width: 340, theme: "dark" })]));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function printed(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run(command, [...args, script, file], { cwd: root, env: { ...process.env, NO_COLOR: "1" } });
  return stdout;
}

describe("charts", () => {
  it("are drawn to the same bytes by Node, Deno and Bun", async () => {
    const node = await printed(process.execPath, ["--import", "tsx"]);
    expect(node.trim().split("\n")).toHaveLength(18);
    expect(new Set(node.trim().split("\n")).size).toBe(18);
    expect(
      await printed(bin("deno"), ["run", "--allow-read", "--allow-env", "--no-lock", "--node-modules-dir=manual"]),
    ).toBe(node);
    expect(await printed(bin("bun"), ["run"])).toBe(node);
  });
});
