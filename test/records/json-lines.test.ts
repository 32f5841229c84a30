import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WasmLineScanner } from "../../src/node/wasm/wasm-line-scanner.ts";
import type { RecordBatch } from "../../src/records/batch.ts";
import { decimalOf } from "../../src/records/decimal.ts";
import { JsonLineScanner, slack } from "../../src/records/json/json-line-scanner.ts";
import type { LineAccelerator } from "../../src/records/json/line-accelerator.ts";
import { NdjsonLines } from "../../src/records/json/ndjson.ts";
import { parseJsonRow, repeatedKey } from "../../src/records/json/parse-json-row.ts";
import { compileMapping, type FieldMapping } from "../../src/records/mapping/fields.ts";
import { RowTokens } from "../../src/records/row-tokens.ts";
import { ObjectRows } from "../../src/records/rows.ts";
import { parseTimestamp, timestampOfBytes } from "../../src/records/timestamp.ts";

const mapping: FieldMapping = {
  fields: {
    arm: "version",
    timestamp: "at",
    unit: "user",
    requestId: "id",
    success: "ok",
    latencyMs: "ms",
    tokens: "n",
    failed: "error != null",
    "segment.region": "region",
  },
};
/** The same without a condition: plain lines are written straight into the columns. */
const direct: FieldMapping = {
  fields: Object.fromEntries(
    Object.entries({ ...mapping.fields, cost: "error" }).filter(([field]) => field !== "failed"),
  ),
};
const oddPrompt = '"Caf\u00e9 \\"x\\""';
const encoder = new TextEncoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);

/** What the slow, obvious way makes of the lines: decode, JSON.parse, object to row. */
function slowly(lines: readonly Uint8Array[], fields: FieldMapping): RecordBatch {
  const rows = new ObjectRows(fields, "log");
  const keys = new Set(compileMapping(fields).columns.flatMap((key) => [key, key.split(".", 1)[0] as string]));
  for (const [index, bytes] of lines.entries()) {
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      rows.reject("not-utf8", index + 1, new TextDecoder().decode(bytes));
      continue;
    }
    if (text.trim() === "") continue;
    let value: unknown;
    try {
      value = parseJsonRow(text);
    } catch {
      rows.reject("malformed-json", index + 1, text);
      continue;
    }
    if (repeatedKey(text, keys) !== undefined) {
      rows.reject("repeated-key", index + 1, text);
      continue;
    }
    rows.add(value, index + 1, text);
  }
  return rows.take();
}

function fast(
  lines: readonly Uint8Array[],
  fields: FieldMapping,
  chunk: number,
  accelerator?: LineAccelerator,
): RecordBatch {
  const reader = new NdjsonLines(fields, "log", { reuse: true, accelerator });
  const all = new Uint8Array(Buffer.concat(lines.flatMap((line) => [line, Uint8Array.of(10)])));
  for (let at = 0; at < all.length; at += chunk)
    for (const _ of reader.add(all.subarray(at, at + chunk))) throw new Error("no batch is full in these tests");
  return reader.rest();
}

/** A batch with its codes read, so that the order in which texts were met does not matter. */
function plain(batch: RecordBatch): unknown {
  const texts = ({ values, codes }: RecordBatch["arm"]): (string | undefined)[] =>
    [...codes].map((code) => values[code]);
  return {
    ...batch,
    arm: texts(batch.arm),
    unit: batch.unit && texts(batch.unit),
    segments: Object.fromEntries(Object.entries(batch.segments).map(([field, column]) => [field, texts(column)])),
  };
}

const number = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((x) => JSON.stringify(x)),
  fc.integer({ min: 0, max: 100_000 }).map((x) => String(x / 1000)),
  fc.constantFrom(
    "0",
    "-0",
    "0.0",
    "-0.0",
    "1e5",
    "1E+2",
    "12e-3",
    "9007199254740993",
    "0.1000000000000000055",
    "123456789012345678",
    "1234567890.12345678901234567890",
    "5e-324",
    "1e400",
    "01",
    "+1",
    ".5",
    "1.",
    "1e",
    "1e+",
    "-",
    "--1",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
  ),
);
const text = fc
  .oneof(
    fc.string({ unit: "grapheme", maxLength: 12 }),
    fc.constantFrom(
      "",
      "v1",
      "v2",
      "\u{1f600}",
      "é",
      '"',
      "\\",
      "\n",
      "\u0000",
      "\ud800",
      "2026-01-05T00:00:00Z",
      "17",
      "true",
    ),
  )
  .map((one) => JSON.stringify(one));
