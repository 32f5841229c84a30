import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { comparisons, type Outcome } from "../../scripts/accuracy-core.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

describe("distributions in other runtimes", () => {
  const runtimes = [
    { name: "deno", args: ["run", "--allow-read", "--no-prompt", "scripts/accuracy-runtime.ts"] },
    { name: "bun", args: ["run", "scripts/accuracy-runtime.ts"] },
  ];
  it.for(runtimes)("hold in $name", ({ name, args }, context) => {
    const binary = `${root}/node_modules/.bin/${name}`;
    const version = existsSync(binary) ? spawnSync(binary, ["--version"], { encoding: "utf8" }) : undefined;
    if (version?.status !== 0) {
      context.skip(`${name} is not installed; the npm package ${name} brings the binary`);
    }
    const run = spawnSync(binary, args, { cwd: root, encoding: "utf8", maxBuffer: 1e8 });
    expect(run.stderr + (run.error?.message ?? "")).not.toMatch(/error/i);
    const outcomes = JSON.parse(run.stdout) as Outcome[];
    expect(outcomes).toHaveLength(comparisons.length);
    expect(outcomes.filter(({ failures }) => failures > 0)).toEqual([]);
  });
});
