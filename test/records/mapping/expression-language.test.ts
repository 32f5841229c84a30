import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchesFromRows, readCsv, readNdjson, type RecordBatch } from "../../../src/index.ts";
import { type Expression, printExpression } from "../../../src/records/mapping/expression-tree.ts";
import { parseExpression } from "../../../src/records/mapping/expression.ts";
import { parseTree } from "../../../src/records/mapping/parse-tree.ts";
import {
  drawnCondition,
  drawnNumber,
  type DrawnRow,
  drawnRows,
  drawnText,
  obviousValue,
} from "../../helpers/drawn-expressions.ts";

/** A value as a record keeps it: a number that can't be used is missing, a missing text is absent. */
interface Kept {
  readonly success: number;
  readonly value: number | null;
  readonly segment: string | null;
}

function kept(batches: readonly RecordBatch[]): Kept[] {
  return batches.flatMap(({ length, numbers, segments }) =>
    Array.from({ length }, (_, at) => {
      const value = numbers["value"]?.[at] as number;
      const code = segments["s"]?.codes[at] as number;
      return {
        success: numbers["success"]?.[at] as number,
        value: Number.isNaN(value) ? null : value,
        segment: code < 0 ? null : (segments["s"]?.values[code] as string),
      };
    }),
  );
}

async function read(batches: AsyncIterable<RecordBatch>): Promise<Kept[]> {
  const all: RecordBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return kept(all);
}

/** Bytes in pieces, so that lines are cut. */
async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 50) yield await Promise.resolve(bytes.subarray(at, at + 50));
}

const names = ["n", "m", "t", "u", "b"] as const;
const csvOf = (rows: readonly DrawnRow[]): string =>
  ["arm,n,m,t,u,b", ...rows.map((row) => `v1,${names.map((name) => String(row[name] ?? "")).join(",")}`)].join("\n");
const ndjsonOf = (rows: readonly DrawnRow[]): string =>
  rows.map((row) => JSON.stringify({ arm: "v1", ...row })).join("\n");

/** To 14 digits: a division by a number is a multiplication where the column is only scaled. */
function finite(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(14)) + 0 : null;
}