const odd = fc.constantFrom(
  '"\\u00e9\\n"',
  '"\\x"',
  '"\\u12"',
  '"a\tb"',
  '"a\u0000b"',
  '"open',
  "tru",
  "True",
  "nul",
  "null",
  "true",
  "false",
  "{}",
  "[]",
  '{"a":[1,{"b":"\\\\"}],"version":"v9"}',
  "[1,]",
  "{,}",
  "[[[[[[]]]]]]",
  "[1 2]",
  "",
);
const key = fc.constantFrom(
  "version",
  "at",
  "user",
  "id",
  "ok",
  "ms",
  "n",
  "error",
  "region",
  "other",
  "vers",
  "versions",
  "__proto__",
  "ok\u00e9",
  "o\\u006b",
  "",
);
const usualOf = (prompt: string): readonly (readonly [string, string])[] => [
  ["version", '"v1"'],
  ["at", "1767571200000"],
  ["user", '"u7"'],
  ["id", '"r-1"'],
  ["ok", "true"],
  ["ms", "120.5"],
  ["n", "17"],
  ["error", "null"],
  ["region", '"eu"'],
  ["prompt", prompt],
];
const gap = fc.constantFrom("", "", "", " ", "  ", "\t", "\r");

/** A line of JSON, or of something near it. */
const lineOf = (prompt: string): fc.Arbitrary<string> =>
  fc
    .record({
      changes: fc.array(fc.tuple(fc.nat(9), fc.oneof(number, text, odd)), { maxLength: 2 }),
      extra: fc.array(fc.tuple(key, fc.oneof(number, text, odd)), { maxLength: 2 }),
      shuffle: fc.option(fc.array(fc.nat(20), { minLength: 12, maxLength: 12 }), { freq: 3 }),
      gaps: fc.array(gap, { minLength: 4, maxLength: 4 }),
      whole: fc.option(
        fc.constantFrom(
          "",
          " ",
          "\r",
          "{}",
          "[]",
          "7",
          '"text"',
          "null",
          "{",
          "}",
          '{"version":"v1"}{"version":"v2"}',
          '{"version":"v1"},',
          '{"version" "v1"}',
          '{"version":"v1",}',
          "\u00a0",
          "\u0000",
        ),
        { freq: 8 },
      ),
    })
    .map(({ changes, extra, shuffle, gaps, whole }) => {
      if (whole !== null) return whole;
      const entries = usualOf(prompt).map((entry, index): readonly [string, string] => [
        entry[0],
        changes.find(([at]) => at === index)?.[1] ?? entry[1],
      ]);
      const all = [...entries, ...extra];
      if (shuffle !== null) all.sort((a, b) => (shuffle[all.indexOf(a)] ?? 0) - (shuffle[all.indexOf(b)] ?? 0));
      const [a = "", b = "", c = "", d = ""] = gaps;
      return `${a}{${b}${all.map(([name, value]) => `"${name}"${c}:${d}${value}${a}`).join(`,${b}`)}}${d}`;
    });

/** A line of the usual layout in which one value is another: what the expected layout takes or has to leave. */
const otherValue = (prompt: string): fc.Arbitrary<string> =>
  fc.tuple(fc.nat(9), fc.oneof(number, text, odd)).map(
    ([at, value]) =>
      `{${usualOf(prompt)
        .map((entry, index) => `"${entry[0]}":${index === at ? value : entry[1]}`)
        .join(",")}}`,
  );

/** The line with some bytes changed, cut out or put in. */
const damaged = (prompt: string): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(lineOf(prompt), fc.array(fc.tuple(fc.nat(300), fc.nat(255), fc.nat(2)), { maxLength: 2 }))
    .map(([whole, changes]) => {
      const bytes = [...bytesOf(whole)];
      for (const [at, byte, how] of changes)
        if (at < bytes.length && byte !== 10) bytes.splice(at, how === 1 ? 0 : 1, ...(how === 2 ? [] : [byte]));
      return Uint8Array.from(bytes);
    });

