import { deflateSync, inflateSync } from "node:zlib";
import * as peer from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { decodeHdr, decodeHdrLog } from "../../src/sketch/codec/hdr.ts";
import type { QuantileEstimate } from "../../src/sketch/histogram.ts";

/**
 * What hdr-histogram-js writes of these values, which needs no file from outside. It sets the normalizing index offset
 * to 1 although it shifts nothing, and the conversion ratio to the bits of the integer 1, and ignores both when
 * reading; what the format means, 0 and 1.0, is put in their place.
 */
function encoded(
  values: readonly number[],
  numberOfSignificantValueDigits: 1 | 2 | 3 = 3,
  lowestDiscernibleValue: number = 1,
): string {
  const histogram = peer.build({
    bitBucketSize: 64,
    numberOfSignificantValueDigits,
    lowestDiscernibleValue,
    highestTrackableValue: 2 ** 40,
  });
  for (const value of values) histogram.recordValue(value);
  const plain = inflateSync(Buffer.from(peer.encodeIntoCompressedBase64(histogram), "base64").subarray(8));
  plain.writeInt32BE(0, 8);
  plain.writeDoubleBE(1, 32);
  return packed(plain, 0x1c849304);
}

function packed(plain: Uint8Array, cookie: number, length?: number): string {
  const body = deflateSync(plain);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(cookie, 0);
  head.writeUInt32BE(length ?? body.length, 4);
  return Buffer.concat([head, body]).toString("base64");
}

interface Header {
  readonly version?: 0 | 1 | 2;
  readonly outer?: number;
  readonly inner?: number;
  readonly declared?: number;
  readonly shift?: number;
  readonly digits?: number;
  readonly lowest?: bigint;
  readonly ratio?: number;
  readonly length?: number;
}

/** The encoding by the format's own description, with any field set wrong. */
function written(
  counts: Uint8Array,
  {
    version = 2,
    outer = [0x1c849309, 0x1c849302, 0x1c849304][version] as number,
    inner = [0x1c849308, 0x1c849301, 0x1c849303][version] as number,
    declared = counts.length,
    shift = 0,
    digits = 1,
    lowest = 1n,
    ratio = 1,
    length,
  }: Header = {},
): string {
  const header = version === 0 ? 32 : 40;
  const plain = Buffer.alloc(header + counts.length);
  plain.writeUInt32BE(inner, 0);
  if (version === 0) {
    plain.writeInt32BE(digits, 4);
    plain.writeBigInt64BE(lowest, 8);
  } else {
    plain.writeUInt32BE(declared, 4);
    plain.writeInt32BE(shift, 8);
    plain.writeInt32BE(digits, 12);
    plain.writeBigInt64BE(lowest, 16);
    plain.writeDoubleBE(ratio, 32);
  }
  plain.set(counts, header);
  return packed(plain, outer, length);
}

