import { cannot, FormatError } from "../../errors.ts";
import { ExplicitHistogram } from "../explicit-histogram.ts";

const action = "decode an HdrHistogram";
/** Far above the largest histogram that HdrHistogram writes; more is a decompression bomb. */
const mostBytes = 64 * 2 ** 20;

export interface HdrOptions {
  /** What one recorded unit is in the unit wanted, e.g. 1e-6 for nanoseconds to milliseconds. Default 1. */
  readonly unit?: number;
}

/** One line of an HdrHistogram log. */
export interface HdrInterval {
  readonly tag: string | undefined;
  /** Seconds as logged, since the base time of the log. */
  readonly startSeconds: number;
  readonly lengthSeconds: number;
  /** Largest value as logged, in the log's own unit (jHiccup: milliseconds). */
  readonly maxLogged: number;
  readonly histogram: ExplicitHistogram;
}

/**
 * What does this HdrHistogram say? Reads the compressed encoding (V0, V1 and V2, base64) into a histogram with the
 * sketch's own buckets: `(lowest - 1, highest]` of the equivalent whole numbers, so the bracket of a value is as wide
 * as the precision it was recorded with.
 *
 * The values are the recorded whole numbers; a producer that rounded measurements down lost up to one unit before
 * recording.
 *
 * @throws {FormatError} when the text is not such an encoding or is truncated.
 */
export async function decodeHdr(base64: string, options: HdrOptions = {}): Promise<ExplicitHistogram> {
  const compressed = bytesOf(base64);
  const outer = view(compressed, 8);
  const cookie = outer.getUint32(0);
  const version = compressedVersion(cookie);
  const length = outer.getUint32(4);
  if (length > compressed.length - 8)
    throw refused("the length of the compressed part", `at most ${compressed.length - 8}, what the text holds`, length);
  return decodePlain(await inflate(compressed.subarray(8, 8 + length)), version, options);
}

/**
 * Which histograms are in this log? Reads the `.hlog` text that jHiccup, wrk2, YCSB and HdrHistogram's own writers
 * leave behind, with tags.
 *
 * @throws {FormatError} naming the line that can't be read.
 */
export async function decodeHdrLog(text: string, options: HdrOptions = {}): Promise<HdrInterval[]> {
  const found: HdrInterval[] = [];
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#") || line.startsWith('"')) continue;
    const fields = line.split(",");
    const tag = fields[0]?.startsWith("Tag=") === true ? (fields.shift() as string).slice(4) : undefined;
    const [start, length, max] = fields.slice(0, 3).map((field) => (field.trim() === "" ? NaN : Number(field)));
    const encoded = fields[3];
    if (
      start === undefined ||
      length === undefined ||
      max === undefined ||
      encoded === undefined ||
      ![start, length, max].every(Number.isFinite)
    ) {
      throw refused(`line ${i + 1}`, "start, length, largest value and a histogram, separated by commas", line);
    }
    try {
      found.push({
        tag,
        startSeconds: start,
        lengthSeconds: length,
        maxLogged: max,
        histogram: await decodeHdr(encoded.trim(), options),
      });
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      throw new FormatError(
        `line ${i + 1}: ${error.message}`,
        {
          code: error.code,
          field: error.field,
          value: error.value,
        },
        { cause: error },
      );
    }
  }
  return found;
}

function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  } catch {
    throw refused("the text", "base64", base64);
  }
}

function compressedVersion(cookie: number): 0 | 1 | 2 {
  const base = cookie & ~0xf0;
  if (base === 0x1c849304) return 2;
  if (base === 0x1c849302) return 1;
  if (base === 0x1c849309) return 0;
  throw refused("the cookie", "that of a compressed histogram of version 0, 1 or 2", `0x${cookie.toString(16)}`);
}

async function inflate(bytes: Uint8Array): Promise<Uint8Array> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream("deflate"));
  const reader = source.getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      chunks.push(next.value);
      total += next.value.length;
      if (total > mostBytes) throw new Error(`it inflates to more than ${mostBytes} bytes`);
    }
  } catch (error) {
    await reader.cancel().catch(() => undefined);
    throw new FormatError(
      `Cannot ${action}: the compressed part must be a zlib stream, ${(error as Error).message}`,
      {
        code: "invalid-zlib",
      },
      { cause: error },
    );
  }
  const all = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

