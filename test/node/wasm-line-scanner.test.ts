import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import process from "node:process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../src/index.ts";
import { WasmLineScanner } from "../../src/node/wasm/wasm-line-scanner.ts";
import type { RecordBatch } from "../../src/records/batch.ts";
import type { LineAccelerator } from "../../src/records/json/line-accelerator.ts";
import { NdjsonLines } from "../../src/records/json/ndjson.ts";
import type { FieldMapping } from "../../src/records/mapping/fields.ts";

const mapping: FieldMapping = {
  fields: {
    arm: "version",
    timestamp: "at",
    unit: "user",
    requestId: "id",
    success: "ok",
    latencyMs: "ms",
    cost: "cost*1000",
    "segment.region": "region",
  },
};
const encoder = new TextEncoder();
const plainLine = (over: Readonly<Record<string, string>> = {}): string => {
  const values = {
    version: '"v1"',
    at: "1767571200000",
    user: '"u7"',
    other: "-1",
    id: '"r-1"',
    ok: "true",
    ms: "120.5",
    cost: "0.25",
    region: '"eu"',
    ...over,
  };
  return `{${Object.entries(values)
    .map(([name, value]) => `"${name}":${value}`)
    .join(",")}}`;
};

/** All values of the batches, with the texts by their codes, and how many lines were taken by the accelerator. */
function read(
  text: string,
  accelerator?: LineAccelerator,
): { readonly rows: readonly unknown[]; readonly quality: readonly unknown[] } {
  const lines = new NdjsonLines(mapping, "log", { reuse: true, accelerator });
  const rows: unknown[] = [];
  const quality: unknown[] = [];
  const take = (batches: Iterable<RecordBatch>): void => {
    for (const { arm, unit, segments, timestamp, requestId, numbers, length, quality: ofBatch } of batches) {
      quality.push(ofBatch);
      const texts = [arm, unit as RecordBatch["arm"], segments["region"] as RecordBatch["arm"]];
      for (let row = 0; row < length; row++) {
        rows.push([
          ...texts.flatMap(({ codes, values }) => [codes[row], values[codes[row] as number]]),
          timestamp?.[row],
          requestId?.[row],
          ...Object.values(numbers).map((column) => column[row]),
        ]);
      }
    }
  };
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length; at += 1 << 20) take(lines.add(bytes.subarray(at, at + (1 << 20))));
  take(lines.finish());
  take([lines.rest()]);
  return { rows, quality };
}

/** An accelerator that counts what it took. */
class Counting extends WasmLineScanner {
  taken = 0;
  override takeDirect(...given: Parameters<LineAccelerator["takeDirect"]>): number {
    const taken = super.takeDirect(...given);
    this.taken += taken;
    return taken;
  }
}

const scanner = new Counting();

/** Reads with and without, and tells how many lines were taken. */
function taken(lines: readonly string[]): number {
  const text = [...Array.from({ length: 21 }, () => plainLine()), ...lines].join("\n");
  scanner.taken = 0;
  expect(read(text, scanner)).toEqual(read(text));
  return scanner.taken;
}

