import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  copyFileSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { type FilesJob, openFilesJob, summarizeFiles } from "../../src/node/index.ts";
import { inFolder, mapping, plan, sampleLines } from "./sample-log.ts";

const text = (count: number, seed = 1): string => `${sampleLines(count, seed).join("\n")}\n`;
const rowsOf = (job: FilesJob): number => job.summary().quality.records.rows;
const read = async (files: readonly string[], state?: string): Promise<number> =>
  (await summarizeFiles(files, plan, mapping, { state })).quality.records.rows;

describe("the identity of a file", () => {
  it("is not its name: the same records twice are refused, with both names", async () => {
    await inFolder(async (path) => {
      const log = path("a.ndjson");
      writeFileSync(log, text(500));
      copyFileSync(log, path("copy.ndjson"));
      linkSync(log, path("hard.ndjson"));
      symlinkSync(log, path("soft.ndjson"));
      writeFileSync(path("a.gz"), gzipSync(readFileSync(log)));
      for (const twin of ["copy.ndjson", "hard.ndjson", "soft.ndjson", "a.gz"]) {
        for (const files of [
          [log, path(twin)],
          [path(twin), log],
        ]) {
          const error: unknown = await read(files).catch((cause: unknown) => cause);
          expect(error, twin).toMatchObject({ code: "same-records" });
          for (const file of files) expect((error as Error).message).toContain(JSON.stringify(file));
        }
        await read([log], path(`${twin}.state`));
        await expect(read([log, path(twin)], path(`${twin}.state`))).rejects.toMatchObject({ code: "same-records" });
      }
      writeFileSync(path("other.ndjson"), text(500, 2));
      expect(await read([log, path("other.ndjson")])).toBe(2 * (await read([log])));
    });
  });

  it("is kept through a rename, a gzip and a restart with the same state", async () => {
    await inFolder(async (path) => {
      const [log, old, state] = [path("app.log"), path("app.log.1"), path("state")];
      writeFileSync(log, text(400));
      const first = await read([log], state);
      renameSync(log, old);
      appendFileSync(old, text(100, 2));
      writeFileSync(log, text(50, 3));
      const all = first + (await read([path("app.log")])) + (await readAlone(text(100, 2), path("x")));
      expect(await read([old, log], state)).toBe(all);
      writeFileSync(`${old}.gz`, gzipSync(readFileSync(old)));
      expect(await read([`${old}.gz`, log], state)).toBe(all);
    });
  });

  it("is kept when a log is copied and cut, and a cut without a copy is named", async () => {
    await inFolder(async (path) => {
      const [log, old] = [path("app.log"), path("app.log.1")];
      writeFileSync(log, text(400));
      const job = await openFilesJob(plan, mapping, { following: true });
      await job.readAll([log]);
      appendFileSync(log, text(100, 2));
      copyFileSync(log, old);
      truncateSync(log);
      appendFileSync(log, text(50, 3));
      await job.readAll([log, old]);
      const expected =
        (await readAlone(text(400), path("x"))) +
        (await readAlone(text(100, 2), path("y"))) +
        (await readAlone(text(50, 3), path("z")));
      expect(rowsOf(job)).toBe(expected);
      truncateSync(log);
      await expect(job.readAll([log, old])).rejects.toThrow(/was replaced or cut; what was written .* may be lost/u);
      await job.close();
    });
  });

  it("reads the whole of a file that replaces an empty one", async () => {
    await inFolder(async (path) => {
      const log = path("app.log");
      writeFileSync(log, "");
      const job = await openFilesJob(plan, mapping, { following: true });
      await job.readAll([log]);
      writeFileSync(path("new"), text(300));
      renameSync(path("new"), log);
      await job.readAll([log]);
      expect(rowsOf(job)).toBe(await readAlone(text(300), path("x")));
      await job.close();
    });
  });

  describe("whose inode was that of another file", () => {
    it("is not that of an empty log: a rotated log that was compressed into it is not counted again", async () => {
      await inFolder(async (path) => {
        const [log, old, state] = [path("app.log"), path("app.log.1"), path("state")];
        writeFileSync(old, text(300));
        writeFileSync(log, "");
        const job = await openFilesJob(plan, mapping, { state, following: true });
        await job.readAll([log, old]);
        await job.save();
        const rows = rowsOf(job);
        await job.close();
        useInodeAgain(log, gzipSync(readFileSync(old)), `${old}.gz`);
        rmSync(old);
        const next = await openFilesJob(plan, mapping, { state, following: true });
        await next.readAll([`${old}.gz`]);
        expect(rowsOf(next)).toBe(rows);
        await next.close();
      });
    });

    const monday = text(300);
    it.each([
      ["longer", text(400, 2)],
      ["shorter", text(200, 2)],
      ["as long", monday.replaceAll("r1-", "r2-")],
    ])("is not that of a compressed file: another that is %s is counted whole", async (_case, tuesday) => {
      await inFolder(async (path) => {
        const [first, second, state] = [path("monday.gz"), path("tuesday.gz"), path("state")];
        for (const following of [false, true]) {
          writeFileSync(first, gzipSync(monday, { level: 0 }));
          const job = await openFilesJob(plan, mapping, { state: `${state}${following}`, following });
          await job.readAll([first]);
          await job.save();
          await job.close();
          const before = rowsOf(job);
          useInodeAgain(first, gzipSync(tuesday, { level: 0 }), second);
          const next = await openFilesJob(plan, mapping, { state: `${state}${following}`, following });
          await next.readAll([second]);
          expect(rowsOf(next), following ? "following" : "once").toBe(before + (await readAlone(tuesday, path("x"))));
          await next.close();
        }
      });
    });

    it("is not that of a compressed file that was read in part", async () => {
      await inFolder(async (path) => {
        const [first, second, state] = [path("monday.gz"), path("tuesday.gz"), path("state")];
        const [all, compressed, other] = [text(17_000), gzipSync(text(17_000)), gzipSync(text(18_000, 2))];
        const interrupted = async (): Promise<void> => {
          writeFileSync(first, compressed);
          rmSync(state, { force: true });
          const stop = new AbortController();
          const job = summarizeFiles([first], plan, mapping, {
            state,
            signal: stop.signal,
            onProgress: () => stop.abort(),
          });
          stop.abort();
          await expect(job).rejects.toMatchObject({ code: "interrupted" });
        };
        const whole = await readAlone(all, path("x"));
        await interrupted();
        utimesSync(first, 0, 0);
        expect(await read([first], state), "the same file, only touched").toBe(whole);
        await interrupted();
        useInodeAgain(first, other, second);
        expect(await read([second], state), "another file").toBeGreaterThan(await read([second]));
        await interrupted();
        useInodeAgain(first, other, first);
        await expect(read([first], state), "another file of this name").rejects.toMatchObject({ code: "file-changed" });
        await interrupted();
        writeFileSync(path("monday"), all);
        await expect(read([path("monday")], state), "decompressed").rejects.toMatchObject({ code: "file-changed" });
      });
    });
  });

  it("does not count a line that is still being written", async () => {
    await inFolder(async (path) => {
      const log = path("app.log");
      writeFileSync(log, '{"version":"v1","us');
      const job = await openFilesJob(plan, mapping, { following: true });
      await job.readAll([log]);
      await job.readAll([log]);
      expect(rowsOf(job)).toBe(0);
      await job.close();
    });
  });

  it.skipIf(process.platform === "win32")("opens a pipe once", async () => {
    await inFolder(async (path) => {
      writeFileSync(path("log"), text(2000));
      expect(spawnSync("mkfifo", [path("pipe")]).status).toBe(0);
      spawnSync("sh", ["-c", `cat ${path("log")} > ${path("pipe")} &`], { stdio: "ignore" });
      expect(await read([path("pipe")])).toBe(await read([path("log")]));
    });
  });
});

/** Gives the inode of a file to new content under another name, as a system does with the inode of a deleted file. */
function useInodeAgain(file: string, content: Uint8Array, name: string): void {
  const before = statSync(file);
  writeFileSync(file, content, { flag: "r+" });
  truncateSync(file, content.length);
  renameSync(file, name);
  utimesSync(name, before.atime, new Date(before.mtimeMs + 1000));
  expect(statSync(name).ino).toBe(before.ino);
}

async function readAlone(content: string, file: string): Promise<number> {
  writeFileSync(file, content);
  return read([file]);
}
