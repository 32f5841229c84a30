/**
 * Does a changed bit of a compressed log ever give other text without an error, and does a file that expands far end
 * within its bounds? Prints the figures.
 *
 * Run by `npm run compressed [bits of each format] [bombs of each format]`; zstd files need the program `zstd`.
 */
import { Buffer } from "node:buffer";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { gzipSync } from "node:zlib";
import { AssayError } from "../src/index.ts";
import { openFile } from "../src/node/index.ts";

const bits = Number(process.argv[2] ?? 10_000);
const bombs = Number(process.argv[3] ?? 100);
const folder = mkdtempSync(join(tmpdir(), "assay-corruption-"));
const path = join(folder, "file");
const text = Array.from(
  { length: 300 },
  (_, i) => `{"arm":"${i % 2 === 0 ? "v1" : "v2"}","success":${i % 97 > 0},"latencyMs":${((i * 7919) % 1009) + 0.5}}\n`,
).join("");

type Outcome = "same text" | "named error" | "not recognised as compressed" | "other text" | "other error";

async function outcomeOf(bytes: Uint8Array): Promise<Outcome> {
  writeFileSync(path, bytes);
  try {
    const source = await openFile(path);
    if (source.plainFile) {
      source.close();
      return "not recognised as compressed";
    }
    const parts: Uint8Array[] = [];
    for await (const chunk of source.bytes) parts.push(chunk);
    return Buffer.concat(parts).toString() === text ? "same text" : "other text";
  } catch (error) {
    return error instanceof AssayError ? "named error" : "other error";
  }
}

try {
  const formats: readonly (readonly [string, Uint8Array])[] = [
    ["gzip", gzipSync(text)],
    ["zstd", spawnSync("zstd", ["-q", "-c"], { input: text }).stdout],
  ];
  for (const [name, good] of formats) {
    const outcomes: Partial<Record<Outcome, number>> = {};
    for (let i = 0; i < bits; i++) {
      const bytes = Uint8Array.from(good);
      const bit = ((i + 1) * 2_654_435_761) % (8 * good.length);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      const outcome = await outcomeOf(bytes);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    console.log(`${name}: ${bits} changed bits of ${good.length} bytes: ${JSON.stringify(outcomes)}`);
  }
  let longest = 0;
  let refused = 0;
  for (let i = 0; i < bombs; i++) {
    const size = 100_000_000 + i * 1_000_000;
    const bomb = i % 2 === 0 ? gzipSync(Buffer.alloc(size, "\n")) : zstdRuns(size);
    const begun = performance.now();
    if ((await outcomeOf(bomb)) === "named error") refused++;
    longest = Math.max(longest, performance.now() - begun);
  }
  const memory = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`${bombs} bombs: ${refused} refused, at most ${longest.toFixed(0)} ms each, peak memory ${memory} MB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A zstd frame of runs of line feeds, 128 KiB for four bytes each. */
function zstdRuns(size: number): Uint8Array {
  const blocks = Math.ceil(size / 131_072);
  const bytes = new Uint8Array(6 + 4 * blocks);
  bytes.set([0x28, 0xb5, 0x2f, 0xfd, 0, 13 << 3]);
  for (let i = 0; i < blocks; i++) bytes.set([i === blocks - 1 ? 3 : 2, 0, 0x10, 10], 6 + 4 * i);
  return bytes;
}