describe("lines of JSON", () => {
  it.each([
    ["by tokens", mapping, oddPrompt, "null"],
    ["straight into the columns", direct, '"plain"', "0.25"],
    ["straight into the columns by WebAssembly", direct, '"plain"', "0.25", new WasmLineScanner()],
  ])(
    "give to the bit what JSON.parse gives, however odd they are and wherever chunks end, %s",
    (_name, fields, prompt, error, accelerator?: LineAccelerator) => {
      const usual = usualOf(prompt).map(([name, value]): [string, string] => [name, name === "error" ? error : value]);
      const first = Array.from({ length: 20 }, () =>
        bytesOf(`{${usual.map(([name, value]) => `"${name}":${value}`).join(",")}}`),
      );
      fc.assert(
        fc.property(
          fc.array(
            fc.oneof(
              fc
                .oneof(lineOf(prompt), otherValue(prompt))
                .map((one) => bytesOf(one.replace('"error":null', `"error":${error}`))),
              damaged(prompt),
            ),
            { minLength: 1, maxLength: 30 },
          ),
          fc.integer({ min: 1, max: 700 }),
          (lines, chunk) => {
            // Before every other line stand two usual ones, so that the usual layout is expected of it.
            const all = [
              ...first,
              ...lines
                .filter((one) => !one.includes(10))
                .flatMap((one, index) => (index % 2 === 0 ? [...first.slice(0, 2), one] : [one])),
            ];
            const [found, expected] = [plain(fast(all, fields, chunk, accelerator)), plain(slowly(all, fields))];
            // What is equal is found so in a fraction of the time; what is not is shown with its difference.
            if (!isDeepStrictEqual(found, expected)) expect(found).toEqual(expected);
          },
        ),
        { numRuns: 1000 },
      );
    },
  );

  it("are refused when they never end, in small pieces too, without starting over at each of them", () => {
    const never = bytesOf(`{"version":"v1","note":"${"x".repeat(17 << 20)}`);
    const lines = new NdjsonLines(mapping, "log");
    const read = (): void => {
      for (let at = 0; at < never.length; at += 1 << 12)
        expect([...lines.add(never.subarray(at, at + (1 << 12)))]).toEqual([]);
    };
    expect(read).toThrow("line 1 of log must be at most 16777216 bytes");
  });

  it("give the same also where a mapped key is a path into an object", () => {
    const nested: FieldMapping = { fields: { arm: "a.b", latencyMs: "c.d" } };
    const lines = [
      ...Array.from({ length: 25 }, (_, i) => `{"a":{"b":"v${i % 2}"},"c.d":${i}}`),
      '{"a":{"b":"v1"},"c":{"d":4}}',
      '{"a.b":"v1","c.d":5,"a":{"b":"v2"}}',
    ].map(bytesOf);
    const batch = fast(lines, nested, 50);
    expect(plain(batch)).toEqual(plain(slowly(lines, nested)));
    expect(batch.length).toBe(27);
  });

  it("are taken by the expected layout, and after a change by the new one", () => {
    const tokens = new RowTokens(2);
    const scanner = new JsonLineScanner(["a", "b"], tokens);
    const take = (line: string): unknown[] => {
      const bytes = bytesOf(`${line}\n${" ".repeat(slack)}`);
      tokens.setBytes(bytes, new DataView(bytes.buffer));
      return scanner.take(0) === bytes.length - slack ? [tokens.value(0), tokens.value(1)] : ["unsure"];
    };
    expect(take('{"a":1,"b":"x"}')).toEqual([1, "x"]);
    expect(take('{"a":2,"b":"y"}')).toEqual([2, "y"]);
    expect(take('{"b":"z","a":3}')).toEqual([3, "z"]);
    expect(take('{"b":"z"}')).toEqual([undefined, "z"]);
    expect(take('{"a":1,"a":2}')).toEqual(["unsure"]);
    expect(take('{"\\u0061":1}')).toEqual(["unsure"]);
    expect(take('{"a":1} x')).toEqual(["unsure"]);
  });
});

describe("numbers and instants from bytes", () => {
  it("are the numbers of the language", () => {
    const digits = fc
      .tuple(fc.constantFrom("", "-"), fc.bigInt({ min: 0n, max: 10n ** 20n }), fc.nat(24))
      .map(([sign, whole, places]) => {
        const text = whole.toString().padStart(places + 1, "0");
        return sign + (places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`);
      });
    fc.assert(
      fc.property(
        fc.oneof(
          digits,
          fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
          fc.double({ min: 0, max: 1e4, noNaN: true }).map(String),
        ),
        (text) => {
          expect(decimalOf(bytesOf(text), 0, text.length)).toBe(Number(text));
        },
      ),
      { numRuns: 20_000 },
    );
  });

  it("are rounded to even where a number lies exactly between two", () => {
    for (const text of [
      "9007199254740993",
      "9007199254740995",
      "4503599627370496.5",
      "4503599627370497.5",
      "0.5000000000000000555",
      "1152921504606846977",
    ])
      expect(decimalOf(bytesOf(text), 0, text.length)).toBe(Number(text));
  });

  it("are the instants of the language", () => {
    const parts = fc.record({
      year: fc.integer({ min: 1, max: 9999 }),
      month: fc.integer({ min: 1, max: 13 }),
      day: fc.integer({ min: 1, max: 32 }),
      hour: fc.integer({ min: 0, max: 24 }),
      minute: fc.integer({ min: 0, max: 60 }),
      second: fc.integer({ min: 0, max: 60 }),
    });
    const two = (value: number): string => String(value).padStart(2, "0");
    fc.assert(
      fc.property(
        parts,
        fc.constantFrom("T", " "),
        fc.constantFrom("", ".1", ".25", ".999", ".1239", ".267946", "."),
        fc.constantFrom("", "Z", "+05:30", "-0800", "+24:00", "x"),
        (at, separator, fraction, zone) => {
          const date = `${String(at.year).padStart(4, "0")}-${two(at.month)}-${two(at.day)}`;
          const text = `${date}${separator}${two(at.hour)}:${two(at.minute)}:${two(at.second)}${fraction}${zone}`;
          const instant = timestampOfBytes(bytesOf(text), 0, text.length);
          if (!Number.isNaN(instant)) expect(instant).toBe(parseTimestamp(text));
        },
      ),
      { numRuns: 5000 },
    );
    expect(timestampOfBytes(bytesOf("2026-01-05T00:00:00.123Z"), 0, 24)).toBe(Date.UTC(2026, 0, 5, 0, 0, 0, 123));
  });
});
