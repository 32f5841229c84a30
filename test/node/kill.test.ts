import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/math/random.ts";
import { bundle } from "../helpers/bundle.ts";
import { inFolder, mapping, plan, sampleLines } from "./sample-log.ts";

/** The job as a process of its own: it writes its state after every part and the summary at the end. */
const script = `
import { writeFileSync } from "node:fs";
import { encodeSummary, summarizeFiles } from ${JSON.stringify(resolve(import.meta.dirname, "resumable.ts"))};
const [, , file, state, output] = process.argv;
const options = { state, checkpointMs: 0, quarantine: state + ".rows" };
const summary = await summarizeFiles([file], ${JSON.stringify(plan)}, ${JSON.stringify(mapping)}, options);
writeFileSync(output, encodeSummary(summary));
`;

/** `npm run guarantees:kills` sets 100. */
const kills = Number(process.env["ASSAY_KILLS"] ?? "10");

describe("a job that is killed", () => {
  it(`yields the same bytes when it is run again, killed at ${kills} random moments`, async () => {
    await inFolder(async (path) => {
      const [entry, file] = [path("killed-job.ts"), path("log.ndjson")];
      writeFileSync(entry, script);
      const job = bundle(entry);
      writeFileSync(file, `${sampleLines(20_000).join("\n")}\n`);
      const run = (state: string, output: string, killAfter: number | undefined): Promise<boolean> =>
        new Promise((resolved, reject) => {
          const child = spawn(process.execPath, [job, file, path(state), path(output)], {
            stdio: ["ignore", "ignore", "pipe"],
          });
          let complaint = "";
          child.stderr.on("data", (text: Buffer) => (complaint += text.toString()));
          const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
          child.on("exit", (code, signal) => {
            clearTimeout(timer);
            if (signal === "SIGKILL") resolved(false);
            else if (code === 0) resolved(true);
            else reject(new Error(complaint));
          });
        });
      // How long a job took last: the machine may have become faster or slower since.
      let began = Date.now();
      await run("whole.state", "whole", undefined);
      let duration = Date.now() - began;
      const whole = readFileSync(path("whole"), "utf8");
      const rows = readFileSync(path("whole.state.rows"), "utf8");
      const random = createRandom(3);
      let killed = 0;
      for (let attempt = 0; attempt < 3 * kills && killed < kills; attempt++) {
        for (const name of ["some.state", "some", "some.state.rows"]) rmSync(path(name), { force: true });
        began = Date.now();
        const finished = await run("some.state", "some", duration * (0.2 + 0.8 * random()));
        if (finished) duration = Date.now() - began;
        if (finished || existsSync(path("some"))) continue;
        killed++;
        await run("some.state", "some", undefined);
        expect(readFileSync(path("some"), "utf8") === whole).toBe(true);
        expect(readFileSync(path("some.state.rows"), "utf8") === rows).toBe(true);
      }
      console.log(`killed ${killed} times, each run again to the same bytes`);
      expect(killed).toBe(kills);
    });
  }, 600_000);
});
