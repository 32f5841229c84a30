import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { type CoreReport, coreReport } from "./core-report.ts";

const root = resolve(import.meta.dirname, "../..");
const script = resolve(import.meta.dirname, "print-core-report.ts");

/** The runtimes that come as packages, and how they run a script without any permission. */
const runtimes: readonly [name: string, binary: string, args: readonly string[]][] = [
  ["Deno without permissions", "node_modules/.bin/deno", ["run", "--no-prompt", script]],
  ["Bun", "node_modules/.bin/bun", ["run", script]],
];

it("the core passes its checks here", async () => {
  const report = await coreReport();
  expect(Object.entries(report.checks).filter(([, passed]) => !passed)).toEqual([]);
});

for (const [name, binary, args] of runtimes) {
  const present = existsSync(resolve(root, binary));
  if (!present) console.log(`skipped: ${name} is not installed`);
  it.skipIf(!present)(`the core gives the same in ${name}`, async () => {
    const { stdout } = await promisify(execFile)(resolve(root, binary), [...args], {
      cwd: root,
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1" },
    });
    expect(JSON.parse(stdout) as CoreReport).toEqual(await coreReport());
  });
}
