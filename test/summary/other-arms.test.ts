import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSummarizer, mergeSummaries } from "../../src/index.ts";
import { mostOtherArms, OtherArms, restOfArms } from "../../src/summary/other-arms.ts";
import { plan } from "../node/sample-log.ts";

function counted(names: readonly string[]): Readonly<Record<string, number>> {
  const arms = new OtherArms();
  for (const name of names) arms.add(name, 1);
  return arms.build();
}

describe("OtherArms", () => {
  it("loses no record, keeps a bounded number of names, and does not depend on order or on merging", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 200 }).map(String), { maxLength: 400 }),
        fc.nat(400),
        (names, cut) => {
          const whole = counted(names);
          expect(Object.values(whole).reduce((sum, count) => sum + count, 0)).toBe(names.length);
          expect(Object.keys(whole).length).toBeLessThanOrEqual(mostOtherArms + 1);
          expect(counted([...names].reverse())).toEqual(whole);
          const merged = new OtherArms();
          for (const part of [counted(names.slice(cut)), counted(names.slice(0, cut))])
            for (const [name, count] of Object.entries(part)) merged.add(name, count);
          expect(merged.build()).toEqual(whole);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("counts exactly while the names are few", () => {
    expect(counted(["b", "a", "b"])).toEqual({ a: 1, b: 2 });
  });

  it("bounds the summary of records whose arm is a name of its own each", () => {
    const names = Array.from({ length: 5000 }, (_, i) => `request-${i}`);
    const batch = (values: readonly string[]): Parameters<ReturnType<typeof createSummarizer>["addBatch"]>[0] => ({
      length: values.length,
      arm: { codes: Int32Array.from(values, (_, i) => i), values },
      timestamp: null,
      unit: { codes: new Int32Array(values.length), values: ["u"] },
      requestId: null,
      numbers: { success: new Float64Array(values.length), latencyMs: new Float64Array(values.length) },
      segments: {},
      quality: {
        rows: values.length,
        accepted: values.length,
        filtered: 0,
        subSamples: 0,
        rejected: {},
        samples: [],
        missing: {},
      },
    });
    const parts = [names.slice(0, 2000), names.slice(2000)].map((part) => {
      const summarizer = createSummarizer(plan);
      summarizer.addBatch(batch(part));
      return summarizer.summary();
    });
    const { otherArms } = mergeSummaries(parts).quality;
    expect(Object.keys(otherArms)).toHaveLength(mostOtherArms + 1);
    expect(otherArms[restOfArms]).toBe(5000 - mostOtherArms);
  });
});
