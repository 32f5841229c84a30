import { describe, expect, it } from "vitest";
import { batchesFromRows, type FieldMapping, readNdjson, type RecordBatch } from "../../src/index.ts";
import { readCsv } from "../../src/records/csv/csv.ts";
import { readJsonArray } from "../../src/records/json/json-array.ts";

type Read = typeof readNdjson;

async function* pieces(text: string, size = 1000): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

async function rowsOf(
  read: Read,
  text: string,
  mapping: FieldMapping,
  reuse = false,
): Promise<(readonly [string, number])[]> {
  const rows: (readonly [string, number])[] = [];
  for await (const batch of read(pieces(text), mapping, "log", { reuse })) rows.push(...ofBatch(batch));
  return rows;
}

function ofBatch({ arm, numbers, length }: RecordBatch): (readonly [string, number])[] {
  return Array.from({ length }, (_, at) => [
    arm.values[arm.codes[at] as number] as string,
    numbers["latencyMs"]?.[at] as number,
  ]);
}

describe("rows", () => {
  it("are taken out of an array inside a document, with the fields around it", async () => {
    const document = JSON.stringify(
      { model: "v1", results: { took: 5, results: [{ ms: 1 }, { ms: 2, model: "v2" }] } },
      null,
      2,
    );
    const mapping = { rows: "results.results", fields: { arm: "model", latencyMs: "ms + results.took" } };
    expect(await rowsOf(readJsonArray, document, mapping)).toEqual([
      ["v1", 6],
      ["v2", 7],
    ]);
  });

  it("are taken out of each line, more of them than a batch holds", async () => {
    const calls = Array.from({ length: 40_000 }, (_, index) => ({ ms: index }));
    const lines = [
      { arm: "v1", calls },
      { arm: "v2", calls: [] },
      { arm: "v2", calls: [{ ms: 7 }] },
    ].map((line) => JSON.stringify(line));
    const mapping = { rows: "calls", fields: { arm: "arm", latencyMs: "ms" } };
    const expected = [...calls.map(({ ms }) => ["v1", ms]), ["v2", 7]];
    for (const reuse of [false, true])
      expect(await rowsOf(readNdjson, lines.join("\n"), mapping, reuse)).toEqual(expected);
    const objects = lines.map((line): unknown => JSON.parse(line));
    expect([...batchesFromRows(objects, mapping)].flatMap(ofBatch)).toEqual(expected);
  });

  it("are zipped from arrays of plain values", async () => {
    const line = JSON.stringify({ model: "v1", ttfts: [1, 2], out: { lens: [10, 20] }, errors: ["", "x", "y"] });
    const zip = { rows: "ttfts,out.lens", fields: { arm: "model", latencyMs: "ttfts * lens" } };
    expect(await rowsOf(readNdjson, line, zip)).toEqual([
      ["v1", 10],
      ["v1", 40],
    ]);
    const all = { rows: "out", fields: { arm: "model", latencyMs: "lens" } };
    expect(await rowsOf(readNdjson, line, all)).toEqual([
      ["v1", 10],
      ["v1", 20],
    ]);
    await expect(rowsOf(readNdjson, line, { ...zip, rows: "ttfts,errors" })).rejects.toThrow(
      /one length \(ttfts has 2 elements\), current value is 3 elements of errors/u,
    );
    await expect(rowsOf(readNdjson, line, { ...zip, rows: "." })).rejects.toThrow(/one length/u);
  });

  it.each([
    ["result", /"result", where is nothing. Arrays are at: list, results.results/u],
    ["results.took", /where is 5/u],
    ["list", /an array of arrays/u],
  ])("are refused at %s", async (rows, message) => {
    const line = JSON.stringify({ arm: "v1", list: [[1]], results: { took: 5, results: [{ ms: 1 }] } });
    await expect(rowsOf(readNdjson, line, { rows, fields: { arm: "arm", latencyMs: "ms" } })).rejects.toThrow(message);
  });

  it("are refused for separated text", async () => {
    await expect(rowsOf(readCsv, "arm,ms\n", { rows: "a", fields: { arm: "arm", latencyMs: "ms" } })).rejects.toThrow(
      /rows for log must be left out/u,
    );
  });
});

describe("a list of keys and values", () => {
  it.each([
    ["tags.version", { tags: [{ key: "version", type: "string", value: "v1" }] }],
    ['tags."app.version"', { tags: [{ name: "app.version", value: "v1" }] }],
    ["tags.app.version", { tags: [{ name: "app.version", value: "v1" }] }],
    ["attributes.version", { attributes: [{ key: "version", value: { stringValue: "v1" } }] }],
  ])("gives the field %s", (arm, row) => {
    const rows = [...batchesFromRows([{ ms: 1, ...row }], { fields: { arm, latencyMs: "ms" } })].flatMap(ofBatch);
    expect(rows).toEqual([["v1", 1]]);
  });

  it("gives none where a key has two values", () => {
    const row = {
      ms: 1,
      tags: [
        { key: "v", value: "a" },
        { key: "v", value: "b" },
      ],
    };
    expect(() => [...batchesFromRows([row], { fields: { arm: "tags.v", latencyMs: "ms" } })]).toThrow(/tags\.v/u);
  });
});

describe("separated text without a header", () => {
  const fields = { arm: "arm", latencyMs: "ms" };
  const expected = [
    ["v1", 1],
    ["v2", 2],
  ];

  it.each([
    ["v1,1\nv2,2\n"],
    ['"v1",1\nv2,2\n'],
    ["arm,ms\nv1,1\nv2,2\n"],
    ["v1;1\nv2;2"],
    ["# made by a tool\nv1,1\n# more\nv2,2\n"],
    ['# made by a tool\n"v1",1\n# more\nv2,2\n'],
  ])("takes the columns given: %j", async (text) => {
    expect(await rowsOf(readCsv, text, { fields, columns: ["arm", "ms"] })).toEqual(expected);
  });

  it.each([
    ["#Version: 1.0\n#Fields: arm ms\nv1 1\nv2 2\n"],
    ["#Version: 1.0\n#Fields: arm ms\nv1\t1\nv2\t2\n"],
    ['#Fields: arm ms\n"v1"\t1\n#Date: later\nv2\t2\n'],
    ["# a comment\narm,ms\nv1,1\n# another\nv2,2\n"],
  ])("takes the columns of a #Fields line, and leaves comments out: %j", async (text) => {
    expect(await rowsOf(readCsv, text, { fields })).toEqual(expected);
  });

  it("keeps a header that begins with #, and rows that do", async () => {
    const mapping = { fields: { arm: "#arm", latencyMs: "ms" } };
    expect(await rowsOf(readCsv, "#arm,ms\n#1,5\n", mapping)).toEqual([["#1", 5]]);
  });

  it("counts rows with other numbers of columns", async () => {
    const batches: RecordBatch[] = [];
    for await (const batch of readCsv(pieces("v1,1\nv2,2,3\n"), { fields, columns: ["arm", "ms"] }, "log"))
      batches.push(batch);
    expect(batches[0]?.quality.rejected).toEqual({ "column-count": 1 });
  });
});
