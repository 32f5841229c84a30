import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstByteOfMd5 } from "../../src/summary/md5.ts";

const expected = (text: string): number => createHash("md5").update(text).digest()[0] as number;

describe("first byte of an MD5", () => {
  it.each([
    ["", 0xd4],
    ["a", 0x0c],
    ["message digest", 0xf9],
    ["abcdefghijklmnopqrstuvwxyz", 0xc3],
    ["12345678901234567890123456789012345678901234567890123456789012345678901234567890", 0x57],
  ])("is that of RFC 1321 for %j", (text, byte) => {
    expect(firstByteOfMd5(text)).toBe(byte);
  });

  it("is that of a general digest for every length up to several blocks", () => {
    for (let length = 0; length <= 300; length++)
      expect(firstByteOfMd5("x".repeat(length)), String(length)).toBe(expected("x".repeat(length)));
  });

  it("is that of a general digest for texts of any alphabet", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: "grapheme", maxLength: 200 }), fc.string({ minLength: 50, maxLength: 140 })),
        (text) => {
          expect(firstByteOfMd5(text)).toBe(expected(text));
        },
      ),
      { numRuns: 5000 },
    );
  });
});
