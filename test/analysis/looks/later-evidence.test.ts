import { describe, expect, it } from "vitest";
import {
  analyze,
  decide,
  type Decision,
  DecisionSchema,
  definePolicy,
  planFor,
  type PolicyInput,
  summarize,
} from "../../../src/index.ts";
import { buildReport, renderText } from "../../../src/report/index.ts";

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);
const input: PolicyInput = {
  control: "v1",
  treatments: ["v2"],
  monitoring: { kind: "group-sequential", looks: 2, spending: { kind: "obrien-fleming" } },
  minimumSampleSize: 1000,
  maximumSampleSize: 10_000,
  metrics: [
    {
      name: "success_rate",
      kind: "proportion",
      field: "success",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.01 },
      rollbackWhen: { worseBy: { absolute: 0.02 } },
    },
  ],
};

/** 1,000 records of each arm an hour; the treatment fails more often in some hours. */
function decided(
  hours: number,
  failures: (hour: number) => number,
  over: Partial<PolicyInput> = {},
): { decision: Decision; text: string } {
  const rows = [];
  for (let h = 0; h < hours; h++)
    for (let i = 0; i < 1000; i++)
      for (const arm of ["v1", "v2"])
        rows.push({ arm, timestamp: start + h * hour + i, success: i >= (arm === "v1" ? 10 : failures(h)) });
  const policy = definePolicy({ ...input, ...over });
  const decision = decide(analyze(summarize(rows as never, planFor(policy)), policy), policy);
  DecisionSchema.parse(JSON.parse(JSON.stringify(decision)));
  return { decision, text: renderText(buildReport(decision, policy), { width: 200 }) };
}

describe("records after the end of the plan", () => {
  it("do not decide, are counted apart, and are told to contradict a SHIP", () => {
    const { decision, text } = decided(25, (h) => (h < 10 ? 10 : 200));
    expect(decision.decision).toBe("ship");
    const [comparison] = decision.comparisons;
    expect(comparison?.sample).toMatchObject({ control: 10_000, treatment: 10_000, laterRecords: 30_000 });
    expect(comparison?.metrics[0]?.treatment.n).toBe(10_000);
    expect(decision.warnings).toContainEqual(
      expect.objectContaining({
        code: "later-records-contradict",
        metric: "success_rate",
        what: "rollback-rule",
        records: 30_000,
      }),
    );
    expect(text).toContain("records: v1 10,000, v2 10,000 (minimum reached); 30,000 came after the planned look");
    expect(text).toContain("they contradict the verdict: in them v2 meets its rollback rule");
  });

  it("contradict a ROLL BACK when the goal is reached in them", () => {
    const { decision } = decided(25, (h) => (h < 10 ? 200 : 10));
    expect(decision.decision).toBe("rollback");
    expect(decision.warnings).toContainEqual(
      expect.objectContaining({ code: "later-records-contradict", what: "goal-reached" }),
    );
  });

  it("are no warning where they agree, or before the final look", () => {
    for (const { decision } of [decided(25, () => 10), decided(8, (h) => (h < 5 ? 10 : 200))])
      expect(decision.warnings.map(({ code }) => code)).not.toContain("later-records-contradict");
  });
});

describe("forecasts know the plan", () => {
  it("says that it will end inconclusive where the plan is too short", () => {
    const { decision, text } = decided(6, () => 17);
    expect(decision.decision).toBe("keep-running");
    const forecast = decision.comparisons[0]?.forecast;
    expect(forecast?.beyondPlan).toBe("maximum-sample");
    expect(text).toMatch(
      /will end inconclusive: shipping needs about [\d,]+ records .* the plan ends at 10,000 per arm/u,
    );
    expect(text).not.toContain("may ship at");
  });

  it("says never where the estimate misses the goal, and when it may ship otherwise", () => {
    const { decision, text } = decided(6, () => 22);
    expect(decision.decision).toBe("keep-running");
    expect(decision.comparisons[0]?.forecast).toBeNull();
    expect(text).toContain("as things stand v2 never ships: the estimates of success_rate miss the goal");
    const open = decided(2, () => 14, { monitoring: { kind: "anytime" }, maximumSampleSize: null });
    expect(open.decision.comparisons[0]?.forecast?.beyondPlan).toBeNull();
    expect(open.text).toContain("v2 may ship at about");
  });

  it("says nothing before the first look, where nothing is judged", () => {
    const { decision, text } = decided(2, () => 900);
    expect(decision.decision).toBe("keep-running");
    expect(decision.comparisons[0]?.metrics[0]?.verdict).toEqual({ goal: "waiting", rollbackRule: "waiting" });
    expect(decision.comparisons[0]?.metrics[0]?.rules[0]?.claim).not.toMatchObject({ established: true });
    expect(decision.comparisons[0]?.harmForecast).toBeNull();
    expect(text).toContain("not judged before the look");
    expect(text).not.toMatch(/roll back|harm is established|in short|strongest evidence/u);
  });
});
