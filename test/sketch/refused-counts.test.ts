import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { decodeDDSketch, QuantileSketch } from "../../src/sketch/index.ts";

/** One value in (1, 2], one in (2, 4]. */
const counts = { scale: 0, positive: [{ offset: 0, counts: [1, 1] }] };

describe("counts from elsewhere", () => {
  it("have extremes in the outermost buckets, or next to their edges, and then the edges are kept", () => {
    expect(QuantileSketch.fromCounts({ ...counts, min: 1.5, max: 3 })).toMatchObject({
      min: 1.5,
      max: 3,
      extremesExact: true,
    });
    expect(QuantileSketch.fromCounts({ ...counts, min: 2, max: 4 })).toMatchObject({
      min: 2,
      max: 4,
      extremesExact: true,
    });
    for (const near of [
      { min: 1 - 5e-10, max: 3 },
      { min: 2 + 1e-9, max: 3 },
      { min: 1.5, max: 4 + 3e-9 },
      { min: 1.5, max: 2 - 1e-9 },
    ])
      expect(QuantileSketch.fromCounts({ ...counts, ...near }).extremesExact).toBe(false);
    for (const [field, far] of [
      ["min", { min: 1 - 3e-9, max: 3 }],
      ["min", { min: 2.1, max: 3 }],
      ["max", { min: 1.5, max: 4.1 }],
      ["max", { min: 1.5, max: 1.9 }],
    ] as const) {
      expect(() => QuantileSketch.fromCounts({ ...counts, ...far })).toThrow(
        `${field} must be in the outermost bucket in use`,
      );
    }
    expect(() =>
      QuantileSketch.fromCounts({ scale: 0, positive: [{ offset: 0, counts: [2] }], min: 1.9, max: 1.1 }),
    ).toThrow("min must be at most max 1.1");
    expect(() => QuantileSketch.fromCounts({ scale: 0, min: 1 })).toThrow(
      "min must be absent when there are no values",
    );
  });

  it("have a sum, unknown where infinities leave none", () => {
    expect(QuantileSketch.fromCounts({ ...counts, sum: 4.5 }).sum).toBe(4.5);
    expect(QuantileSketch.fromCounts({ ...counts, sum: [4, 0.5] }).sum).toBe(4.5);
    expect(QuantileSketch.fromCounts({ scale: 0 }).sum).toBe(0);
    expect(QuantileSketch.fromCounts(counts).sum).toMatchObject({ computable: false });
    expect(QuantileSketch.fromCounts({ ...counts, infinityCount: 1, sum: Infinity }).sum).toBe(Infinity);
    expect(
      QuantileSketch.fromCounts({ ...counts, infinityCount: 1, negativeInfinityCount: 1, sum: Number.NaN }).sum,
    ).toMatchObject({ computable: false });
    expect(QuantileSketch.fromCounts({ ...counts, infinityCount: 1, sum: 4.5 }).sum).toBe(Infinity);
    for (const sum of [Number.NaN, [1, Number.NaN], ["1"]])
      expect(() => QuantileSketch.fromCounts({ ...counts, sum: sum as never })).toThrow(
        "sum must be a number or a list of numbers",
      );
  });

  it("as JSON come with their version, their total and their extremes", () => {
    const json = QuantileSketch.fromCounts({ ...counts, min: 1.5, max: 3, sum: 4.5 }).toJSON();
    expect(QuantileSketch.fromJSON(json).toJSON()).toEqual(json);
    for (const [bad, message] of [
      [{ ...json, format: "other" }, 'format must be "assay-quantile-sketch"'],
      [{ ...json, version: 2 }, "version must be 1, current value is 2. Read it with a newer release"],
      [{ ...json, version: "1" }, "version must be 1"],
      [{ ...json, count: 3 }, "count must be the total of the buckets, 2"],
      [{ ...json, min: undefined }, "min and max must be present"],
      [{ ...json, max: undefined }, "min and max must be present"],
      [{ ...json, sum: 4.5 }, "sum must be a list of numbers or null"],
      [{ ...json, sum: [null] }, "sum[0] must be a number"],
      [{ ...json, extremesExact: true }, "extremesExact must be false or absent"],
    ] as const) {
      expect(() => QuantileSketch.fromJSON(bad)).toThrow(message);
      expect(() => QuantileSketch.fromJSON(bad)).toThrow(FormatError);
    }
  });
});

describe("a DDSketch written field by field", () => {
  const double = (field: number, value: number): number[] => [
    8 * field + 1,
    ...new Uint8Array(Float64Array.of(value).buffer),
  ];
  const message = (field: number, bytes: readonly number[]): number[] => [8 * field + 2, bytes.length, ...bytes];
  /** One value under a key, from 0 to 63 as a varint in zigzag. */
  const store = (key: number): number[] => message(1, [8, 2 * key, ...double(2, 1)]);
  const written = ({
    gamma = 2,
    offset = 0,
    key = 3,
    zeros = 0,
    side = 2,
  }: {
    readonly gamma?: number;
    readonly offset?: number;
    readonly key?: number;
    readonly zeros?: number;
    readonly side?: 2 | 3;
  }): Uint8Array =>
    Uint8Array.from([
      ...message(1, [...double(1, gamma), ...double(2, offset)]),
      ...message(side, store(key)),
      ...double(4, zeros),
    ]);
  const bins = (given: Parameters<typeof written>[0], keys: "ceiling" | "floor" = "floor"): unknown => {
    const { lower, upper, count } = decodeDDSketch(written(given), { keys }).bins();
    return [[...lower], [...upper], [...count]].map((column) => column.map((value) => Number(value.toPrecision(12))));
  };

  it("has its buckets where key, offset and kind of key put them", () => {
    expect(bins({})).toEqual([[8], [16], [1]]);
    expect(bins({}, "ceiling")).toEqual([[4], [8], [1]]);
    expect(bins({ offset: 2 })).toEqual([[2], [4], [1]]);
    expect(bins({ side: 3 })).toEqual([[-16], [-8], [1]]);
    // What is as small as the smallest normal double counts as zero.
    expect(bins({ zeros: 5 })).toEqual([
      [-4.45014771701e-308, 8],
      [4.45014771701e-308, 16],
      [5, 1],
    ]);
  });

  it.each([
    [{ gamma: 1 }, "mapping.gamma must be a number above 1 and below 1e6, current value is 1"],
    [{ gamma: 1e6 }, "mapping.gamma must be a number above 1 and below 1e6"],
    [{ gamma: Number.NaN }, "mapping.gamma must be"],
    [{ offset: Number.NaN }, "mapping.indexOffset must be a number, current value is NaN"],
    [{ offset: Infinity }, "mapping.indexOffset must be a finite number"],
    [{ offset: 2000 }, "such that its bucket lies in the range of doubles"],
    [{ offset: -2000 }, "such that its bucket lies in the range of doubles"],
    [{ offset: -1021 }, "such that its bucket lies in the range of doubles"],
    [{ zeros: 0.5 }, "zeroCount"],
  ])("is refused with %o", (given, why) => {
    expect(() => decodeDDSketch(written(given), { keys: "floor" })).toThrow(why);
    expect(() => decodeDDSketch(written(given), { keys: "floor" })).toThrow(FormatError);
  });
});
