import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const story = join(root, "test/emulator/story.ts");
const run = promisify(execFile);

function find(program: string): string | undefined {
  return [join(root, "node_modules/.bin"), ...(process.env["PATH"] ?? "").split(delimiter)]
    .map((folder) => join(folder, program))
    .find(existsSync);
}

async function tell(program: string, ...argv: string[]): Promise<{ decisionHash: string }> {
  const { stdout } = await run(program, [...argv, story], { cwd: root, env: { ...process.env, NO_COLOR: "1" } });
  return JSON.parse(stdout) as { decisionHash: string };
}

it("the emulator and the client tell the same story in Node, Deno and Bun", async ({ skip }) => {
  const [deno, bun] = [find("deno"), find("bun")];
  const node = await tell(process.execPath, "--import", "tsx");
  expect(node).toMatchObject({ verdict: "rollback", outcome: "enacted", actions: "paused updated resumed" });
  if (deno !== undefined) expect(await tell(deno, "run", "-A", "--no-lock", "--node-modules-dir=manual")).toEqual(node);
  if (bun !== undefined) expect(await tell(bun, "run")).toEqual(node);
  const missing = [deno === undefined ? "deno" : "", bun === undefined ? "bun" : ""].filter((name) => name !== "");
  if (missing.length > 0)
    skip(
      `${missing.join(" and ")} not installed: compared in Node${missing.length === 1 ? " and the other" : " only"}`,
    );
});
