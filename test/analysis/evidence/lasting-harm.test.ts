import { describe, expect, it } from "vitest";
import type { RuleEvidence } from "../../../src/analysis/analysis.ts";
import {
  analyze,
  decide,
  definePolicy,
  planFor,
  type RequestRecord,
  safeRollout,
  summarize,
} from "../../../src/index.ts";
import { createRandom } from "../../../src/math/random.ts";
import { sampleNormal } from "../../../src/math/sampling.ts";
import { millisecondsPerHour } from "../../../src/time.ts";

const start = Date.UTC(2026, 0, 1);
const policy = definePolicy(safeRollout({ control: "v1", treatments: ["v2"] }));

/** What is wrong with the treatment at an hour since the start: failures, and by what its latency is multiplied. */
interface Harm {
  readonly failures?: number;
  readonly latency?: number;
}

function rulesAfter(
  hours: number,
  harmAt: (hour: number) => Harm,
  seed = 1,
  perHour = 1500,
): Readonly<Record<string, RuleEvidence>> {
  const random = createRandom(seed);
  const records: RequestRecord[] = Array.from({ length: hours * perHour * 2 }, () => {
    const hour = random() * hours;
    const arm = random() < 0.5 ? "v1" : "v2";
    const { failures = 0.003, latency = 1 } = arm === "v2" ? harmAt(hour) : {};
    return {
      arm,
      timestamp: start + Math.floor(hour * millisecondsPerHour),
      success: random() >= failures,
      latencyMs: 200 * Math.exp(0.5 * sampleNormal(random)) * latency,
    };
  });
  const summary = summarize(records, planFor(policy));
  const analysis = analyze(summary, policy);
  const metrics = analysis.comparisons[0]?.metrics ?? [];
  const established = metrics.some(({ rules }) =>
    rules.some(({ claim }) => "established" in claim && claim.established),
  );
  expect(decide(analysis, policy).decision === "rollback").toBe(established);
  return Object.fromEntries(metrics.map(({ metric, rules }) => [metric, rules[0] as RuleEvidence]));
}

const isEstablished = ({ claim }: RuleEvidence): boolean => "established" in claim && claim.established;
const late = (from: number, harm: Harm) => (hour: number) => (hour < from ? {} : harm);

describe("harm that begins late", () => {
  it("in failures is rolled back by the records since then", () => {
    const { success_rate: rule } = rulesAfter(16, late(12, { failures: 0.05 }));
    expect(isEstablished(rule as RuleEvidence)).toBe(true);
    expect(rule?.since).toBe(start + 12 * millisecondsPerHour);
    expect(rule?.confidence?.value).toBeLessThan(0.99);
    expect(rule?.confidence?.side).toBe("upper");
  });

  it("in latency too", () => {
    const { latency_p99: rule } = rulesAfter(16, late(12, { latency: 2.5 }));
    expect(isEstablished(rule as RuleEvidence)).toBe(true);
    expect(rule?.since).toBe(start + 12 * millisecondsPerHour);
    expect(rule?.confidence?.value).toBeGreaterThan(1.5);
  });

  it("for less than two hours is not told from an incident of one arm's servers, unless nearly all fails", () => {
    for (let seed = 1; seed <= 3; seed++) {
      const incident = rulesAfter(13, late(12, { failures: 0.05, latency: 2.5 }), seed);
      expect(isEstablished(incident["success_rate"] as RuleEvidence)).toBe(false);
      expect(isEstablished(incident["latency_p99"] as RuleEvidence)).toBe(false);
    }
    const { success_rate: rule } = rulesAfter(4, late(3, { failures: 0.4 }));
    expect(isEstablished(rule as RuleEvidence)).toBe(true);
  });

  it("never established where there is none, or where what there was is over", () => {
    for (let seed = 1; seed <= 3; seed++) {
      for (const harm of [late(100, {}), (hour: number) => (hour > 4 && hour < 5 ? { failures: 0.05 } : {})]) {
        const rules = rulesAfter(16, harm, seed, 600);
        expect(Object.values(rules).some(isEstablished)).toBe(false);
      }
    }
  });

  it("is looked for in the records since its start only where all records can't tell", () => {
    const { success_rate: rule } = rulesAfter(12, () => ({ failures: 0.05 }));
    expect(isEstablished(rule as RuleEvidence)).toBe(true);
    expect(rule?.since).toBeUndefined();
  });
});
