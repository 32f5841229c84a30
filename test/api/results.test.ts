import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkResults, policyFromExperiment, ResultsError, summarizeResults } from "../../src/api/index.ts";
import type { Experiment, ExperimentResults, PulledExperiment } from "../../src/api/index.ts";
import { analyze, decide, isNotComputable, planFor } from "../../src/index.ts";
import type { Policy, QuantileSketch } from "../../src/index.ts";
import { anExperiment } from "./odd-server.ts";

const read = (name: string): ExperimentResults =>
  JSON.parse(readFileSync(new URL(`../../fixtures/api/${name}.json`, import.meta.url), "utf8")) as ExperimentResults;
const experiment: Experiment = {
  ...anExperiment,
  success_metrics: {
    primary: "latency_p99",
    secondary: ["success_rate", "user_satisfaction_score"],
    minimum_sample_size: 5000,
  },
};
const policy = policyFromExperiment(experiment);
const plan = planFor(policy);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(ResultsError);
    return (error as ResultsError).code;
  }
  return "none";
}

function histogram(values: readonly number[]): NonNullable<ExperimentResults["control"]["latency_histogram"]> {
  const scale = 3;
  const counts = new Map<number, number>();
  for (const value of values) {
    const index = Math.ceil(Math.log2(value) * 2 ** scale) - 1;
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  const offset = Math.min(...counts.keys());
  const bucket_counts = Array.from(
    { length: Math.max(...counts.keys()) - offset + 1 },
    (_, i) => counts.get(offset + i) ?? 0,
  );
  return {
    scale,
    count: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    positive: { offset, bucket_counts },
  };
}

describe("what results give", () => {
  it("refuses rates alone, saying what is missing", () => {
    const results = read("results-example");
    expect(codeOf(() => summarizeResults(results, plan))).toBe("rates-only");
    expect(() => summarizeResults(results, plan)).toThrow(
      "Cannot use the results: they hold rates only (control 0.973, treatment 0.961), and a rate without its " +
        "number of requests has no sample size, so no interval and no test. Missing: request_count of both arms " +
        "(for the success rate), latency_histogram (for percentiles)",
    );
  });
  it("gives the z-test and the sequence with counts, and shows percentiles without testing them", () => {
    const { summary, notes } = summarizeResults(read("results-with-counts"), plan);
    const decision = decide(analyze(summary, policy), policy);
    const success = decision.comparisons[0]?.metrics.find(({ metric }) => metric === "success_rate");
    const [p1, p2, n] = [0.973, 0.961, 10_000];
    const pooled = (p1 + p2) / 2;
    const z = (p2 - p1) / Math.sqrt(pooled * (1 - pooled) * (2 / n));
    expect(success?.fixedHorizon).toMatchObject({ test: "two-proportion-z" });
    expect(
      isNotComputable(success?.fixedHorizon) || success === undefined
        ? NaN
        : (success.fixedHorizon as { statistic: number }).statistic,
    ).toBeCloseTo(z, 9);
    expect(success?.effect).toMatchObject({ guarantee: "anytime-asymptotic" });
    expect((success?.effect as { estimate: number }).estimate).toBeCloseTo(-0.012, 12);
    const latency = decision.comparisons[0]?.metrics.find(({ metric }) => metric === "latency_p99");
    expect(isNotComputable(latency?.effect)).toBe(true);
    expect(decision.decision).toBe("rollback");
    const said = notes.find(({ message }) => message.includes("latencyMs"))?.message;
    expect(said).toContain("percentiles of hours can't be averaged");
  });
  it("works successes out of a rate and a count, and says when the rate is too rounded for that", () => {
    const results = (rate: number, count: number): ExperimentResults => ({
      control: { success_rate: rate, request_count: count },
      treatment: { success_rate: rate, request_count: count },
    });
    const exact = summarizeResults(results(9973 / 10_000, 1000), plan);
    expect(exact.summary.cells[0]?.statistics.find(({ kind }) => kind === "count")).toMatchObject({
      trials: 1000,
      successes: 997,
    });
    expect(exact.notes.map(({ code }) => code)).not.toContain("success-count-rounded");
    const rounded = summarizeResults(results(0.997, 10_000), plan).notes.find(
      ({ code }) => code === "success-count-rounded",
    );
    expect(rounded?.message).toContain("may be off by 5");
  });
  it("gives everything with a histogram", () => {
    const values = Array.from({ length: 1000 }, (_, i) => 50 + i);
    const arm = { success_rate: 1, request_count: 1000, success_count: 1000, latency_histogram: histogram(values) };
    const { summary, notes } = summarizeResults({ control: arm, treatment: arm }, plan);
    const sketch = summary.cells[0]?.statistics.find(({ kind }) => kind === "sketch") as { sketch: QuantileSketch };
    expect(sketch.sketch.count).toBe(1000);
    const p99 = sketch.sketch.quantile(0.99) as { lower: number; upper: number };
    expect(p99.lower).toBeLessThanOrEqual(1039);
    expect(p99.upper).toBeGreaterThanOrEqual(1039);
    expect(notes.map(({ code }) => code)).toEqual(["statistic-unavailable"]);
  });
  it("counts requests above a threshold only where a bucket ends there", () => {
    const metrics = (threshold: number): Policy["metrics"] => [
      {
        name: "slow",
        kind: "exceedance",
        field: "latencyMs",
        threshold,
        better: "lower",
        role: "primary",
        goal: "non-inferior",
        margin: { absolute: 0.01 },
      },
    ];
    const arm = {
      success_rate: 1,
      request_count: 4,
      success_count: 4,
      latency_histogram: histogram([100, 200, 600, 900]),
    };
    const results = { control: arm, treatment: arm };
    const at = (threshold: number): unknown =>
      summarizeResults(results, planFor(policyFromExperiment(experiment, { changes: { metrics: metrics(threshold) } })))
        .summary.cells[0]?.statistics[0];
    expect(at(512)).toEqual({ kind: "count", trials: 4, successes: 2 });
    expect(codeOf(() => at(580))).toBe("nothing-testable");
  });
  it("notes requests without latency", () => {
    const arm = { success_rate: 1, request_count: 5, success_count: 5, latency_histogram: histogram([100, 200]) };
    expect(summarizeResults({ control: arm, treatment: arm }, plan).notes.map(({ code }) => code)).toContain(
      "histogram-incomplete",
    );
  });
});

describe("results that make no sense", () => {
  const good = { success_rate: 0.9, request_count: 10, success_count: 9 };
  const hours = (...starts: string[]): object => ({ ...good, hourly: starts.map((hour) => ({ hour, ...good })) });
  it.each([
    ["percent for fraction", { success_rate: 99.7 }, "rate-is-percentage"],
    ["1.2 for a rate", { success_rate: 1.2 }, "rate-is-percentage"],
    ["a rate of 250", { success_rate: 250 }, "rate-out-of-range"],
    ["a negative rate", { success_rate: -0.1 }, "rate-out-of-range"],
    ["more successes than requests", { ...good, success_count: 11 }, "counts-contradict"],
    ["a rate that isn't the counts'", { ...good, success_rate: 0.5 }, "counts-contradict"],
    [
      "a histogram whose buckets don't add up",
      { ...good, latency_histogram: { ...histogram([1, 2]), count: 3 } },
      "counts-contradict",
    ],
    [
      "a histogram of more than all requests",
      { ...good, latency_histogram: histogram(Array.from({ length: 11 }, () => 5)) },
      "counts-contradict",
    ],
    ["hours out of order", hours("2026-01-05T01:00:00Z", "2026-01-05T00:00:00Z"), "hours-contradict"],
    ["an hour twice", hours("2026-01-05T01:00:00Z", "2026-01-05T01:00:00Z"), "hours-contradict"],
    ["hours at half past", hours("2026-01-05T01:30:00Z"), "hours-contradict"],
  ])("%s", (_, control, code) => {
    expect(codeOf(() => checkResults({ control: control as never, treatment: good }))).toBe(code);
    expect(codeOf(() => checkResults({ control: good, treatment: control as never }))).toBe(code);
    expect(codeOf(() => summarizeResults({ control: control as never, treatment: good }, plan))).toBe(code);
  });
  it("names percentages as such", () => {
    expect(() => checkResults({ control: { success_rate: 99.7 }, treatment: good })).toThrow(
      "control.success_rate must be a fraction from 0 to 1, current value is 99.7, which looks like a percentage",
    );
  });
  const series = (
    control: readonly number[],
    treatment: readonly number[],
    total: number,
    skip = 0,
  ): ExperimentResults => {
    const arm = (counts: readonly number[]): ExperimentResults["control"] => ({
      success_rate: 1,
      request_count: total,
      success_count: total,
      hourly: counts.map((count, i) => ({
        hour: new Date(Date.UTC(2026, 0, 5, i < 1 ? i : i + skip)).toISOString(),
        request_count: count,
        success_count: count,
        success_rate: 1,
      })),
    });
    return { as_of: "2026-01-06T00:00:00Z", control: arm(control), treatment: arm(treatment) };
  };
  it.each([
    ["totals that the hours don't add up to", series([4, 5], [4, 6], 10), "totals-contradict-series"],
    ["an hour of one arm only", series([4, 6], [10], 10), "hours-contradict"],
    ["a missing hour", series([4, 6], [4, 6], 10, 1), "hours-contradict"],
    ["nothing", series([4, 6], [4, 6], 10), "none"],
  ])("%s", (_, results, code) => expect(codeOf(() => summarizeResults(results, plan))).toBe(code));
});

describe("periods and epochs", () => {
  const at = (hour: number, minute = 0): string => new Date(Date.UTC(2026, 0, 5, hour, minute)).toISOString();
  const figures = { success_rate: 1, request_count: 10, success_count: 10 };
  const pulled = (changes: readonly [string, number][], hours = 6): PulledExperiment => ({
    kind: "assay-pulled-experiment",
    specVersion: 1,
    experiment: {
      ...experiment,
      allocation_history: changes.map(([from, treatment]) => ({ from, control: 100 - treatment, treatment })),
    },
    allocationHistory: changes.map(([from, treatment]) => ({ from, control: 100 - treatment, treatment })),
    asOf: at(hours),
    totals: {
      control: { ...figures, request_count: 10 * hours, success_count: 10 * hours },
      treatment: { ...figures, request_count: 10 * hours, success_count: 10 * hours },
    },
    hours: Array.from({ length: hours }, (_, i) => ({ hour: at(i), control: figures, treatment: figures })),
  });
  const placesOf = (one: PulledExperiment, changes: object = {}): unknown => {
    const { summary, notes } = summarizeResults(one, planFor(policyFromExperiment(one.experiment, { changes })));
    return {
      epochs: summary.cells.filter(({ arm }) => arm === "control").map(({ epoch }) => epoch),
      codes: notes.map(({ code }) => code).filter((code) => code !== "statistic-unavailable"),
    };
  };
  it("makes hours periods", () => {
    const { summary } = summarizeResults(pulled([[at(0), 50]]), plan);
    expect(summary.cells.map(({ period }) => period)).toEqual(
      [0, 1, 2, 3, 4, 5].flatMap((hour) => [Date.parse(at(hour)), Date.parse(at(hour))]),
    );
    expect(summary.quality.extent).toEqual({ first: Date.parse(at(0)), last: Date.parse(at(6)) - 1 });
  });
  it("gathers hours into longer periods", () => {
    const { summary } = summarizeResults(
      pulled([[at(0), 50]]),
      planFor(policyFromExperiment(experiment, { changes: { periodHours: 3 } })),
    );
    expect(summary.cells.map(({ records }) => records)).toEqual([30, 30, 30, 30]);
  });
  it("makes changes of the split epochs, from the hour on", () => {
    expect(
      placesOf(
        pulled([
          [at(0), 10],
          [at(3), 50],
        ]),
      ),
    ).toEqual({ epochs: [0, 0, 0, 1, 1, 1], codes: [] });
  });
  it("leaves out an hour in which the split changed, and says so", () => {
    expect(
      placesOf(
        pulled([
          [at(0), 10],
          [at(3, 20), 50],
        ]),
      ),
    ).toEqual({ epochs: [0, 0, 0, 1, 1], codes: ["mixed-allocation-hours"] });
  });
  it("keeps the hour in which the experiment began", () => {
    expect(placesOf(pulled([[at(0, 20), 50]]))).toEqual({ epochs: [0, 0, 0, 0, 0, 0], codes: [] });
  });
  it("leaves out hours outside the experiment, and says so", () => {
    expect(placesOf(pulled([[at(0), 50]]), { start: at(1), end: at(4) })).toEqual({
      epochs: [0, 0, 0],
      codes: ["hours-outside-experiment"],
    });
  });
  it("refuses a policy that doesn't know of a change", () => {
    expect(
      codeOf(() =>
        summarizeResults(
          pulled([
            [at(0), 10],
            [at(3), 50],
          ]),
          plan,
        ),
      ),
    ).toBe("allocation-unknown-to-plan");
  });
  it("refuses totals over two splits", () => {
    const one = {
      ...pulled([
        [at(0), 10],
        [at(3), 50],
      ]),
      hours: [],
    };
    expect(codeOf(() => summarizeResults(one, planFor(policyFromExperiment(one.experiment))))).toBe(
      "totals-span-allocations",
    );
  });
  it.each([
    [{ unit: "user" }],
    [{ segments: ["region"] }],
    [{ latencyOfFailures: "exclude" }],
    [{ periodHours: 0.5 }],
    [{ treatments: ["treatment", "third"] }],
  ] as const)("refuses a plan with %j", (changes) => {
    expect(
      codeOf(() =>
        summarizeResults(
          pulled([[at(0), 50]]),
          planFor(policyFromExperiment(experiment, { changes: { ...changes, allocation: null } as never })),
        ),
      ),
    ).toBe("plan-not-possible");
  });
});

describe("policyFromExperiment", () => {
  it("takes the configuration over", () => {
    const made = policyFromExperiment(
      {
        ...experiment,
        duration: { start_date: "2026-01-05", end_date: "2026-01-19" },
        success_metrics: {
          primary: "latency_p99",
          secondary: ["success_rate", "user_satisfaction_score"],
          minimum_sample_size: 10_000,
        },
      },
      { targetLatencyP99: 800 },
    );
    expect(made).toMatchObject({
      control: "control",
      treatments: ["treatment"],
      alpha: 0.05,
      monitoring: { kind: "anytime" },
      minimumSampleSize: 10_000,
      start: "2026-01-05T00:00:00.000Z",
      end: "2026-01-19T00:00:00.000Z",
      allocation: [{ from: null, weights: { control: 50, treatment: 50 } }],
      metrics: [
        {
          name: "latency_p99",
          role: "primary",
          probability: 0.99,
          rollbackWhen: { worseBy: { relative: 0.5 }, above: 800 },
        },
        { name: "success_rate", role: "guardrail", rollbackWhen: { below: 0.99 } },
        { name: "user_satisfaction_score", role: "secondary" },
      ],
    });
  });
  it("guards the success rate where the configuration doesn't name it", () => {
    expect(
      policyFromExperiment({ ...experiment, success_metrics: { primary: "latency_p95" } }).metrics.map(
        ({ name, role }) => [name, role],
      ),
    ).toEqual([
      ["latency_p95", "primary"],
      ["success_rate", "guardrail"],
    ]);
  });
  it("reads tails finer than a percent", () => {
    expect(
      policyFromExperiment({ ...experiment, success_metrics: { primary: "latency_p999" } }).metrics[0],
    ).toMatchObject({ probability: 0.999 });
  });
  it("refuses a metric it can't derive", () => {
    expect(codeOf(() => policyFromExperiment({ ...experiment, success_metrics: { primary: "revenue" } }))).toBe(
      "unknown-metric",
    );
  });
});
