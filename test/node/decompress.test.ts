import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openFile } from "../../src/node/read/open.ts";
import { inFolder } from "./sample-log.ts";

const zstdMissing = spawnSync("zstd", ["--version"]).status !== 0;

/** Text whose lines differ, as logs do. */
const text = Array.from(
  { length: 2500 },
  (_, i) => `{"arm":"${i % 2 === 0 ? "v1" : "v2"}","success":${i % 97 > 0},"latencyMs":${((i * 7919) % 1009) + 0.5}}\n`,
).join("");

function zstd(input: string | Buffer, ...options: readonly string[]): Buffer {
  return spawnSync("zstd", ["-q", "-c", ...options], { input, maxBuffer: 2 ** 30 }).stdout;
}

/** All that a file holds, or the code of the error. */
async function contentOf(path: string, bytes: Uint8Array, bounds = {}): Promise<string> {
  writeFileSync(path, bytes);
  try {
    const parts: Uint8Array[] = [];
    for await (const chunk of (await openFile(path, { bounds })).bytes) parts.push(chunk);
    return Buffer.concat(parts).toString();
  } catch (error) {
    return `error ${(error as { code: string }).code}`;
  }
}

/** The bytes with one bit changed; which one follows from a seed. */
function flipped(bytes: Uint8Array, seed: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const bit = (seed * 2_654_435_761) % (8 * bytes.length);
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}

const frameOfRuns = (blocks: number, header: readonly number[]): Uint8Array => {
  const block = [((131_072 << 3) & 0xff) | 2, (131_072 >> 5) & 0xff, (131_072 >> 13) & 0xff, 10];
  const all = new Uint8Array(header.length + 4 * blocks);
  all.set(header);
  for (let i = 0; i < blocks; i++) all.set(block, header.length + 4 * i);
  all[header.length + 4 * (blocks - 1)] = (block[0] as number) | 1;
  return all;
};
const magic = [0x28, 0xb5, 0x2f, 0xfd];

describe("compressed files", () => {
  it.skipIf(zstdMissing)("zstd: gives the text of frames of every kind and level", async () => {
    await inFolder(async (path) => {
      const kinds: readonly Buffer[] = [
        zstd(text),
        zstd(text, "-19"),
        zstd(text, "--no-check"),
        Buffer.concat([zstd(text.slice(0, 50_000)), zstd(""), zstd("x"), zstd(text.slice(50_000), "-1")]),
        Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]), zstd(text)]),
        zstd(text.repeat(20)),
      ];
      const expected = [text, text, text, `${text.slice(0, 50_000)}x${text.slice(50_000)}`, text, text.repeat(20)];
      for (const [i, bytes] of kinds.entries())
        expect(await contentOf(path("a.zst"), bytes), String(i)).toBe(expected[i]);
    });
  });

  it.skipIf(zstdMissing)("zstd: notices every changed bit that changes the text", async () => {
    await inFolder(async (path) => {
      const bytes = zstd(text);
      for (let seed = 1; seed <= 200; seed++) {
        const content = await contentOf(path("a.zst"), flipped(bytes, seed));
        if (content.startsWith("error ")) continue;
        // A changed magic number makes it no zstd at all, which the reader of records refuses; nothing else may pass.
        expect(content === text || content.length === bytes.toString().length, String(seed)).toBe(true);
      }
    });
  });

  it("gzip: notices every changed bit that changes the text", async () => {
    await inFolder(async (path) => {
      const bytes = gzipSync(text);
      for (let seed = 1; seed <= 200; seed++) {
        const content = await contentOf(path("a.gz"), flipped(bytes, seed));
        if (content.startsWith("error ")) continue;
        expect(content === text || content.length === bytes.toString().length, String(seed)).toBe(true);
      }
    });
  });

  it.skipIf(zstdMissing)("zstd: notices a cut at every place", async () => {
    await inFolder(async (path) => {
      const bytes = zstd(text.slice(0, 5000));
      for (let length = 4; length < bytes.length; length += 11)
        expect(await contentOf(path("a.zst"), bytes.subarray(0, length)), String(length)).toMatch(/^error file-zstd_/u);
    });
  });

  it("refuses a window beyond the bound before it takes memory for it", async () => {
    await inFolder(async (path) => {
      const window = (exponent: number): number[] => [...magic, 0, (exponent - 10) << 3];
      expect(await contentOf(path("a.zst"), frameOfRuns(2, window(30)))).toBe("error expands-too-far");
      expect(await contentOf(path("a.zst"), frameOfRuns(2, window(24)))).toBe("error expands-too-far");
      expect(await contentOf(path("a.zst"), frameOfRuns(2, window(23)))).toHaveLength(2 * 131_072);
      const wider = await contentOf(path("a.zst"), frameOfRuns(2, window(24)), { maxWindowBytes: 2 ** 24 });
      expect(wider).toHaveLength(2 * 131_072);
    });
  });

  it("refuses text that is far longer than its compressed bytes", async () => {
    await inFolder(async (path) => {
      const zeros = gzipSync(Buffer.alloc(80_000_000, "\n"));
      expect(await contentOf(path("a.gz"), zeros)).toBe("error expands-too-far");
      expect((await contentOf(path("a.gz"), zeros, { maxExpansion: 2000 })).length).toBe(80_000_000);
      expect(await contentOf(path("a.gz"), zeros, { maxExpansion: 2000, maxTextBytes: 7e7 })).toMatch(/too-far$/u);
      expect(await contentOf(path("a.zst"), frameOfRuns(1000, [...magic, 0, 0x38]))).toBe("error expands-too-far");
      const manyFrames = Buffer.concat(Array.from({ length: 3000 }, () => frameOfRuns(2, [...magic, 0, 13 << 3])));
      expect(await contentOf(path("a.zst"), manyFrames)).toBe("error expands-too-far");
    });
  });
});
