import { describe, expect, it } from "vitest";
import { definePolicy, parsePolicy } from "../../src/policy/define.ts";
import { explainPolicy } from "../../src/policy/explain.ts";
import type { Metric } from "../../src/policy/policy.ts";
import { canary, policyPresets, safeRollout } from "../../src/policy/presets.ts";

const arms = { control: "v1", treatments: ["v2"] };
const base = safeRollout(arms);

describe("presets", () => {
  it.each(Object.entries(policyPresets))(
    "%s is a policy without contradictions, and can be explained",
    (_name, preset) => {
      const sentences = explainPolicy(definePolicy(preset(arms)));
      expect(sentences[0]).toBe("v2 wants to replace v1.");
      expect(sentences.join(" ")).toMatch(/Ships only when .* Rolls back as soon as .* The chance of ever shipping/u);
    },
  );
});

describe("canary", () => {
  it("is looked at over the requests it is planned for, and cannot need more than those", () => {
    const small = definePolicy(canary({ ...arms, requestsPerArm: 200 }));
    expect(small).toMatchObject({
      maximumSampleSize: 200,
      minimumSampleSize: 200,
      monitoring: { kind: "group-sequential" },
    });
    expect(explainPolicy(small).join(" ")).toContain("60 %, 70 %, 80 %, 90 %, 100 % of 200 requests per arm");
    expect(definePolicy(canary(arms))).toMatchObject({ maximumSampleSize: 10_000, minimumSampleSize: 2_000 });
  });

  it.each([0, -1, 0.5, Number.NaN, Infinity])("refuses %s requests per arm", (requestsPerArm) => {
    expect(() => canary({ ...arms, requestsPerArm })).toThrow(
      /^Cannot plan the canary: requestsPerArm must be a whole number from 1/u,
    );
  });
});

describe("explainPolicy", () => {
  it("says floors, planned looks, cycles and exactness in words", () => {
    const [success] = base.metrics;
    const sentences = explainPolicy(
      definePolicy({
        ...base,
        cycleHours: 168,
        minimumCycles: 2,
        maximumSampleSize: 40_000,
        monitoring: { kind: "group-sequential", looks: [0.25, 1], spending: { kind: "pocock" } },
        metrics: [{ ...(success as Metric), floor: 0.995 }],
      }),
    ).join(" ");
    expect(sentences).toContain("success_rate of the treatment is at least 99.5 %");
    expect(sentences).toContain("2 planned looks, at 25 %, 100 % of 40,000 requests per arm");
    expect(sentences).toContain("2 whole cycles of 168 hours");
  });
});

describe("contradictions of the newer fields", () => {
  const [success, latency] = base.metrics;
  const cost = {
    name: "cost",
    kind: "cost",
    inputTokens: "in",
    outputTokens: "out",
    prices: { v1: { inputPerMillion: 1, outputPerMillion: 2 } },
    better: "lower",
    role: "secondary",
  };
  const looks = { kind: "group-sequential", looks: 3, spending: { kind: "obrien-fleming" } };
  const refused: [string, object, string, string][] = [
    ["planned looks of no sample", { monitoring: looks }, "maximumSampleSize", "looks-of-no-sample"],
    [
      "looks out of order",
      { maximumSampleSize: 20_000, monitoring: { ...looks, looks: [0.5, 0.25, 1] } },
      "monitoring.looks[1]",
      "looks-out-of-order",
    ],
    [
      "looks that don't end at 1",
      { maximumSampleSize: 20_000, monitoring: { ...looks, looks: [0.25, 0.5] } },
      "monitoring.looks[1]",
      "looks-without-end",
    ],
    ["exactness with units", { guarantee: "exact", unit: "user" }, "guarantee", "exact-with-units"],
    ["exactness at one look", { guarantee: "exact", monitoring: { kind: "fixed" } }, "guarantee", "exact-at-looks"],
    [
      "exactness of a mean",
      { guarantee: "exact", metrics: [{ ...latency, kind: "mean", probability: undefined }] },
      "metrics[0].kind",
      "exact-not-possible",
    ],
    ["an arm without price", { metrics: [success, cost] }, "metrics[1].prices", "arm-without-price"],
    [
      "a floor where lower is better",
      { metrics: [{ ...latency, floor: 10 }] },
      "metrics[0].floor",
      "limit-against-direction",
    ],
    ["a floor in percent", { metrics: [{ ...success, floor: 99 }] }, "metrics[0].floor", "level-impossible"],
    [
      "a floor below the level that rolls back",
      { metrics: [{ ...success, floor: 0.98 }] },
      "metrics[0].rollbackWhen.below",
      "rolls-back-what-ships",
    ],
    ["cycles of no length", { cycleHours: null, minimumCycles: 1 }, "cycleHours", "cycles-of-no-length"],
    [
      "more cycles than the window holds",
      { start: "2026-01-05T00:00:00Z", end: "2026-01-06T00:00:00Z", cycleHours: 168, minimumCycles: 1 },
      "minimumCycles",
      "never-long-enough",
    ],
  ];
  it.each(refused)("refuses %s", (_name, change, field, code) => {
    const policy = JSON.parse(JSON.stringify({ ...base, ...change })) as unknown;
    let error: unknown;
    try {
      parsePolicy(policy);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code, field });
  });
});
