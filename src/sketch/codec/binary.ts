import { cannot, FormatError } from "../../errors.ts";
import { QuantileSketch } from "../quantile-sketch.ts";
import type { BucketRun } from "../sketch-counts.ts";
import { ByteReader, ByteWriter, crc32 } from "./bytes.ts";

const magic = [0x41, 0x51, 0x53, 0x4b];
const version = 1;
const flags = { sumKnown: 1, extremesExact: 2, zeroThreshold: 4 };
const action = "decode a binary sketch";

/**
 * How small can a sketch be sent? Encodes it in bytes: magic `AQSK`, version, header, runs of buckets as differences
 * between neighbours, CRC-32. Two sketches of the same values give the same bytes.
 *
 * @returns about 1.7 bytes per bucket in use; 1.7 kB for a million lognormal latencies at scale 7.
 */
export function encodeSketch(sketch: QuantileSketch): Uint8Array {
  const json = sketch.toJSON();
  const writer = new ByteWriter();
  magic.forEach((byte) => writer.byte(byte));
  writer.byte(version);
  writer.byte(
    (json.sum === null ? 0 : flags.sumKnown) |
      (json.extremesExact === false ? 0 : flags.extremesExact) |
      (sketch.zeroThreshold > 0 ? flags.zeroThreshold : 0),
  );
  writer.byte(json.scale & 255);
  for (const count of [
    json.maxBuckets,
    json.count,
    sketch.zeroCount,
    sketch.infinityCount,
    sketch.negativeInfinityCount,
  ])
    writer.varint(count);
  if (sketch.zeroThreshold > 0) writer.double(sketch.zeroThreshold);
  if (json.sum !== null) {
    writer.varint(json.sum.length);
    json.sum.forEach((part) => writer.double(Number(part)));
  }
  if (json.count > 0) {
    writer.double(sketch.min);
    writer.double(sketch.max);
  }
  for (const runs of [json.positive ?? [], json.negative ?? []]) writeRuns(writer, runs);
  writer.uint32(crc32(writer.finish()));
  return writer.finish();
}

function writeRuns(writer: ByteWriter, runs: readonly (readonly number[])[]): void {
  writer.varint(runs.length);
  let next = 0;
  for (const [start = 0, ...counts] of runs) {
    writer.signedVarint(start - next);
    writer.varint(counts.length);
    counts.forEach((values, i) => writer.signedVarint(values - (counts[i - 1] ?? 0)));
    next = start + counts.length;
  }
}

/**
 * Reads what {@link encodeSketch} wrote. @throws {FormatError} when the bytes are something else, truncated, corrupted,
 * or from a newer version.
 */
export function decodeSketch(bytes: Uint8Array): QuantileSketch {
  if (!(bytes instanceof Uint8Array)) throw new TypeError(cannot(action, "bytes", "a Uint8Array", bytes));
  const reader = new ByteReader(bytes, action);
  if (magic.some((byte) => reader.byte() !== byte))
    throw refused("not-a-sketch", "the first four bytes", '"AQSK"', Array.from(bytes.subarray(0, 4)));
  const found = reader.byte();
  if (found > version)
    throw new FormatError(cannot(action, "version", `at most ${version}`, found), {
      code: "newer-version",
      field: "version",
      value: found,
      fix: "Read it with a newer release of Assay",
    });
  if (found !== version) throw refused("invalid-sketch", "version", String(version), found);
  const body = bytes.subarray(0, Math.max(0, bytes.length - 4));
  const checksum = new ByteReader(bytes.subarray(body.length), action).uint32();
  if (crc32(body) !== checksum)
    throw refused("corrupted", "the checksum", `${crc32(body)}, that of the bytes`, checksum);
  return decodeBody(new ByteReader(body.subarray(5), action));
}

function decodeBody(reader: ByteReader): QuantileSketch {
  const set = reader.byte();
  if (set > 7) throw refused("invalid-sketch", "flags", "at most 7", set);
  const scale = reader.int8();
  const maxBuckets = reader.varint();
  const count = reader.varint();
  const [zeroCount, infinityCount, negativeInfinityCount] = [reader.varint(), reader.varint(), reader.varint()];
  const zeroThreshold = set & flags.zeroThreshold ? reader.double() : 0;
  const sum = set & flags.sumKnown ? times(reader, 8, "parts of the sum", () => reader.double()) : undefined;
  const [min, max] = count > 0 ? [reader.double(), reader.double()] : [undefined, undefined];
  const positive = readRuns(reader);
  const negative = readRuns(reader);
  if (reader.remaining > 0) throw refused("invalid-sketch", "bytes after the last bucket", "0", reader.remaining);
  const extremesExact = (set & flags.extremesExact) !== 0;
  const sketch = QuantileSketch.fromCounts({
    scale,
    maxBuckets,
    positive,
    negative,
    zeroCount,
    zeroThreshold,
    infinityCount,
    negativeInfinityCount,
    min,
    max,
    extremesExact,
    sum,
  });
  if (sketch.count !== count)
    throw refused("invalid-sketch", "count", `the total of the buckets, ${sketch.count}`, count);
  return sketch;
}

function readRuns(reader: ByteReader): BucketRun[] {
  let next = 0;
  return times(reader, 3, "runs", () => {
    const offset = next + reader.signedVarint();
    let values = 0;
    const counts = times(reader, 1, "buckets", () => (values += reader.signedVarint()));
    next = offset + counts.length;
    return { offset, counts };
  });
}

/**
 * Reads a length and as many items, each of at least `size` bytes: a length that the bytes can't hold is refused before
 * anything is allocated.
 */
function times<T>(reader: ByteReader, size: number, what: string, read: () => T): T[] {
  const length = reader.varint();
  if (length * size > reader.remaining)
    throw refused(
      "truncated",
      `the number of ${what}`,
      `at most ${Math.floor(reader.remaining / size)}, what the bytes can hold`,
      length,
    );
  return Array.from({ length }, read);
}

function refused(code: string, field: string, requirement: string, value: unknown): FormatError {
  return new FormatError(cannot(action, field, requirement, value), { code, field, value });
}
