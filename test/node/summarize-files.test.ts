import { appendFileSync, chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { createRandom } from "../../src/math/random.ts";
import { InterruptedError } from "../../src/node/jobs/interrupted-error.ts";
import { openFilesJob } from "../../src/node/jobs/reading-job.ts";
import type { SummarizeFilesOptions } from "../../src/node/jobs/summarize-files-options.ts";
import { summarizeFiles } from "../../src/node/jobs/summarize-files.ts";
import { blockCount, chunkSize } from "../../src/node/read/range.ts";
import { lineAccelerator } from "../../src/node/wasm/wasm-line-scanner.ts";
import { readNdjson } from "../../src/records/json/ndjson.ts";
import { rejectedRows } from "../../src/records/quality.ts";
import { encodeSummary } from "../../src/summary/encode.ts";
import { createSummarizer } from "../../src/summary/summarizer.ts";
import { inFolder, mapping, plan, sampleLines } from "./sample-log.ts";

/** Enough for several parts of 1 MiB. */
const text = `${sampleLines(30_000).join("\n")}\n`;
const bytesOf = async (files: readonly string[], options: SummarizeFilesOptions = {}): Promise<string> =>
  encodeSummary(await summarizeFiles(files, plan, mapping, options));

/** The summary without this package's ways of reading files. */
async function plainly(name: string, content: string): Promise<string> {
  const summarizer = createSummarizer(plan);
  const source = (async function* () {
    yield new TextEncoder().encode(content);
  })();
  for await (const batch of readNdjson(source, mapping, name)) summarizer.addBatch(batch);
  return encodeSummary(summarizer.summary());
}

describe("summarizing files", () => {
  it("gives the same bytes for any number of jobs, compressed or not, as reading the bytes at once", async () => {
    await inFolder(async (path) => {
      const file = path("log.ndjson");
      writeFileSync(file, text);
      const whole = await plainly(file, text);
      for (const jobs of [1, 2, 3]) expect((await bytesOf([file], { jobs })) === whole).toBe(true);
      writeFileSync(file, gzipSync(text));
      expect((await bytesOf([file], { jobs: 2 })) === whole).toBe(true);
    });
  });

  it("gives the same bytes however long the lines are that two blocks of a file share", async () => {
    await inFolder(async (path) => {
      const file = path("log.ndjson");
      const lines = sampleLines(12_000);
      const random = createRandom(5);
      // Short of the room that is kept before a block, beyond it, and longer than a block.
      for (const length of [100, 1_000, 60_000, 70_000, 400_000, 1_200_000, 2_500_000]) {
        for (let times = 0; times < 3; times++) {
          const at = Math.floor(random() * lines.length);
          lines[at] = (lines[at] as string).replace("{", `{"note":"${"x".repeat(length)}",`);
        }
      }
      const long = `${lines.join("\n")}\n`;
      writeFileSync(file, long);
      const whole = await plainly(file, long);
      for (const jobs of [1, 2]) expect((await bytesOf([file], { jobs })) === whole).toBe(true);
    });
  });

  it("reads no further than the memory of lines where a block is full to its last byte", async () => {
    await inFolder(async (path) => {
      const file = path("log.ndjson");
      const end = blockCount * chunkSize;
      const all = sampleLines(50_000);
      const size = (line: string): number => Buffer.byteLength(line) + 1;
      let count = 0;
      let length = 0;
      for (; length + size(all[count] as string) < end - 1_000; count++) length += size(all[count] as string);
      const last = (all[1] as string).replace(/\}$/u, ',"escaped":"\\u0041","padding":"","digit":1}');
      const padded = last.replace('"padding":""', `"padding":"${"x".repeat(end - length - last.length - 1)}"`);
      const text = `${[...all.slice(0, count), padded, ...all.slice(count + 1, count + 1_000)].join("\n")}\n`;
      expect(Buffer.from(text)[end - 1]).toBe(10);
      writeFileSync(file, text);
      expect((await bytesOf([file])) === (await plainly(file, text))).toBe(true);
    });
  });

  it("gives the same bytes where there is no WebAssembly, or no memory for it", async () => {
    await inFolder(async (path) => {
      const file = path("log.ndjson");
      writeFileSync(file, text);
      const whole = await bytesOf([file]);
      expect(lineAccelerator()).toBeDefined();
      class NoMemory {
        constructor() {
          throw new RangeError("WebAssembly.Memory(): could not allocate memory");
        }
      }
      for (const engine of [undefined, { ...WebAssembly, Memory: NoMemory }]) {
        vi.stubGlobal("WebAssembly", engine);
        try {
          expect(lineAccelerator()).toBeUndefined();
          expect((await bytesOf([file])) === whole).toBe(true);
        } finally {
          vi.unstubAllGlobals();
        }
      }
    });
  });

  it("gives the same bytes for every format of text, though the next batch writes over the arrays of one", async () => {
    const records = Array.from({ length: 40_000 }, (_, i) => ({
      timeStamp: 1_767_571_200_000 + i,
      label: i % 3 === 0 ? "v1" : "v2",
      success: i % 50 > 0,
      elapsed: (i * 7919) % 1000,
    }));
    const lines = records.map((record) => JSON.stringify(record));
    const csv = ["timeStamp,label,success,elapsed", ...records.map((record) => Object.values(record).join(","))].join(
      "\n",
    );
    const xml = records
      .map(
        ({ timeStamp, label, success, elapsed }) =>
          `<httpSample t="${elapsed}" ts="${timeStamp}" s="${success}" lb="${label}"/>`,
      )
      .join("\n");
    const contents = [
      lines.join("\n"),
      `[${lines.join(",")}]`,
      csv,
      csv.replace("timeStamp", '"timeStamp"'),
      `<testResults version="1.2">\n${xml}\n</testResults>`,
    ];
    const fields = { arm: "label", timestamp: "timeStamp", success: "success", latencyMs: "elapsed" };
    await inFolder(async (path) => {
      const encoded: string[] = [];
      for (const [index, content] of contents.entries()) {
        for (const bytes of [content, gzipSync(content)]) {
          writeFileSync(path(String(index)), bytes);
          encoded.push(
            encodeSummary(await summarizeFiles([path(String(index))], { ...plan, units: false }, { fields })),
          );
        }
      }
      expect(encoded.map((one) => one === encoded[0])).toEqual(encoded.map(() => true));
      expect(JSON.parse(encoded[0] as string)).toMatchObject({ quality: { records: { accepted: 40_000 } } });
    });
  });

  it("names the same line of what can't be read, whatever the number of jobs", async () => {
    await inFolder(async (path) => {
      const file = path("log.ndjson");
      writeFileSync(file, `${text}{"note":"${"x".repeat(17 << 20)}"}\n${text}`);
      const failures = await Promise.all(
        [1, 2].map((jobs) => bytesOf([file], { jobs }).catch((error: unknown) => (error as Error).message)),
      );
      expect(failures[0]).toContain(`line 30001 of ${file} must be at most`);
      expect(failures[1]).toBe(failures[0]);
    });
  });

  it("goes on where it was interrupted, and with files that were added or have grown", async () => {
    await inFolder(async (path) => {
      const [file, next, state] = [path("log.ndjson"), path("next.ndjson"), path("job.state")];
      const more = `${sampleLines(5000, 2).join("\n")}\n`;
      writeFileSync(file, text);
      writeFileSync(next, more);
      const both = await bytesOf([file, next]);
      let interruptions = 0;
      for (let done = false; !done;) {
        const control = new AbortController();
        const run = bytesOf([file, next], { state, signal: control.signal, onProgress: () => control.abort() });
        const outcome = await run.catch((error: unknown) => error);
        done = typeof outcome === "string";
        if (done) expect(outcome === both).toBe(true);
        else expect(outcome).toBeInstanceOf(InterruptedError);
        interruptions += done ? 0 : 1;
      }
      expect(interruptions).toBeGreaterThan(2);
      expect((await bytesOf([next], { state })) === both).toBe(true);
      const added = `${sampleLines(800, 3).join("\n")}\n`;
      appendFileSync(next, added);
      expect((await bytesOf([next], { state })) === (await bytesOf([file, next]))).toBe(true);
      expect(readdirSync(path(".")).sort()).toEqual(["job.state", "log.ndjson", "next.ndjson"]);
    });
  });

  it("writes every rejected row once, also after interruptions, and whatever the number of jobs", async () => {
    await inFolder(async (path) => {
      const file = path("log.ndjson");
      writeFileSync(file, text);
      const summary = await summarizeFiles([file], plan, mapping, { quarantine: path("one") });
      const rows = readFileSync(path("one"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { reason: string; line: number; row: string });
      expect(rows.length).toBe(rejectedRows(summary.quality.records));
      const lines = text.split("\n");
      for (const { line, row } of rows) expect(row).toBe(lines[line - 1]);
      await summarizeFiles([file], plan, mapping, { quarantine: path("two"), jobs: 2 });
      expect(readFileSync(path("two"), "utf8")).toBe(readFileSync(path("one"), "utf8"));
      for (let done = false; !done;) {
        const control = new AbortController();
        done = await summarizeFiles([file], plan, mapping, {
          quarantine: path("three"),
          state: path("state"),
          signal: control.signal,
          onProgress: () => control.abort(),
        }).then(
          () => true,
          () => false,
        );
      }
      expect(readFileSync(path("three"), "utf8")).toBe(readFileSync(path("one"), "utf8"));
    });
  });

  it("leaves a line that is still being written for later when it follows a file", async () => {
    await inFolder(async (path) => {
      const file = path("log.ndjson");
      const lines = sampleLines(50, 4);
      writeFileSync(file, `${lines.slice(0, 20).join("\n")}\n${(lines[20] as string).slice(0, 9)}`);
      const job = await openFilesJob(plan, mapping, { following: true });
      await job.read(file);
      expect(job.summary().quality.records.rows).toBe(lines.slice(0, 20).filter((line) => line !== "").length);
      appendFileSync(file, `${(lines[20] as string).slice(9)}\n${lines.slice(21).join("\n")}\n`);
      await job.read(file);
      expect(encodeSummary(job.summary())).toBe(await bytesOf([file]));
      await job.close();
    });
  });

  it("refuses what it can't go on with, naming the file", async () => {
    await inFolder(async (path) => {
      const [file, state] = [path("log.ndjson"), path("job.state")];
      writeFileSync(file, `${sampleLines(300).join("\n")}`);
      await bytesOf([file], { state });
      appendFileSync(file, "more\n");
      await expect(bytesOf([file], { state })).rejects.toThrow(/end with a whole line before new ones/u);
      writeFileSync(file, "other\n");
      await expect(bytesOf([file], { state })).rejects.toThrow(
        /the file must be the one that was read before, or longer/u,
      );
      await expect(summarizeFiles([file], plan, { ...mapping, where: ["ok == true"] }, { state })).rejects.toThrow(
        /state file must be of the same policy and mapping/u,
      );
      writeFileSync(file, `${sampleLines(300).join("\n")}\n`);
      writeFileSync(state, "{");
      await expect(bytesOf([file], { state })).rejects.toThrow(/state file must be a state file of assay/u);
      await expect(bytesOf([file], { state: path("nowhere/job.state") })).rejects.toThrow(
        /Cannot write the state: .*ENOENT/u,
      );
      await expect(bytesOf([file], { quarantine: path("nowhere/rows") })).rejects.toThrow(
        /quarantine must be a writable file/u,
      );
    });
  });

  it("names the sources that can't be read, and why", async () => {
    await inFolder(async (path) => {
      const file = path("log");
      mkdirSync(path("folder"));
      await expect(bytesOf([path("folder")])).rejects.toThrow(/a file, not a directory/u);
      await expect(bytesOf([path("none")])).rejects.toThrow(/an existing file/u);
      await expect(bytesOf(["http://example.com/x"])).rejects.toThrow(/must be an https address/u);
      await expect(bytesOf(["https://example.com/x"])).rejects.toThrow(/no fetch was given/u);
      await expect(
        bytesOf(["https://example.com/x"], { fetch: () => Promise.resolve(new Response("", { status: 404 })) }),
      ).rejects.toThrow(/the server answered 404/u);
      const compressed = gzipSync(text);
      writeFileSync(file, compressed.subarray(0, compressed.length - 100));
      await expect(bytesOf([file])).rejects.toThrow(/a complete gzip file/u);
      writeFileSync(file, Buffer.concat([compressed, Buffer.from("and more")]));
      await expect(bytesOf([file])).rejects.toThrow(/gzip data and nothing else/u);
      writeFileSync(file, Buffer.concat([gzipSync(text.slice(0, 100_000)), gzipSync(text.slice(100_000))]));
      expect((await bytesOf([file])) === (await plainly(file, text))).toBe(true);
      writeFileSync(file, "<html></html>");
      await expect(bytesOf([file])).rejects.toThrow(/a JMeter results file when it is XML/u);
      writeFileSync(file, `{"version":"${"x".repeat(17 * 1024 * 1024)}"}`);
      await expect(bytesOf([file])).rejects.toThrow(/line 1 of .* must be at most 16777216 bytes/u);
      writeFileSync(file, "");
      expect((await summarizeFiles([file], plan, mapping)).quality.records.rows).toBe(0);
      if (process.getuid?.() !== 0) {
        chmodSync(file, 0);
        await expect(bytesOf([file])).rejects.toThrow(/permissions/u);
      }
    });
  });

  it("reads an https address through the fetch it is given", async () => {
    const fetched = await bytesOf(["https://example.com/log"], { fetch: () => Promise.resolve(new Response(text)) });
    expect(fetched === (await plainly("https://example.com/log", text))).toBe(true);
  });
});
