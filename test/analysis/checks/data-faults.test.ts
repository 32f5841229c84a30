import { describe, expect, it } from "vitest";
import {
  analyze,
  batchesFromRows,
  decide,
  type Decision,
  DecisionSchema,
  decodeSummary,
  definePolicy,
  encodeSummary,
  planFor,
  type PolicyInput,
  safeRollout,
  summarize,
} from "../../../src/index.ts";
import { createRandom } from "../../../src/math/random.ts";
import { buildReport } from "../../../src/report/build.ts";
import { renderText } from "../../../src/report/text.ts";

interface Row {
  readonly arm: string;
  readonly success: unknown;
  readonly latencyMs: unknown;
  readonly user?: unknown;
}

const safe = safeRollout({ control: "v1", treatments: ["v2"] });
const fields = { arm: "arm", success: "success", latencyMs: "latencyMs" };

/** 24,000 requests of two equal versions, changed. */
function rowsWith(change: (row: Row, index: number) => unknown): unknown[] {
  const random = createRandom(7);
  return Array.from({ length: 24_000 }, (_, index) =>
    change(
      { arm: index % 2 === 0 ? "v1" : "v2", success: index % 400 > 1, latencyMs: 100 + Math.floor(80 * random()) },
      index,
    ),
  );
}

function decisionOf(
  rows: readonly unknown[],
  over: Partial<PolicyInput> = {},
  more: Record<string, string> = {},
): Decision {
  const policy = definePolicy({ ...safe, ...over });
  const batches = batchesFromRows(rows, { fields: { ...fields, ...more }, missingUnit: "keep" });
  // By way of its encoding, as every other source of a summary.
  return decide(analyze(decodeSummary(encodeSummary(summarize(batches, planFor(policy)))), policy), policy);
}

function reasonsOf(decision: Decision): string {
  const report = buildReport(decision, definePolicy(safe));
  return report.comparisons.flatMap(({ because }) => because).join("\n");
}

const treated = (row: Row): boolean => row.arm === "v2";

describe("data without a fault", () => {
  it("ship, and the decision says nothing of faults", () => {
    const decision = decisionOf(rowsWith((row) => row));
    expect(decision.decision).toBe("ship");
    expect(decision.comparisons[0]).not.toHaveProperty("dataFaults");
  });
});

describe("arms that lost different shares", () => {
  it("of their rows can't be compared; each is said by arm, above the table", () => {
    const lost = rowsWith((row, i) => (treated(row) && i % 300 === 1 ? { ...row, success: "lost" } : row));
    const decision = decisionOf(lost);
    expect(decision.decision).toBe("invalid");
    expect(decision.reasons).toMatchObject([
      {
        code: "data-fault",
        treatment: "v2",
        fault: { code: "rejections-differ", control: { count: 0, of: 12_000 }, treatment: { count: 80, of: 12_000 } },
      },
    ]);
    const text = renderText(buildReport(decision, definePolicy(safe)));
    expect(text.indexOf("80 of 12,000 rows of v2")).toBeGreaterThan(0);
    expect(text.indexOf("80 of 12,000 rows of v2")).toBeLessThan(text.indexOf("metric "));
    expect(() => DecisionSchema.parse(JSON.parse(JSON.stringify(decision)))).not.toThrow();
  });

  it("of rows, but equal ones, may ship, and are counted by arm", () => {
    const decision = decisionOf(rowsWith((row, i) => (i % 1000 < 2 ? { ...row, success: "lost" } : row)));
    expect(decision.decision).toBe("ship");
    expect(decision.warnings).toContainEqual({
      code: "rejected-rows",
      count: 48,
      rows: 24_000,
      byArm: { v1: { rejected: 24, rows: 12_000 }, v2: { rejected: 24, rows: 12_000 } },
    });
  });

  it.each([Number.NaN, -1, "-", "", "text", null, undefined])(
    "of a latency can't be compared, whatever stands in its place: %j",
    (latencyMs) => {
      const decision = decisionOf(rowsWith((row, i) => (treated(row) && i % 100 === 51 ? { ...row, latencyMs } : row)));
      expect(decision.decision).toBe("invalid");
      expect(decision.reasons).toMatchObject([{ fault: { code: "missing-values-differ", field: "latencyMs" } }]);
    },
  );

  it("of an outcome can't be compared", () => {
    const decision = decisionOf(
      rowsWith((row, i) => (treated(row) && i % 100 === 51 ? { ...row, success: null } : row)),
    );
    expect(decision.reasons).toMatchObject([{ fault: { code: "missing-values-differ", field: "success" } }]);
  });

  it("may be compared where failures explain it: they are counted already", () => {
    const decision = decisionOf(
      rowsWith((row, i) => {
        const failed = i % 2000 < (treated(row) ? 24 : 6);
        return { ...row, success: !failed, latencyMs: failed ? null : row.latencyMs };
      }),
      {
        metrics: safe.metrics.map((metric) => ({
          ...metric,
          margin: { absolute: metric.kind === "quantile" ? 50 : 0.05 },
        })),
      },
    );
    expect(decision.reasons.filter(({ code }) => code === "data-fault")).toEqual([]);
    expect(decision.decision).toBe("ship");
  });

  it("may be compared where many requests of one unit lack it", () => {
    const byUser = (from: number): Decision =>
      decisionOf(
        rowsWith((row, i) => ({
          ...row,
          user: `${row.arm} ${i % 60}`,
          latencyMs: i % 60 === from ? null : row.latencyMs,
        })),
        { unit: "user", minimumSampleSize: 1000 },
        { unit: "user" },
      );
    expect(byUser(1).reasons.filter(({ code }) => code === "data-fault")).toEqual([]);
  });
});