describe("HdrHistogram encodings written here", () => {
  it.each([1, 2, 3] as const)("every recorded value lies in its bucket, %i digits", async (digits) => {
    const values = Array.from({ length: 400 }, (_, i) => Math.floor(1.04 ** i) % 3_000_000).sort((a, b) => a - b);
    for (const lowest of [1, 4, 1000]) {
      const histogram = await decodeHdr(encoded(values, digits, lowest));
      expect(histogram.count).toBe(400);
      values.forEach((value, i) => {
        const { lower, upper } = histogram.orderStatistic(i + 1);
        expect(lower < value || (lower === 0 && value === 0), `${value} in (${lower}, ${upper}]`).toBe(true);
        expect(value).toBeLessThanOrEqual(upper);
        expect(upper - lower).toBeLessThanOrEqual(Math.max(2 ** Math.floor(Math.log2(lowest)), value / 10 ** digits));
      });
    }
    const inMilliseconds = await decodeHdr(encoded([5_000_000]), { unit: 1e-6 });
    expect(inMilliseconds.max).toBeGreaterThanOrEqual(5);
    expect(inMilliseconds.max).toBeLessThan(5.01);
  });

  it("counts are ZigZag numbers, negative ones runs of zeros; in older versions words", async () => {
    // 1 digit: values below 32 have buckets of their own.
    const bins = async (text: string): Promise<unknown> => {
      const { upper, count } = (await decodeHdr(text)).bins();
      return [[...upper], [...count]];
    };
    const expected = [
      [3, 7, 8],
      [5, 300, 1],
    ];
    // Three zeros, 5, three zeros, 300, 1.
    const zigZag = Uint8Array.of(5, 10, 5, 0xd8, 0x04, 2);
    expect(await bins(written(zigZag))).toEqual(expected);
    expect(await bins(written(zigZag, { declared: 46 }))).toEqual(expected);
    for (const version of [0, 1] as const) {
      for (const size of [2, 4, 8]) {
        const words = Buffer.alloc(9 * size);
        for (const [i, count] of [
          [3, 5],
          [7, 300],
          [8, 1],
        ] as const)
          words.writeUIntBE(count, i * size + size - 2, 2);
        expect(
          await bins(written(words, { version, inner: (version === 0 ? 0x1c849308 : 0x1c849301) | (size << 4) })),
        ).toEqual(expected);
      }
    }
    expect(await bins(written(zigZag, { ratio: 2 }))).toEqual([
      [6, 14, 16],
      [5, 300, 1],
    ]);
    // Nine bytes hold 64 bits: 2^40 and what follows it.
    expect(await bins(written(Uint8Array.of(0x80, 0x80, 0x80, 0x80, 0x80, 0x40, 2)))).toEqual([
      [0, 1],
      [2 ** 40, 1],
    ]);
  });

  const zeros = Uint8Array.of(2);
  it.each([
    ["§", "the text must be base64"],
    ["AAAA", "the bytes must be at least 8, the header, current value is 3"],
    [
      written(zeros, { outer: 0x1c849305 }),
      'the cookie must be that of a compressed histogram of version 0, 1 or 2, current value is "0x1c849305"',
    ],
    [written(zeros, { length: 10_000 }), "the length of the compressed part must be at most"],
    [written(zeros, { length: 12 }), "the compressed part must be a zlib stream"],
    [
      written(zeros, { inner: 0x1c849301 }),
      'the inner cookie must be 0x1c849303 and a word size, current value is "0x1c849301"',
    ],
    [written(zeros, { shift: 1 }), "the normalizing index offset must be 0"],
    [written(zeros, { digits: 6 }), "the number of significant digits must be from 0 to 5, current value is 6"],
    [written(zeros, { digits: -1 }), "the number of significant digits must be from 0 to 5, current value is -1"],
    [written(zeros, { lowest: 0n }), "the lowest discernible value must be from 1 to 2^52, current value is 0"],
    [written(zeros, { lowest: 2n ** 53n }), "the lowest discernible value must be from 1 to 2^52"],
    [written(zeros, { ratio: 0 }), "the conversion ratio must be positive and finite, current value is 0"],
    [written(zeros, { ratio: Infinity }), "the conversion ratio must be positive and finite"],
    [written(zeros, { declared: 2 }), "the length of the counts must be at most 1, what is there, current value is 2"],
    [written(Uint8Array.of(0x80)), "the counts must be complete"],
    [written(zeros, { version: 1, inner: 0x1c849301 | 0x30 }), "the word size must be 2, 4 or 8, current value is 3"],
  ])("refuses what is none: %#", async (text, message) => {
    await expect(decodeHdr(text)).rejects.toThrow(FormatError);
    await expect(decodeHdr(text)).rejects.toThrow(message);
  });

  it("takes the bounds of its fields, and refuses a unit that is none", async () => {
    for (const header of [{ digits: 0 }, { digits: 5 }, { lowest: 2n ** 52n }])
      expect((await decodeHdr(written(Uint8Array.of(1, 2), header))).count).toBe(1);
    for (const unit of [0, -1, Infinity, NaN])
      await expect(decodeHdr(written(zeros), { unit })).rejects.toThrow("unit must be a positive finite number");
  });

  it("logs: tags, comments, and the line that can't be read", async () => {
    const [one, two] = [encoded([10, 20]), encoded([30])];
    const log = [
      "#[A comment]",
      '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
      "",
      `Tag=a,0.5,1.25,20,${one}`,
      `1.5,1,30,${two}\r`,
    ].join("\n");
    const intervals = await decodeHdrLog(log);
    expect(
      intervals.map(({ tag, startSeconds, lengthSeconds, maxLogged, histogram }) => [
        tag,
        startSeconds,
        lengthSeconds,
        maxLogged,
        histogram.count,
      ]),
    ).toEqual([
      ["a", 0.5, 1.25, 20, 2],
      [undefined, 1.5, 1, 30, 1],
    ]);
    expect((intervals[1]?.histogram.quantile(1) as QuantileEstimate).upper).toBe(30);
    for (const line of ["1,2", "1,2,3", ",2,3,x", "1,b,3,x", "1,2,,x"])
      await expect(decodeHdrLog(`# first\n${line}`)).rejects.toThrow(
        "line 2 must be start, length, largest value and a histogram",
      );
    await expect(decodeHdrLog("1,2,3,AAAA")).rejects.toThrow(
      "line 1: Cannot decode an HdrHistogram: the bytes must be at least 8",
    );
  });
});
