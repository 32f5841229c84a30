import { describe, expect, it } from "vitest";
import { analyze, decodeSummary, definePolicy, encodeSummary, planFor, safeRollout } from "../../src/index.ts";
import { mergeSummaries, type RequestRecord, summarize } from "../../src/index.ts";
import { readNdjson } from "../../src/index.ts";
import { createSummarizer } from "../../src/index.ts";
import { createRandom } from "../../src/math/random.ts";
import { sampleNormal } from "../../src/math/sampling.ts";

const policy = definePolicy(safeRollout({ control: "v1", treatments: ["v2"] }));
const plan = planFor(policy);

/** Requests that pods answer, each of a speed and a failure rate of its own; the versions do not differ. */
function fromPods(pods: number, seed: number, count = 10_000): RequestRecord[] {
  const random = createRandom(seed);
  const speed = Array.from({ length: 2 * pods }, () => Math.exp(0.5 * sampleNormal(random)));
  const failures = Array.from({ length: 2 * pods }, () => 0.01 * Math.exp(0.3 * sampleNormal(random)));
  return Array.from({ length: count }, (_, i) => {
    const pod = Math.floor(random() * 2 * pods);
    return {
      arm: pod < pods ? "v1" : "v2",
      timestamp: Date.UTC(2026, 0, 1) + i * 4000,
      instance: `pod-${pod}`,
      success: random() >= (failures[pod] as number),
      latencyMs: 200 * Math.exp(0.5 * sampleNormal(random)) * (speed[pod] as number),
    };
  });
}

describe("instances", () => {
  it("are kept by arm, in any order, and read back", () => {
    const records = fromPods(3, 1, 3000);
    const summary = summarize(records, plan);
    expect(summary.instances.map(({ arm, buckets }) => [arm, buckets.map(({ key }) => key)])).toEqual([
      ["v1", ["pod-0", "pod-1", "pod-2"]],
      ["v2", ["pod-3", "pod-4", "pod-5"]],
    ]);
    for (const { buckets } of summary.instances)
      for (const { key, records: count } of buckets)
        expect(count).toBe(records.filter(({ instance }) => instance === key).length);
    const parts = [records.filter((_, i) => i % 3 !== 0).reverse(), records.filter((_, i) => i % 3 === 0)];
    const merged = mergeSummaries(parts.map((part) => summarize(part, plan)));
    expect(JSON.parse(encodeSummary(merged)).instances).toEqual(JSON.parse(encodeSummary(summary)).instances);
    expect(decodeSummary(encodeSummary(summary)).instances).toEqual(summary.instances);
  });

  it("are read from a file like any other field; a request may lack its own", async () => {
    const lines = fromPods(2, 2, 500).map((record, i) =>
      JSON.stringify({ ...record, instance: i % 10 === 0 ? undefined : record.instance }),
    );
    const source = new Blob([lines.join("\n")]).stream();
    const mapping = {
      fields: {
        arm: "arm",
        timestamp: "timestamp",
        instance: "instance",
        success: "success",
        latencyMs: "latencyMs",
      },
    };
    const summarizer = createSummarizer(plan);
    for await (const batch of readNdjson(source, mapping, "pods")) summarizer.addBatch(batch);
    const { instances, quality } = summarizer.summary();
    expect(quality.records.accepted).toBe(500);
    expect(instances.flatMap(({ buckets }) => buckets).reduce((sum, own) => sum + own.records, 0)).toBe(450);
  });

  it("that differ are not taken for the version: 3 pods an arm claim nothing in 12 runs of 12", () => {
    let [blind, seen] = [0, 0];
    for (let seed = 1; seed <= 12; seed++) {
      const records = fromPods(3, seed);
      const claims = (own: readonly RequestRecord[]): boolean =>
        (analyze(summarize(own, plan), policy).comparisons[0]?.metrics ?? []).some(({ effect }) => {
          if (!("interval" in effect)) return false;
          const none = effect.kind === "ratio" ? 1 : 0;
          return (effect.interval[0] ?? -Infinity) > none || (effect.interval[1] ?? Infinity) < none;
        });
      if (claims(records)) seen++;
      if (claims(records.map(({ instance: _, ...rest }) => rest))) blind++;
    }
    // Without instances most of such runs find an effect.
    expect(blind).toBeGreaterThan(5);
    expect(seen).toBeLessThanOrEqual(1);
  });
});