describe("expressions", () => {
  it("read back as they are printed", () => {
    fc.assert(
      fc.property(fc.oneof(drawnCondition, drawnNumber, drawnText), (tree) => {
        const constant = printExpression(tree).match(/"[nmtub]"/u) === null;
        if (!constant) expect(parseTree(printExpression(tree))).toEqual(tree);
      }),
      { numRuns: 500 },
    );
  });

  it("give each reader the records of a slow and obvious evaluator", async () => {
    await fc.assert(
      fc.asyncProperty(drawnCondition, drawnNumber, drawnText, drawnRows, async (condition, number, text, rows) => {
        const ofColumns = (tree: Expression): boolean => /"[nmtub]"/u.test(printExpression(tree));
        // A column times zero is refused: whoever writes it means another number.
        fc.pre([condition, number].every(ofColumns) && !/^"[nm]" [*/] 0$/u.test(printExpression(number)));
        const mapping = {
          fields: {
            arm: "arm",
            success: printExpression(condition),
            value: printExpression(number),
            "segment.s": printExpression(text),
          },
        };
        const expected = rows.map((row) => ({
          success: Number(obviousValue(condition, row)),
          value: finite(obviousValue(number, row)),
          segment: obviousValue(text, row),
        }));
        const plain = (all: readonly Kept[]): Kept[] => all.map((one) => ({ ...one, value: finite(one.value) }));
        expect(
          plain(
            kept([
              ...batchesFromRows(
                rows.map((row) => ({ arm: "v1", ...row })),
                mapping,
              ),
            ]),
          ),
        ).toEqual(expected);
        expect(plain(await read(readNdjson(pieces(ndjsonOf(rows)), mapping, "log")))).toEqual(expected);
        expect(plain(await read(readCsv(pieces(csvOf(rows)), mapping, "log")))).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it("filter rows in where", () => {
    const rows = [1, 2, 3, 4].map((n) => ({ arm: "v1", n }));
    const batches = [...batchesFromRows(rows, { fields: { arm: "arm", n: "n" }, where: ["n > 1 and n in (1, 2, 4)"] })];
    expect(batches.flatMap(({ numbers }) => [...(numbers["n"] as Float64Array)])).toEqual([2, 4]);
    expect(batches[0]?.quality.filtered).toBe(2);
  });
});

describe("functions", () => {
  const one = (expression: string, row: Readonly<Record<string, unknown>>): unknown => {
    const fields = { arm: "arm", value: expression };
    const [batch] = [...batchesFromRows([{ arm: "v1", ...row }], { fields })];
    const value = batch?.numbers["value"]?.[0] as number;
    return Number.isNaN(value)
      ? Object.keys(batch?.damage?.["v1"]?.unusable ?? {}).length > 0
        ? "unusable"
        : null
      : value;
  };

  it.each([
    ["duration(took)", { took: "60.407ms" }, 60.407],
    ["duration(took)", { took: "0.06s" }, 60],
    ["duration(took)", { took: "1m2s" }, 62_000],
    ["duration(took)", { took: "1h 2m" }, 3_720_000],
    ["duration(took)", { took: "1500us" }, 1.5],
    ["duration(took)", { took: "250µs" }, 0.25],
    ["duration(took)", { took: "7ns" }, 0.000_007],
    ["duration(took)", { took: "-1s" }, -1000],
    ["duration(took)", { took: "-" }, "unusable"],
    ["duration(took)", { took: "5" }, "unusable"],
    ["duration(took)", { took: "" }, null],
    ["duration(took)", { took: null }, null],
    ["time(end) - time(start)", { start: "2026-01-05T09:12:44.120Z", end: "2026-01-05T09:12:45Z" }, 880],
    ["time(end) - time(start)", { start: "[10/Oct/2026:13:55:36 -0700]", end: "2026/10/10 20:55:37" }, 1000],
    ["time(end) - time(start)", { start: "yesterday", end: "2026-10-10" }, "unusable"],
    ["json(body).ms * 2", { body: '{"ms": 21}' }, 42],
    ['json(body).usage."total.ms"', { body: '{"usage":{"total.ms":"7.5"}}' }, 7.5],
    ["json(body).items.1.ms", { body: '{"items":[{"ms":1},{"ms":2}]}' }, 2],
    ["json(body).ms", { body: "no JSON" }, null],
    ["json(body).ms", { body: { ms: 5 } }, 5],
    ["coalesce(a, b) * 1000", { a: null, b: 2 }, 2000],
    ["coalesce(a, b, 7)", { a: "", b: null }, 7],
    ["a + b", { a: 1, b: "" }, null],
    ["a + b", { a: 1, b: "x" }, "unusable"],
    ["a / b", { a: 1, b: 0 }, "unusable"],
    ["a - b", { a: "5", b: "3.5" }, 1.5],
    ['labels."app.version" * 1', { labels: { "app.version": 3 } }, 3],
    ["labels.app.version", { labels: { "app.version": 3 } }, 3],
    ["http_status(status)", { status: 0 }, 0],
    ["http_status(status)", { status: "" }, 0],
    ["http_status(status)", { status: 499 }, 1],
    ["http_status(status)", { status: 500 }, 0],
    ["http_status(status)", { status: "302" }, 1],
    ["http_status(status)", { status: 99 }, 0],
  ] as const)("%s of %j is %j", (expression, row, expected) => {
    const value = one(expression, row);
    if (typeof expected === "number") expect(value).toBeCloseTo(expected, 12);
    else expect(value).toBe(expected);
  });
});

describe("what was valid before the language", () => {
  it.each([
    ["http-status < 500", ["http-status"], { kind: "comparison", column: "http-status", operator: "<", literal: 500 }],
    ["latency (ms)*1000", ["latency (ms)"], { kind: "column", column: "latency (ms)", factor: 1000 }],
    ["end - start", ["end - start", "end", "start"], { kind: "column", column: "end - start", factor: 1 }],
    ["end-start", ["end-start", "end", "start"], { kind: "column", column: "end-start", factor: 1 }],
    ["lower(model)", ["lower(model)"], { kind: "column", column: "lower(model)", factor: 1 }],
    [
      "salt and pepper == x",
      ["salt and pepper"],
      { kind: "comparison", column: "salt and pepper", operator: "==", literal: "x" },
    ],
    ["a,b*2", ["a,b"], { kind: "column", column: "a,b", factor: 2 }],
    ["day == 2026-01-05", ["day"], { kind: "comparison", column: "day", operator: "==", literal: "2026-01-05" }],
    [
      "url=https://a.b/c?d=e",
      ["url"],
      { kind: "comparison", column: "url", operator: "==", literal: "https://a.b/c?d=e" },
    ],
    ["ok == true", ["ok"], { kind: "comparison", column: "ok", operator: "==", literal: "true" }],
    ["state == not found", ["state"], { kind: "comparison", column: "state", operator: "==", literal: "not found" }],
    ["5", ["5"], { kind: "column", column: "5", factor: 1 }],
  ] as const)("%s keeps its meaning", (text, known, expression) => {
    expect(parseExpression(text, "field", known)).toEqual(expression);
  });

  it("takes a hyphen for a minus where only the columns beside it exist", () => {
    expect(parseExpression("end-start", "latencyMs", ["end", "start"])).toMatchObject({
      kind: "computed",
      tree: { kind: "arithmetic", operator: "-" },
    });
  });
});

describe("errors", () => {
  it.each([
    ["a + * b", 5, "a column, a number or a function", undefined],
    ["lowr(model) == x", 1, "a function", "Did you mean lower?"],
    ["status == 200 or 201", 18, "a condition", "status in (200, 204)"],
    ["a == 1 && b == 2", 8, "an operator", "Write and, or, not"],
    ['matches(path, "(a+")', 16, "a ) that closes the group", undefined],
    ["matches(path, '(?=a)')", 17, "a plain group", undefined],
    ["starts_with(path, api)", 19, "a text in quotes", undefined],
    ['status < "500"', 10, "a number or a column", "without quotes"],
    ["name like 'x'", 11, "an operator", "contains(COLUMN"],
  ] as const)("of %s point at character %i", (text, at, expected, hint) => {
    let message = "";
    try {
      parseExpression(text, "success");
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(`at character ${at},`);
    expect(message).toContain(expected);
    if (hint !== undefined) expect(message).toContain(hint);
    const lines = message.split("\n");
    expect((lines.at(-1) as string).indexOf("^") - 2).toBe(at - 1);
  });
});
