import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const python = "/usr/bin/python3";

function missing(): string | undefined {
  if (!existsSync(python)) return `no ${python}`;
  const { status } = spawnSync(python, ["-c", "import nbformat, jupyter_client"]);
  return status === 0 ? undefined : "the Debian packages jupyter-client and python3-nbformat are not installed";
}

const reason = missing();
if (reason !== undefined) console.log(`notebooks skipped: ${reason}`);

describe.skipIf(reason !== undefined)("notebooks", () => {
  it("run in the Deno kernel and give what was saved", { timeout: 600_000 }, () => {
    const { status, stdout, stderr } = spawnSync(python, [join(root, "examples/notebook/run.py")], {
      encoding: "utf8",
    });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout.match(/cells, compared, 0 problems/gu)).toHaveLength(2);
  });
});