function decodePlain(bytes: Uint8Array, version: 0 | 1 | 2, options: HdrOptions): ExplicitHistogram {
  const header = version === 0 ? 32 : 40;
  const data = view(bytes, header);
  const cookie = data.getUint32(0);
  const expected = [0x1c849308, 0x1c849301, 0x1c849303][version] as number;
  if ((cookie & ~0xf0) !== expected)
    throw refused("the inner cookie", `0x${expected.toString(16)} and a word size`, `0x${cookie.toString(16)}`);
  if (version > 0 && data.getInt32(8) !== 0)
    throw refused("the normalizing index offset", "0, shifted histograms can't be read", data.getInt32(8));
  const digits = data.getInt32(version === 0 ? 4 : 12);
  const lowest = Number(data.getBigInt64(version === 0 ? 8 : 16));
  const ratio = version === 0 ? 1 : data.getFloat64(32);
  if (digits < 0 || digits > 5) throw refused("the number of significant digits", "from 0 to 5", digits);
  if (lowest < 1 || lowest > 2 ** 52) throw refused("the lowest discernible value", "from 1 to 2^52", lowest);
  if (!(ratio > 0 && ratio < Infinity)) throw refused("the conversion ratio", "positive and finite", ratio);
  const declared = version === 0 ? bytes.length : data.getUint32(4);
  // Some writers count the header in.
  const payload = declared === bytes.length ? declared - header : declared;
  if (payload > bytes.length - header)
    throw refused("the length of the counts", `at most ${bytes.length - header}, what is there`, payload);
  const counts = bytes.subarray(header, header + payload);
  const entries = version === 2 ? zigZagCounts(counts) : wordCounts(counts, (cookie & 0xf0) >> 4);
  return histogramOf(entries, digits, lowest, ratio * (options.unit ?? 1));
}

type Counts = [index: number, count: number][];

/** Counts as ZigZag LEB128; a negative number says how many are zero. */
function zigZagCounts(bytes: Uint8Array): Counts {
  const found: Counts = [];
  let index = 0;
  for (let at = 0; at < bytes.length;) {
    let word = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[at++];
      if (byte === undefined) throw refused("the counts", "complete", "a number cut off at the end");
      if (shift === 56n) {
        word |= BigInt(byte) << shift;
        break;
      }
      word |= BigInt(byte & 127) << shift;
      if (byte < 128) break;
    }
    const value = Number((word >> 1n) ^ -(word & 1n));
    if (value < 0) index -= value;
    else found.push([index++, value]);
  }
  return found;
}

/** Counts as big-endian words. */
function wordCounts(bytes: Uint8Array, size: number): Counts {
  if (![2, 4, 8].includes(size)) throw refused("the word size", "2, 4 or 8", size);
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Counts = [];
  for (let i = 0; (i + 1) * size <= bytes.length; i++) {
    found.push([
      i,
      size === 2 ? data.getInt16(i * 2) : size === 4 ? data.getInt32(i * 4) : Number(data.getBigInt64(i * 8)),
    ]);
  }
  return found;
}

function histogramOf(entries: Counts, digits: number, lowest: number, unit: number): ExplicitHistogram {
  if (!(unit > 0 && unit < Infinity)) throw new RangeError(cannot(action, "unit", "a positive finite number", unit));
  const halfBits = Math.max(Math.ceil(Math.log2(2 * 10 ** digits)), 1) - 1;
  const half = 2 ** halfBits;
  const unitBits = Math.floor(Math.log2(lowest));
  const boundaries: number[] = [];
  const counts: number[] = [];
  for (const [index, count] of entries) {
    if (count === 0) continue;
    const bucket = Math.max(0, Math.floor(index / half) - 1);
    const width = 2 ** (bucket + unitBits);
    const from = (index < half ? index : (index % half) + half) * width;
    if (from > 2 ** 63) throw refused("the index of a count", "that of a value below 2^63", index);
    const below = from - 1;
    if (from > 0 && boundaries[boundaries.length - 1] !== below * unit) {
      boundaries.push(below * unit);
      counts.push(0);
    }
    const upper = from + width - 1;
    if (upper === below)
      throw refused("the index of a count", "that of a value that a double can tell from its neighbours", index);
    boundaries.push(upper * unit);
    counts.push(count);
  }
  return new ExplicitHistogram({ boundaries, counts: [...counts, 0], lowerLimit: 0 });
}

function view(bytes: Uint8Array, least: number): DataView {
  if (bytes.length < least) throw refused("the bytes", `at least ${least}, the header`, bytes.length);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function refused(field: string, requirement: string, value: unknown): FormatError {
  return new FormatError(cannot(action, field, requirement, value), { code: "invalid-format", field, value });
}
