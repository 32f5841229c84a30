import { writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/index.ts";
import { blockCount, chunkSize, linesIn } from "../../src/node/read/range.ts";
import { inFolder, sampleLines } from "./sample-log.ts";

const text = `${sampleLines(30_000).join("\n")}\n`;
const bytes = new TextEncoder().encode(text);

describe("the lines of a range", () => {
  it("leaves each chunk as it was until the one after the next is asked for, in own or given blocks", async () => {
    await inFolder(async (path) => {
      writeFileSync(path("log"), text);
      for (const blocks of [undefined, Array.from({ length: blockCount }, () => new Uint8Array(chunkSize))]) {
        let at = 0;
        let before: { readonly bytes: Uint8Array; readonly were: Uint8Array } | undefined;
        for await (const { bytes: chunk, position } of linesIn(
          { file: path("log"), from: 0, to: bytes.length },
          blocks,
        )) {
          // Long enough for whatever is read ahead.
          await wait(20);
          if (before !== undefined) expect(Buffer.compare(before.bytes, before.were)).toBe(0);
          expect(Buffer.compare(chunk, bytes.subarray(at, at + chunk.length))).toBe(0);
          before = { bytes: chunk, were: chunk.slice() };
          at += chunk.length;
          expect(position).toBe(at);
        }
        expect(at).toBe(bytes.length);
      }
    });
  });

  it("gives each line once, wherever the file is cut", async () => {
    await inFolder(async (path) => {
      writeFileSync(path("log"), text);
      const random = createRandom(3);
      for (let times = 0; times < 10; times++) {
        const cuts = [
          0,
          ...Array.from({ length: 5 }, () => Math.floor(random() * bytes.length)).sort((a, b) => a - b),
          bytes.length,
        ];
        const parts: Buffer[] = [];
        for (const [index, from] of cuts.slice(0, -1).entries()) {
          for await (const { bytes: chunk } of linesIn({ file: path("log"), from, to: cuts[index + 1] as number }))
            parts.push(Buffer.from(chunk));
        }
        expect(Buffer.compare(Buffer.concat(parts), bytes)).toBe(0);
      }
    });
  });
});
