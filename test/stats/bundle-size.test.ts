import { beforeAll, describe, expect, it } from "vitest";
// @ts-expect-error a plain script without types
import { exportedValues, sizesOf } from "../../scripts/bundle-sizes.mjs";

interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly packages: readonly string[];
}

const measured = async (entry: string): Promise<Size[]> =>
  (await sizesOf(entry, await exportedValues(entry))) as Size[];

describe("what a function costs, bundled alone", () => {
  let stats: Size[];
  let sketch: Size[];
  beforeAll(async () => {
    [stats, sketch] = [await measured("stats"), await measured("sketch")];
  });

  it("is at most 10 kB for every statistic, minified and gzipped", () => {
    expect(stats.length).toBeGreaterThan(80);
    expect(stats.filter(({ bytes }) => bytes > 10_000)).toEqual([]);
    expect(stats.find(({ name }) => name === "newcombeInterval")?.bytes).toBeLessThan(5_000);
  });

  it("is at most 16 kB for every function of sketches", () => {
    expect(sketch.length).toBeGreaterThan(20);
    expect(sketch.filter(({ bytes }) => bytes > 16_000)).toEqual([]);
  });

  it("brings no package but the sums of simple-statistics and the reader of protobuf", () => {
    const packages = (sizes: readonly Size[]): string[] => [...new Set(sizes.flatMap((size) => size.packages))];
    expect(packages(stats)).toEqual(["simple-statistics"]);
    expect(packages(sketch)).toEqual(["@bufbuild/protobuf"]);
  });
});