describe("rows whose arm is unknown", () => {
  const broken = (count: number): unknown[] => rowsWith((row, i) => (i < count ? "not an object" : row));
  it("can't ship where they could change the verdict, and may where they could not", () => {
    expect(decisionOf(broken(3)).decision).toBe("ship");
    const decision = decisionOf(broken(60));
    expect(decision.decision).toBe("invalid");
    expect(decision.reasons).toMatchObject([
      { fault: { code: "rows-without-arm", rows: 60, metrics: ["success_rate"] } },
    ]);
    expect(reasonsOf(decision)).toMatch(/^60 rows could not be read as far as their arm/u);
  });
});

describe("magnitudes that no unit explains", () => {
  it.each([
    ["an epoch in milliseconds", (ms: number) => 1.768e12 + ms, "above", /instant in milliseconds since 1970/u],
    ["an epoch in seconds", (ms: number) => 1.768e9 + ms, "above", /instant in seconds since 1970/u],
    ["nanoseconds", (ms: number) => ms * 1e6, "above", /above 86,400,000/u],
    [
      "seconds",
      (ms: number) => ms / 1000,
      "typical-below",
      /were seconds taken for milliseconds\? Map latencyMs=COLUMN/u,
    ],
  ] as const)("%s: a finding that keeps from shipping", (_, scale, problem, words) => {
    const decision = decisionOf(rowsWith((row) => ({ ...row, latencyMs: scale(row.latencyMs as number) })));
    expect(decision.decision).toBe("invalid");
    expect(decision.reasons).toMatchObject([
      { fault: { code: "implausible-values", arm: "v1", problem } },
      { fault: { code: "implausible-values", arm: "v2", problem } },
    ]);
    expect(reasonsOf(decision)).toMatch(words);
  });

  it("a few stray values are told, and keep nothing from shipping; values of a mean do", () => {
    const rows = rowsWith((row, i) => (i === 5 ? { ...row, latencyMs: 1.768e12 } : row));
    const decision = decisionOf(rows);
    expect(decision.decision).toBe("ship");
    expect(decision.warnings).toContainEqual({
      code: "data-fault",
      treatment: "v2",
      fault: expect.objectContaining({ code: "implausible-values", arm: "v2", blocks: false }) as unknown,
    });
    const [success] = safe.metrics;
    const mean = {
      name: "latency",
      kind: "mean",
      field: "latencyMs",
      better: "lower",
      role: "guardrail",
      goal: "non-inferior",
      margin: { relative: 0.5 },
    } as const;
    const ofMean = decisionOf(
      rowsWith((row, i) => (i % 2000 === 5 ? { ...row, latencyMs: 1.768e12 } : row)),
      { metrics: [success as (typeof safe.metrics)[number], mean] },
    );
    expect(ofMean.reasons).toMatchObject([{ fault: { code: "implausible-values", field: "latencyMs" } }]);
  });

  it("one arm in seconds, the other in milliseconds is neither a gain nor a harm", () => {
    for (const slower of [treated, (row: Row) => !treated(row)]) {
      const decision = decisionOf(
        rowsWith((row) => ({ ...row, latencyMs: (row.latencyMs as number) * (slower(row) ? 1000 : 1) })),
      );
      expect(decision.decision).toBe("invalid");
      expect(decision.reasons).toMatchObject([{ fault: { code: "units-differ", field: "latencyMs" } }]);
    }
  });

  it("a policy says what is plausible, for any field", () => {
    const seconds = rowsWith((row) => ({ ...row, latencyMs: (row.latencyMs as number) / 1000 }));
    expect(decisionOf(seconds, { plausible: { latencyMs: { least: 0 } } }).decision).toBe("ship");
    const narrow = decisionOf(
      rowsWith((row) => row),
      { plausible: { latencyMs: { least: 101, most: 170 } } },
    );
    expect(narrow.reasons).toMatchObject([
      { fault: { arm: "v1", problem: "above", limit: 170, value: 179 } },
      { fault: { arm: "v1", problem: "below", limit: 101, value: 100 } },
      { fault: { arm: "v2", problem: "above" } },
      { fault: { arm: "v2", problem: "below" } },
    ]);
    const range = (plausible: PolicyInput["plausible"]): unknown => definePolicy({ ...safe, plausible });
    expect(() => range({ latency: { most: 5 } })).toThrow(/plausible\.latency must be of a field .*latencyMs/u);
    expect(() => range({ latencyMs: { least: 5, most: 4 } })).toThrow(/plausible\.latencyMs\.least must be at most/u);
  });
});

