import { describe, expect, it } from "vitest";
import { analyze, decide, definePolicy, planFor, type RequestRecord, safeRollout, summarize } from "../../src/index.ts";
import { createRandom } from "../../src/math/random.ts";
import { sampleNormal } from "../../src/math/sampling.ts";
import { buildReport, renderText } from "../../src/report/index.ts";

const policy = definePolicy({ ...safeRollout({ control: "v1", treatments: ["v2"] }), minimumSampleSize: 0 });
const start = Date.UTC(2026, 0, 1);

/** Requests over so many minutes; the treatment's latency is multiplied as the minute says. */
function records(minutes: number, armAt: (minute: number) => "v1" | "v2" | null, slower: (minute: number) => number) {
  const random = createRandom(5);
  return Array.from({ length: 12_000 }, (): RequestRecord => {
    const minute = random() * minutes;
    const arm = armAt(minute) ?? (random() < 0.5 ? "v1" : "v2");
    return {
      arm,
      timestamp: start + Math.floor(minute * 60_000),
      success: random() >= 0.003,
      latencyMs: 200 * Math.exp(0.5 * sampleNormal(random)) * (arm === "v2" ? slower(minute) : 1),
    };
  });
}

describe("where nothing may be claimed of an effect", () => {
  it.each([
    [
      "arms-not-side-by-side",
      records(
        60,
        (minute) => (minute < 30 ? "v1" : "v2"),
        () => 1.5,
      ),
      "run both arms at the same time",
    ],
    [
      "dependence-not-resolved",
      records(
        60,
        () => null,
        (minute) => (minute < 40 ? 1 : 3),
      ),
      "wait, or find what made one arm differ",
    ],
  ] as const)("no table and no sentence shows one: %s", (reason, log, advice) => {
    const decision = decide(analyze(summarize(log, planFor(policy)), policy), policy);
    expect(decision.decision).toBe("keep-running");
    const comparison = decision.comparisons[0];
    expect(comparison?.metrics[1]).toMatchObject({ effect: { reason }, anytime: { reason }, fixedHorizon: { reason } });
    for (const { difference, ratio } of comparison?.table.filter(({ name }) => name === "latencyMs") ?? [])
      expect([difference, ratio]).toEqual([null, null]);
    const text = renderText(buildReport(decision, policy), { width: 500 });
    expect(text).toContain(advice);
    expect(text).not.toMatch(/slower|evidence against|in short/u);
  });
});
