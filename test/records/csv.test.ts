import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RejectedRow } from "../../src/records/batch-builder.ts";
import type { RecordBatch, TextColumn } from "../../src/records/batch.ts";
import { readCsv } from "../../src/records/csv/csv.ts";
import { plainDecimal } from "../../src/records/decimal.ts";
import type { FieldMapping } from "../../src/records/mapping/fields.ts";

const mapping: FieldMapping = {
  fields: {
    timestamp: "at",
    latencyMs: "ms*2",
    success: "ok",
    requestId: "id",
    failed: "status >= 500",
    "segment.region": "region",
    unit: "user",
    arm: "version",
  },
};
const header = ["at", "ms", "ok", "id", "other", "status", "region", "user", "version"];
const encoder = new TextEncoder();

async function read(bytes: Uint8Array, chunk: number): Promise<unknown> {
  const source = (async function* () {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  })();
  const rejected: RejectedRow[] = [];
  const batches: unknown[] = [];
  const texts = (column: TextColumn | null): unknown => column && [...column.codes].map((code) => column.values[code]);
  const plain = (batch: RecordBatch): unknown => ({
    ...batch,
    arm: texts(batch.arm),
    unit: texts(batch.unit),
    segments: texts(batch.segments["region"] as TextColumn),
  });
  try {
    for await (const batch of readCsv(source, mapping, "table", { onRejected: (row) => rejected.push(row) }))
      batches.push(plain(batch));
  } catch (error) {
    return { message: (error as Error).message };
  }
  return { batches, rejected };
}

const field = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "0",
    "-0",
    "12",
    "120.5",
    "-3",
    "+3",
    "1e3",
    "007",
    "1.",
    ".5",
    "1.2.3",
    "123456789012345",
    "1234567890123456",
    "0.1234567890123",
    "true",
    "FALSE",
    "yes",
    "NaN",
    "Infinity",
    "v1",
    "v2",
    "é",
    "\u{1f600}",
    "\u0000",
    "\r",
    "a\rb",
  ),
  fc.constantFrom(
    "1767571200",
    "1767571200000",
    "2026-01-05T00:00:00Z",
    "2026-01-05 10:11:12.5",
    "2026-01-05",
    "yesterday",
  ),
  fc.double().map(String),
  fc.string({ unit: fc.constantFrom("a", "7", "-", ".", " ", "ß"), maxLength: 6 }),
);
const usual = ["1767571200000", "120.5", "true", "r1", "", "200", "eu", "u1", "v1"];
/** A row of which two fields are any, or one that is no row. */
const row = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.nat(8), field, fc.nat(8), field)
      .map(([a, x, b, y]) => usual.map((value, column) => (column === a ? x : column === b ? y : value))),
  },
  fc.array(field, { maxLength: 12 }),
);

describe("separated text", () => {
  it("gives without quotes, from bytes, what it gives with a quote in the header, wherever chunks end", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 20 }),
        fc.constantFrom(",", "\t", ";", "|"),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.integer({ min: 1, max: 300 }),
        async (rows, delimiter, newline, ends, chunk) => {
          // A carriage return that ends a row is part of its line end.
          fc.pre(rows.every((fields) => !fields.at(-1)?.endsWith("\r")));
          const lines = rows.map((fields) => fields.join(delimiter));
          const text = (first: string): Uint8Array =>
            encoder.encode(
              [[first, ...header.slice(1)].join(delimiter), ...lines].join(newline) + (ends ? newline : ""),
            );
          expect(await read(text("at"), chunk)).toEqual(await read(text('"at"'), 1 << 20));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("goes on behind the first quote, and behind the first line that ends otherwise", async () => {
    const lines = [header, ...Array.from({ length: 50 }, (_, index) => usual.with(7, `u${index}`))].map((fields) =>
      fields.join(","),
    );
    for (const newline of ["\n", "\r\n"]) {
      const whole = await read(encoder.encode(lines.join(newline)), 100);
      expect(
        await read(
          encoder.encode(lines.map((line, index) => (index < 30 ? line : line.replace("eu", '"eu"'))).join(newline)),
          100,
        ),
      ).toEqual(whole);
    }
    const mixed = [
      ...lines.slice(0, 20).map((line) => `${line}\r\n`),
      ...lines.slice(20).map((line) => `${line}\n`),
    ].join("");
    const read1 = await read(encoder.encode(mixed), 1 << 20);
    expect(await read(encoder.encode(mixed), 77)).toEqual(read1);
    expect(await read(encoder.encode(mixed.replace("at", '"at"')), 77)).toEqual(read1);
    expect(read1).toMatchObject({ batches: [{ length: 50 }], rejected: [] });
  });

  it("has no carriage return in the last column when its lines end with CRLF", async () => {
    expect(
      await read(encoder.encode([header, usual, usual].map((fields) => fields.join(",")).join("\r\n")), 1 << 20),
    ).toMatchObject({ batches: [{ arm: ["v1", "v1"] }], rejected: [] });
  });

  it("refuses a row that never ends, in small pieces too, without starting over at each of them", async () => {
    const never = encoder.encode(`${header.join(",")}\n${usual.join(",")}\n"${"x".repeat(17 << 20)}`);
    for (const piece of [1 << 12, 1 << 20])
      expect(await read(never, piece)).toEqual({
        message: expect.stringContaining(
          "line 3 of table must be at most 16777216 characters, current value is",
        ) as unknown,
      });
  });

  it("refuses what is not UTF-8, with and without quotes", async () => {
    for (const first of ["at", '"at"']) {
      const text = encoder.encode(
        [[first, ...header.slice(1)], usual.with(6, "e?"), usual].map((fields) => fields.join(",")).join("\n"),
      );
      text[text.indexOf(63)] = 0xe9;
      expect(await read(text, 1 << 20)).toMatchObject({
        message: expect.stringContaining(
          "table must be UTF-8 text, current value has other bytes after byte",
        ) as unknown,
      });
    }
  });
});

describe("plain decimals", () => {
  it("are the numbers of the language, or left to it", () => {
    const near = fc.oneof(
      fc.double().map(String),
      fc.string({ unit: fc.constantFrom("0", "1", "9", ".", "-", "e"), maxLength: 20 }),
      fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(99_999)).map((parts) => parts.join(".")),
    );
    fc.assert(
      fc.property(near, (text) => {
        const number = plainDecimal(encoder.encode(text), 0, text.length);
        if (!Number.isNaN(number)) expect(number).toBe(Number(text));
        if (/^-?(?:\d{1,15}|\d{1,7}\.\d{1,7})$/u.test(text)) expect(number).toBe(Number(text));
      }),
      { numRuns: 20_000 },
    );
  });
});