describe("columns that say nothing", () => {
  it("all requests of both arms bad: neither shipped nor rolled back", () => {
    const decision = decisionOf(rowsWith((row) => ({ ...row, success: false })));
    expect(decision.decision).toBe("invalid");
    expect(reasonsOf(decision)).toMatch(/success_rate is 0 % in both arms/u);
  });

  it("a threshold below all values is one of them", () => {
    const [success] = safe.metrics;
    const slow = {
      name: "slow_share",
      kind: "exceedance",
      field: "latencyMs",
      threshold: 0.8,
      better: "lower",
      role: "guardrail",
      goal: "non-inferior",
      margin: { absolute: 0.01 },
    } as const;
    const decision = decisionOf(
      rowsWith((row) => row),
      { metrics: [success as (typeof safe.metrics)[number], slow] },
    );
    expect(decision.reasons).toMatchObject([{ fault: { code: "nothing-good", metric: "slow_share", share: 1 } }]);
  });

  it("constant in one arm: said above the table", () => {
    const decision = decisionOf(rowsWith((row) => (treated(row) ? { ...row, latencyMs: 100 } : row)));
    expect(reasonsOf(decision)).toMatch(/look at the data: latencyMs of v2 is always 100.0, of the other arm not/u);
  });
});

describe("a unit that the policy does not name", () => {
  const unit = { unit: "user" };
  it("keeps from shipping where units were what was assigned", () => {
    const decision = decisionOf(
      rowsWith((row, i) => ({ ...row, user: `${row.arm} ${i % 1500}` })),
      {},
      unit,
    );
    expect(decision.decision).toBe("invalid");
    expect(reasonsOf(decision)).toMatch(/1,500 units sent 24,000 requests.* add a line such as "unit": "user"/u);
  });

  it("is only told where each request was assigned on its own, at any split", () => {
    const random = createRandom(3);
    for (const share of [0.5, 0.02]) {
      const decision = decisionOf(
        rowsWith((row, i) => ({ ...row, arm: random() < share ? "v2" : "v1", user: `u${i % 1500}` })),
        { minimumSampleSize: 100 },
        unit,
      );
      expect(decision.reasons.filter(({ code }) => code === "data-fault")).toEqual([]);
      expect(decision.warnings).toContainEqual({
        code: "data-fault",
        treatment: "v2",
        fault: { code: "unit-not-used", blocks: false, units: 1500, records: 24_000 },
      });
    }
  });

  it("says nothing where each unit sent one request, and rejects no row without one", () => {
    const decision = decisionOf(
      rowsWith((row, i) => ({ ...row, user: i % 3 === 0 ? null : `u${i}` })),
      {},
      unit,
    );
    expect(decision.quality.rejected).toEqual({});
    expect(decision.decision).toBe("ship");
  });
});
