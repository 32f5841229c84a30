import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordsError } from "../../src/errors.ts";
import type { RecordBatch } from "../../src/records/batch.ts";
import { readCsv } from "../../src/records/csv/csv.ts";
import { readNdjson } from "../../src/records/json/ndjson.ts";
import type { FieldMapping } from "../../src/records/mapping/fields.ts";
import { emptyQuality, mergeQuality, rejectedRows, requireAcceptable } from "../../src/records/quality.ts";
import { batchesFromRows } from "../../src/records/rows.ts";

const mapping: FieldMapping = {
  fields: { arm: "version", success: "ok", latencyMs: "ms", timestamp: "at" },
  optional: ["timestamp"],
};

/** The bytes of a text in chunks of the given size, so that chunk ends fall anywhere. */
async function* chunksOf(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function collect(batches: AsyncIterable<RecordBatch>): Promise<RecordBatch[]> {
  const all: RecordBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

function rowsOf(batches: readonly RecordBatch[]): unknown[] {
  return batches.flatMap((batch) =>
    Array.from({ length: batch.length }, (_, row) => [
      batch.arm.values[batch.arm.codes[row] as number],
      ...Object.values(batch.numbers).map((column) => column[row]),
    ]),
  );
}

const qualityOf = (batches: readonly RecordBatch[]) =>
  batches.map(({ quality }) => quality).reduce(mergeQuality, emptyQuality);

describe("reading records", () => {
  it("gives the same rows from NDJSON, CSV and objects, wherever chunks end", async () => {
    const record = fc.record({
      version: fc.constantFrom("v1", 'v"2', "v,3", "vé\u{1f600}", "v\n4"),
      ok: fc.boolean(),
      ms: fc.double({ min: 0, max: 1e6, noNaN: true }).map((ms) => Math.abs(ms)),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(record, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        async (records, size) => {
          const ndjson = records.map((one) => JSON.stringify(one)).join("\n");
          const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
          const csv = ["version,ok,ms", ...records.map(({ version, ok, ms }) => `${quote(version)},${ok},${ms}`)].join(
            "\r\n",
          );
          const fromObjects = rowsOf([...batchesFromRows(records, mapping)]);
          expect(fromObjects).toEqual(records.map(({ version, ok, ms }) => [version, ok ? 1 : 0, ms]));
          expect(rowsOf(await collect(readNdjson(chunksOf(ndjson, size), mapping, "log")))).toEqual(fromObjects);
          expect(rowsOf(await collect(readCsv(chunksOf(csv, size), mapping, "log")))).toEqual(fromObjects);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("counts every rejected row by reason and line", async () => {
    const lines = [
      '{"version":"v1","ok":true,"ms":1}',
      "{broken",
      "[1]",
      '{"ok":true,"ms":1}',
      '{"version":"v1","ok":2,"ms":1}',
      '{"version":"v1","ok":true,"ms":"fast"}',
      '{"version":"v1","ok":true,"ms":-1}',
      '{"version":"v1","ok":true,"ms":"NaN"}',
      "",
      '{"version":"v1","ok":true,"ms":1e999}',
      '{"version":"v1","ok":true,"ms":null}',
      '{"version":"v1","ok":true,"ms":1',
    ];
    const batches = await collect(readNdjson(chunksOf(lines.join("\n"), 7), mapping, "log"));
    const quality = qualityOf(batches);
    expect(quality).toMatchObject({
      rows: 11,
      accepted: 6,
      rejected: {
        "malformed-json": 2,
        "not-an-object": 1,
        "arm-missing": 1,
        "success-not-boolean": 1,
      },
      missing: { latencyMs: 5 },
    });
    expect(batches.map(({ damage }) => damage)).toEqual([{ v1: { rejected: 1, unusable: { latencyMs: 4 } } }]);
    expect(quality.accepted + quality.filtered + rejectedRows(quality)).toBe(quality.rows);
    expect(quality.samples.find(({ code }) => code === "negative-duration")).toEqual({
      code: "negative-duration",
      source: "log",
      line: 7,
      field: "latencyMs",
      value: "-1",
    });
    expect(quality.samples.filter(({ code }) => code === "malformed-json").map(({ line }) => line)).toEqual([2, 12]);
  });

  it("tells the line of a CSV row also after quoted line breaks", async () => {
    const csv = 'version,ok,ms\nv1,true,1\n"v\n1",true,2\nv1,true,slow\nv1,true\n';
    const quality = qualityOf(await collect(readCsv(chunksOf(csv, 5), mapping, "log.csv")));
    expect(quality.samples.map(({ code, line }) => [code, line])).toEqual([
      ["column-count", 6],
      ["not-a-number", 5],
    ]);
  });

  it("finds a quote that is never closed", async () => {
    const quality = qualityOf(
      await collect(readCsv(chunksOf('version,ok,ms\nv1,true,1\n"v2,true,2\n', 8), mapping, "log.csv")),
    );
    expect(quality.accepted).toBe(1);
    expect(rejectedRows(quality)).toBe(1);
  });

  it("detects the separator, drops the byte order mark, and takes a file without records for empty", async () => {
    for (const separator of [",", "\t", ";", "|"]) {
      const text = `\ufeff${["version", "ok", "ms"].join(separator)}\n${["v1", "1", "5"].join(separator)}\n`;
      expect(rowsOf(await collect(readCsv(chunksOf(text, 6), mapping, "log")))).toEqual([["v1", 1, 5]]);
    }
    const empty = qualityOf(await collect(readCsv(chunksOf("", 1), mapping, "log")));
    expect(() => requireAcceptable(empty, 0)).toThrow(/input must hold at least one record, current value is empty/u);
  });

  it("names an unknown column and those there are", async () => {
    const wrong: FieldMapping = { fields: { arm: "model", latencyMs: "ms" } };
    await expect(collect(readCsv(chunksOf("version,ms\nv1,1\n", 100), wrong, "log"))).rejects.toThrow(
      /arm must be mapped to one of the columns "version", "ms", current value is "model"/u,
    );
    await expect(collect(readNdjson(chunksOf('{"version":"v1","ms":1}\n', 100), wrong, "log"))).rejects.toThrow(
      RecordsError,
    );
  });

  it("takes a key that only some lines have", async () => {
    const failures: FieldMapping = { fields: { arm: "version", success: "error == null" } };
    const text = '{"version":"v1"}\n{"version":"v1","error":"timeout"}\n';
    expect(rowsOf(await collect(readNdjson(chunksOf(text, 100), failures, "log")))).toEqual([
      ["v1", 1],
      ["v1", 0],
    ]);
  });

  it("reads nested keys by dotted paths, and keys with dots as they are", async () => {
    const nested: FieldMapping = { fields: { arm: "a.b", latencyMs: "c.d" } };
    expect(rowsOf([...batchesFromRows([{ a: { b: "v1" }, "c.d": 3 }], nested)])).toEqual([["v1", 3]]);
  });

  it("reads only what where lets through", () => {
    const some: FieldMapping = { fields: { arm: "version" }, where: ["task=a", "n >= 2"] };
    const rows = [
      { version: "v1", task: "a", n: 2 },
      { version: "v1", task: "b", n: 2 },
      { version: "v1", task: "a", n: 1 },
    ];
    const [batch] = [...batchesFromRows(rows, some)];
    expect(batch?.quality).toMatchObject({ rows: 3, accepted: 1, filtered: 2 });
    expect(() => requireAcceptable({ ...emptyQuality, rows: 3, filtered: 3 }, 0)).toThrow(
      /where must leave at least one of the 3 rows/u,
    );
  });

  it("refuses UTF-16 and CSV text that is not UTF-8; rejects the one line of JSON that is not", async () => {
    async function* bytes(...chunks: readonly (readonly number[])[]): AsyncGenerator<Uint8Array> {
      for (const chunk of chunks) yield Uint8Array.from(chunk);
    }
    await expect(collect(readNdjson(bytes([0xff], [0xfe, 0x7b, 0x00]), mapping, "log"))).rejects.toThrow(
      /log must be UTF-8 text, current value begins with the byte order mark of UTF-16/u,
    );
    await expect(collect(readCsv(bytes([0x7b, 0xff, 0xfe]), mapping, "log"))).rejects.toThrow(
      /log must be UTF-8 text/u,
    );
    const good = [...new TextEncoder().encode('{"version":"v1","ok":true,"ms":1}\n')];
    const quality = qualityOf(await collect(readNdjson(bytes(good, [0x7b, 0xff, 0xfe, 0x0a], good), mapping, "log")));
    expect(quality).toMatchObject({ rows: 3, accepted: 2, rejected: { "not-utf8": 1 } });
  });

  it("stops at the limit of rejected rows, naming the most frequent reason", () => {
    const quality = {
      ...emptyQuality,
      rows: 10,
      accepted: 8,
      rejected: { "success-not-boolean": 2 },
      samples: [{ code: "success-not-boolean" as const, source: "log", line: 4, field: "latencyMs", value: "x" }],
    };
    expect(() => requireAcceptable(quality, 0.2)).not.toThrow();
    expect(() => requireAcceptable(quality, 0.1)).toThrow(
      new RegExp(
        "at most 10 %, current value is 20.0 % \\(2 of 10\\); most frequent is success-not-boolean \\(2\\): " +
          "log:4 latencyMs = x",
        "u",
      ),
    );
  });
});
