import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FieldSpans, valueOfSpan } from "../../../src/records/formats/line-parser.ts";
import { logfmtKeys, LogfmtLines } from "../../../src/records/formats/logfmt.ts";

/** The values of a line by key, and whether it can be read. */
function read(line: string, fields: readonly string[]): readonly [kind: string, values: Record<string, string | null>] {
  const parser = new LogfmtLines(fields);
  const bytes = new TextEncoder().encode(line);
  const spans = new FieldSpans(fields.length);
  const kind = parser.parse(bytes, 0, bytes.length, spans);
  return [kind, Object.fromEntries(fields.map((field, index) => [field, valueOfSpan(spans, index, bytes)]))];
}

describe("LogfmtLines", () => {
  it("reads back what was written", () => {
    const key = fc.stringMatching(/^[a-z_][a-z0-9._]{0,5}$/u);
    const value = fc.string({ maxLength: 6 }).filter((text) => !/[\n\r]/u.test(text));
    fc.assert(
      fc.property(fc.dictionary(key, value, { minKeys: 1, maxKeys: 5 }), (pairs) => {
        const fields = Object.keys(pairs);
        const line = fields.map((name) => `${name}="${(pairs[name] as string).replace(/["\\]/gu, String.raw`\$&`)}"`);
        const none = (text: string): string | null => (text === "" || text === "-" ? null : text);
        const expected = Object.fromEntries(fields.map((name) => [name, none(pairs[name] as string)]));
        expect(read(line.join(" "), fields)).toEqual(["row", expected]);
        expect(logfmtKeys([line.join(" ")])).toEqual(fields);
      }),
      { numRuns: 300 },
    );
  });

  it.each(['a="b', 'a="b"c', "no pairs here", '"x"=1', "=1"])("can't read %s", (line) => {
    expect(read(line, ["a"])[0]).toBe("malformed");
  });
});
