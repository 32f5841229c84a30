import { md5 } from "@noble/hashes/legacy";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstByteOfMd5 } from "../../src/summary/md5.ts";

describe("first byte of an MD5", () => {
  it("is that of a general digest, for texts of one block and longer ones", () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: "grapheme", maxLength: 70 }), fc.string({ minLength: 50, maxLength: 60 })), (text) => {
      expect(firstByteOfMd5(text)).toBe(md5(text)[0]);
    }), { numRuns: 5000 });
  });
});
