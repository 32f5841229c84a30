import { describe, expect, it } from "vitest";
import { assess, definePolicy, readCsv, readNdjson, safeRollout } from "../../src/index.ts";
import { formatOf } from "../../src/node/read/format.ts";
import type { RecordBatch, TextColumn } from "../../src/records/batch.ts";
import type { FieldMapping } from "../../src/records/mapping/fields.ts";

const mapping: FieldMapping = { fields: { arm: "arm", success: "success", latencyMs: "latencyMs" } };
const policy = definePolicy(safeRollout({ control: "v1", treatments: ["v2"] }));

async function read(
  reader: typeof readCsv,
  text: string,
  by: FieldMapping = mapping,
  size = 65_536,
): Promise<RecordBatch[]> {
  const bytes = new TextEncoder().encode(text);
  const source = (async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  })();
  const batches: RecordBatch[] = [];
  for await (const batch of reader(source, by, "log")) batches.push(batch);
  return batches;
}

/** 60,000 rows; the last 20,000 of the treatment's fail more often. */
function rowsWith(damage: (row: string, index: number) => string): string {
  const rows = Array.from({ length: 60_000 }, (_, i) => {
    const failed = i % 2 === 1 && i > 39_990 ? i % 10 < 6 : i % 1000 < 2;
    return damage(`v${1 + (i % 2)},${!failed},${100 + (i % 83)}`, i);
  });
  return `arm,success,latencyMs\n${rows.join("\n")}\n`;
}

describe("a stray quote", () => {
  it.each([
    ["that nothing closes", (row: string, i: number) => (i === 39_988 ? `"${row}` : row), 1],
    ["before a value", (row: string, i: number) => (i === 39_988 ? row.replace(/,(\d+)$/u, ',"$1') : row), 1],
    ["and another, 10,000 rows later", (row: string, i: number) => (i === 30_000 || i === 40_000 ? `"${row}` : row), 2],
  ])("%s costs its own line, and the harm behind it is seen", async (_, damage, lost) => {
    for (const size of [4096, 1 << 20]) {
      const decision = assess(await read(readCsv, rowsWith(damage), mapping, size), policy);
      expect(decision.quality.rows).toBe(60_000);
      expect(decision.quality.rejected).toEqual({ "unterminated-quote": lost });
      expect(decision.decision).toBe("rollback");
    }
  });

  it("and another, with a row between them that lacks columns, cost their own lines", async () => {
    const decision = assess(
      await read(
        readCsv,
        rowsWith((row, i) => (i === 100 || i === 112 ? row.replace(/,(\d+)$/u, ',"$1') : i === 105 ? "v1,true" : row)),
      ),
      policy,
    );
    expect(decision.quality.rejected).toEqual({ "unterminated-quote": 2, "column-count": 1 });
    const twice = rowsWith((row, i) => (i === 100 || i === 112 ? `"${row}` : i === 105 ? "v1,true" : row));
    expect(assess(await read(readCsv, twice), policy).quality.rejected).toEqual({
      "unterminated-quote": 2,
      "column-count": 1,
    });
  });

  it("in a header is refused in one screen, with the line", async () => {
    await expect(read(readCsv, `arm,"success,latencyMs\n${"v1,true,5\n".repeat(30_000)}`)).rejects.toThrow(
      /^Cannot read the records: the header, line 1 of log, must be without a quote that is not closed.{0,200}$/u,
    );
  });
});

describe("a text over several lines", () => {
  it("stays one value", async () => {
    const [batch] = await read(
      readCsv,
      'arm,success,latencyMs,note\nv1,true,5,"two\nlines, and ""more"""\nv2,true,6,x\n',
    );
    expect(batch?.quality).toMatchObject({ rows: 2, accepted: 2, rejected: {} });
  });
});

describe("columns and keys that come twice", () => {
  it("are refused when they are mapped", async () => {
    await expect(read(readCsv, "arm,success,latencyMs,latencyMs\nv1,true,5,6\n")).rejects.toThrow(/comes twice/u);
    const [batch] = await read(readNdjson, '{"arm":"v1","success":true,"success":false,"latencyMs":5}\n');
    expect(batch?.quality.rejected).toEqual({ "repeated-key": 1 });
    const [fine] = await read(readNdjson, '{"arm":"v1","success":true,"x":{"success":1},"y":1,"y":2,"latencyMs":5}\n');
    expect(fine?.quality.accepted).toBe(1);
  });
});

describe("identifiers", () => {
  it.each([
    ["NDJSON", readNdjson, (id: string) => `{"arm":"v1","success":true,"latencyMs":5,"user":${id}}`, ""],
    [
      "NDJSON with an escaped key",
      readNdjson,
      (id: string) => `{"\\u0061rm":"v1","success":true,"latencyMs":5,"user":${id}}`,
      "",
    ],
    ["CSV", readCsv, (id: string) => `v1,true,5,${id}`, "arm,success,latencyMs,user\n"],
  ] as const)("keep every digit in %s", async (_, reader, line, header) => {
    const ids = Array.from({ length: 1499 }, (_, i) => String(123_456_789_012_345_000n + BigInt(i)));
    const by = { fields: { ...mapping.fields, unit: "user" } };
    const batches = await read(reader, `${header}${ids.map(line).join("\n")}\n`, by);
    const found = batches.flatMap(({ unit }) => [...(unit as TextColumn).codes].map((code) => unit?.values[code]));
    expect(found).toEqual(ids);
  });
});

describe("numbers", () => {
  it.each(["0x1F", "1_000", "1,000", "0b1"])("are not made of %s", async (text) => {
    const [batch] = await read(readCsv, `arm,success,latencyMs\nv1,true,"${text}"\n`);
    expect(batch?.damage).toEqual({ v1: { rejected: 0, unusable: { latencyMs: 1 } } });
  });
});

describe("the format", () => {
  const object = '{"arm":"v1","success":true,"latencyMs":5}\n';
  it.each([
    [`server listening on :8080\n${object.repeat(3)}`, "ndjson"],
    [`[info] started\n${object.repeat(3)}`, "ndjson"],
    [`{"arm":"v1","succ\n${object.repeat(3)}`, "ndjson"],
    [object, "ndjson"],
    [`[\n ${object}]`, "json"],
    ['{\n "arm": "v1"\n}', "json"],
    ["arm,success\nv1,true\n", "csv"],
  ])("of %j is %s", (text, format) => {
    expect(formatOf(new TextEncoder().encode(text), "log")).toBe(format);
  });

  it("of a text log and of UTF-16 without a mark is refused", () => {
    const of =
      (text: string): (() => string) =>
      () =>
        formatOf(new TextEncoder().encode(text), "log");
    expect(of('[2026-10-10T13:55:36Z] "GET / HTTP/1.1" 200 -\n')).toThrow(
      /NDJSON, a JSON array of objects or a table/u,
    );
    expect(of("a\u0000r\u0000m\u0000")).toThrow(/NUL byte/u);
  });
});
