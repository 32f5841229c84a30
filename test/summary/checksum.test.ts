import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson, checksumHolds, checksumOf } from "../../src/summary/checksum.ts";

it("depends on the content of a document, not on its layout or the order of its fields", () => {
  const document = { b: [1, 2.5e-7, -0, "é\u2028"], a: { "10": null, "9": true, z: { y: [] } } };
  const other = JSON.parse(
    '{"a":{"z":{"y":[]},"9":true,"10":null},\n "b":[1,0.00000025,0,"\\u00e9\\u2028"]}',
  ) as object;
  const canonical = '{"a":{"10":null,"9":true,"z":{"y":[]}},"b":[1,2.5e-7,0,"é\u2028"]}';
  expect(canonicalJson(document)).toBe(canonical);
  expect(canonicalJson(other)).toBe(canonical);
  expect(checksumOf(document)).toBe(`sha256:${createHash("sha256").update(canonical).digest("hex")}`);
});

it("leaves out the field of the checksum itself, and fields without a value", () => {
  const document = { a: 1 };
  const sealed = { checksum: checksumOf(document), ...document, left: undefined };
  expect(checksumHolds(sealed)).toBe(true);
  expect(checksumHolds({ ...sealed, a: 2 })).toBe(false);
  expect(checksumHolds(document)).toBe(false);
});

it("law: canonical JSON reads back as the same value, and is the same when made again", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const text = canonicalJson(value);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});