describe("the scanner in WebAssembly", () => {
  it("is what its source says", () => {
    expect(
      spawnSync(process.execPath, [resolve(import.meta.dirname, "../../scripts/wasm.mjs"), "--check"], {
        encoding: "utf8",
      }),
    ).toMatchObject({ status: 0, stderr: "" });
  });

  it("takes every plain line: numbers, instants in words, missing numbers, ids and texts of any length", () => {
    const values: Readonly<Record<string, string>>[] = [
      { ms: "0" },
      { ms: "123456789012345" },
      { ms: "1.5" },
      { ms: "0.0000000000001" },
      { ms: "12345678.123456" },
      { ms: "null" },
      { cost: "-3.5" },
      { cost: "-0" },
      { other: "null" },
      { other: '"x"' },
      { other: "false" },
      { at: '"2026-01-05T10:11:12Z"' },
      { at: '"2026-12-31 23:59:59.123456"' },
      { at: '"2024-02-28T00:00:00.1Z"' },
      ...[1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 200, 256, 257, 1000].map((length) => ({
        user: `"${"u".repeat(length)}"`,
        id: `"${"i".repeat(length)}"`,
        region: `"${"r".repeat(length)}"`,
        other: `"${"o".repeat(length)}"`,
      })),
    ];
    const lines = values.flatMap((over) => [plainLine(over), plainLine(over)]);
    expect(taken(lines)).toBe(lines.length);
    expect(taken(lines.map((line) => `${line}\r`))).toBe(lines.length);
  });

  it("leaves every other line, and goes on behind it", () => {
    const odd = [
      { ms: "01" },
      { ms: "1." },
      { ms: ".5" },
      { ms: "1e3" },
      { ms: "12345678901234567890" },
      { ms: "-1" },
      { ms: "1 " },
      { ms: '"12"' },
      { ms: "{}" },
      { ms: "tru" },
      { ms: "--1" },
      { ms: "-" },
      { ok: "0" },
      { ok: "null1" },
      { version: '""' },
      { user: "7" },
      { user: '"a\\u0062"' },
      { user: '"\u00e9"' },
      { id: "12" },
      { region: "null" },
      { at: "12" },
      { at: '"2026-02-29T00:00:00Z"' },
      { at: '"2026-04-31T00:00:00Z"' },
      { at: '"2026-01-05T10:11:12+01:00"' },
      { at: '"2026-01-05T24:00:00Z"' },
      { at: '"2026-01-05T10:11:12."' },
      { at: '"2026-01-05"' },
      { other: "[1]" },
    ];
    for (const over of odd) {
      const line = plainLine(over);
      const behind = taken([line, plainLine(), plainLine(), plainLine({ ms: "7" })]);
      expect.soft([line, behind >= 1 && behind <= 3]).toEqual([line, true]);
    }
  });

  it("gives the same for any numbers", () => {
    const number = fc
      .tuple(
        fc.constantFrom("", "-"),
        fc.oneof(fc.bigInt({ min: 0n, max: 10n ** 16n }), fc.bigInt({ min: 0n, max: 10n ** 21n })),
        fc.nat(24),
      )
      .map(([sign, whole, places]) => {
        const text = whole.toString().padStart(places + 1, "0");
        return sign + (places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`);
      });
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 1, maxLength: 50 }),
        (numbers) => void taken(numbers.map((cost) => plainLine({ cost }))),
      ),
      { numRuns: 300 },
    );
  });

  it("takes latencies with all digits of a double", () => {
    const random = createRandom(5);
    const lines = Array.from({ length: 50_000 }, () =>
      plainLine({ ms: String(2000 * random() ** 4), other: String(-random()), cost: (random() / 1e3).toFixed(20) }),
    );
    expect(taken(lines)).toBeGreaterThan(48_000);
  });

  it.each([
    "1234567890123456.",
    "12345678.90123456789.0",
    "0.1234567890123456e3",
    "00.12345678901234567",
    "1234567890.1234567890123",
    "12345678901234567890123",
  ])("leaves %s to the other reader", (ms) => {
    taken([
      ...Array.from({ length: 30 }, () => plainLine()),
      plainLine({ ms }),
      plainLine({ other: ms }),
      ...Array.from({ length: 30 }, () => plainLine()),
    ]);
  });

  it(
    "gives the same texts the same codes: more of them than a batch has rows, than its table holds, and than a " +
      "dictionary does",
    () => {
      const lines = Array.from({ length: 120_000 }, (_, i) =>
        plainLine({
          user: `"user-${(i * 7919) % 90_000}${i % 3 === 0 ? "-with-a-name-that-is-longer-than-sixteen" : ""}"`,
          region: `"region-${i % 50}"`,
          ms: String(i),
        }),
      );
      expect(taken(lines)).toBeGreaterThan(119_000);
    },
  );

  it("leaves a line that is longer than its memory, and what follows is taken again", () => {
    const long = plainLine({ other: `"${"x".repeat(5 << 20)}"` });
    const some = Array.from({ length: 20_000 }, () => plainLine());
    expect(taken([...some, long, ...some, ...some])).toBeGreaterThan(40_000);
  });

  it("begins anew for another reader", () => {
    const more = new Counting();
    const first = read(plainLine({ user: '"a"' }).concat("\n").repeat(50), more);
    const other = Array.from({ length: 50 }, (_, i) => plainLine({ user: `"b${i}"` })).join("\n");
    expect(read(other, more)).toEqual(read(other));
    expect(read(plainLine({ user: '"a"' }).concat("\n").repeat(50), more)).toEqual(first);
  });
});
