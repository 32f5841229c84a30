import { describe, expect, it } from "vitest";
import {
  analyze,
  batchesFromRows,
  decide,
  decodeSummary,
  definePolicy,
  encodeSummary,
  mergeSummaries,
  planFor,
  requireAcceptable,
  summarize,
  type Summary,
} from "../../src/index.ts";
import { findingsOf } from "../../src/summary/findings.ts";

const policy = definePolicy({
  control: "v1",
  treatments: ["v2"],
  metrics: [
    {
      name: "success_rate",
      kind: "proportion",
      field: "success",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.01 },
      rollbackWhen: { below: 0.99 },
    },
  ],
});

interface Row {
  readonly arm: string;
  readonly [column: string]: unknown;
}

function rowsOf(count: number, columns: (index: number, arm: string) => Readonly<Record<string, unknown>>): Row[] {
  return Array.from({ length: count }, (_, index) => {
    const arm = index % 2 === 0 ? "v1" : "v2";
    return { arm, ...columns(index, arm) };
  });
}

function summaryOf(rows: readonly Row[], success: string): Summary {
  return summarize(batchesFromRows(rows, { fields: { arm: "arm", success } }), planFor(policy));
}

function read(rows: readonly Row[], success: string): Summary {
  const summary = summaryOf(rows, success);
  requireAcceptable(summary.quality.records, 0.001, summary.quality.byArm);
  return summary;
}

/** FAULTS A8: v2 has 5 % of requests without an answer, and 0.3 % of all fail. */
const noAnswers = rowsOf(4000, (index, arm) => ({
  status: arm === "v2" && index % 40 === 1 ? 0 : index % 333 === 0 ? 503 : 200,
  error: null,
}));

describe("a status below 100", () => {
  it.each([
    "status < 500",
    "status <= 499",
    "500 > status",
    "status != 500",
    "not status >= 500",
    "status not in (500, 502, 503)",
    "status < 500 and error == null",
    "status < 400 or status == 404",
  ])("is refused as a success of %s", (success) => {
    expect(() => read(noAnswers, success)).toThrow(/success must be .*status below 100.*100 <= status < 500/su);
  });

  it.each(["100 <= status < 500", "http_status(status)", "status between 100 and 499", "status > 0 and status < 500"])(
    "is a failure of %s",
    (success) => {
      const { analysis } = { analysis: analyze(read(noAnswers, success), policy) };
      const [metric] = analysis.comparisons[0]?.metrics ?? [];
      // Of 2,000 requests of v2 100 got no answer and 6 failed.
      const failed = noAnswers.filter(
        ({ arm, status }) => arm === "v2" && (Number(status) < 100 || Number(status) > 499),
      ).length;
      expect(failed).toBeGreaterThan(100);
      expect(metric?.treatment).toMatchObject({ n: 2000, value: (2000 - failed) / 2000 });
    },
  );

  it.each(["0 <= status < 500", "status == 0 or status < 500", "-1 <= status < 500"])(
    "may be a success of %s",
    (success) => {
      expect(() => read(noAnswers, success)).not.toThrow();
    },
  );

  it("is refused as texts of a table too, and -1 like 0", () => {
    const texts = noAnswers.map((row) => ({ ...row, status: row["status"] === 0 ? "-1" : String(row["status"]) }));
    expect(() => read(texts, "status < 500")).toThrow(/counts the status -1 as a success/u);
  });

  it.each([
    ["ms < 500", rowsOf(400, (index) => ({ ms: 20 + index }))],
    ["ms < 500", rowsOf(400, (index) => ({ ms: index * 3 }))],
    ["status < 500", rowsOf(400, (index) => ({ status: index % 50 === 0 ? 503 : 200 }))],
    ["code < 1", rowsOf(400, (index) => ({ code: index % 50 === 0 ? 14 : 0 }))],
    ["attempts < 300", rowsOf(400, (index) => ({ attempts: index % 7 }))],
  ] as const)("is not meant by %s", (success, rows) => {
    expect(() => read(rows, success)).not.toThrow();
  });

  it("is found whichever part of a merge has it", () => {
    const parts = [noAnswers.slice(0, 40), noAnswers.slice(40, 2000), noAnswers.slice(2000)];
    const merged = mergeSummaries(parts.map((rows) => decodeSummary(encodeSummary(summaryOf(rows, "status < 500")))));
    expect(() => requireAcceptable(merged.quality.records, 0.001)).toThrow(/status below 100/u);
    expect(merged.quality.records.conditions).toEqual(summaryOf(noAnswers, "status < 500").quality.records.conditions);
  });
});

describe("a condition without sense", () => {
  const texts = rowsOf(400, (index) => ({ status: index % 100 === 0 ? "503 Unavailable" : "200 OK", outcome: "ok" }));

  it.each(["status < 500", "100 <= status < 500", "status != 500", "status in (200, 204)", "not status >= 500"])(
    "compares texts with numbers: %s",
    (success) => {
      expect(() => read(texts, success)).toThrow(/no row has a number in "status", which holds "200 OK"/u);
    },
  );

  it.each(["outcome == success", "outcome in (good, fine)", 'outcome == "OK"'])(
    "asks for a value that no row has: %s",
    (success) => {
      expect(() => read(texts, success)).toThrow(/no row of any arm meets; columns: "outcome", which holds "ok"/u);
    },
  );

  it("is one that no row misses where it asks for anything but a value, which is told", () => {
    const rows = rowsOf(800, (index) => ({ outcome: index % 100 === 0 ? "failed" : "done", status: 200 }));
    const typo = read(rows, "outcome != faild");
    expect(findingsOf(typo)).toContainEqual({
      code: "condition-always-met",
      field: "success",
      expression: "outcome != faild",
    });
    const decision = decide(analyze(typo, policy), policy);
    expect(decision.warnings).toContainEqual(expect.objectContaining({ code: "condition-always-met" }));
    for (const success of ["outcome != failed", "status < 500", "outcome == null or outcome != null"])
      expect(findingsOf(read(rows, success))).not.toContainEqual(
        expect.objectContaining({ code: "condition-always-met" }),
      );
  });

  it("is none where some rows have a number, where all succeed, and where few rows were read", () => {
    expect(() =>
      read(
        rowsOf(400, (index) => ({ status: index === 7 ? "-" : 200 })),
        "status < 500",
      ),
    ).not.toThrow();
    expect(() =>
      read(
        rowsOf(400, () => ({ error: null })),
        "error == null",
      ),
    ).not.toThrow();
    expect(() =>
      read(
        rowsOf(400, () => ({ status: 200 })),
        "100 <= status < 500",
      ),
    ).not.toThrow();
    expect(() =>
      read(
        rowsOf(6, () => ({ outcome: "failed" })),
        "outcome == success",
      ),
    ).not.toThrow();
  });
});
