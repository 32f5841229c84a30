import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecordsError } from "../../../src/errors.ts";
import { parseExpression, satisfies } from "../../../src/records/mapping/expression.ts";

describe("parseExpression", () => {
  it.each([
    ["model", { kind: "column", column: "model", factor: 1 }],
    ["latency_s*1000", { kind: "column", column: "latency_s", factor: 1000 }],
    ["latency_s * 1e3", { kind: "column", column: "latency_s", factor: 1000 }],
    ["duration_ns/1e6", { kind: "column", column: "duration_ns", factor: 1e-6 }],
    ["end to end", { kind: "column", column: "end to end", factor: 1 }],
    ["gen_ai.request.model", { kind: "column", column: "gen_ai.request.model", factor: 1 }],
    ['"a*b" * 2', { kind: "column", column: "a*b", factor: 2 }],
    ['"say \\"hi\\""', { kind: "column", column: 'say "hi"', factor: 1 }],
    ["error_code == null", { kind: "comparison", column: "error_code", operator: "==", literal: null }],
    ["status < 500", { kind: "comparison", column: "status", operator: "<", literal: 500 }],
    ["status>=200", { kind: "comparison", column: "status", operator: ">=", literal: 200 }],
    ["task=prime_full", { kind: "comparison", column: "task", operator: "==", literal: "prime_full" }],
    ['code != "500"', { kind: "comparison", column: "code", operator: "!=", literal: "500" }],
  ])("reads %s", (text, expression) => {
    expect(parseExpression(text, "field")).toEqual(expression);
  });

  it.each(["", "a*", "a*0", "a/0", "*2", "a <", "(a", "a ==  b)", "a in ()", "a + (b == c)", "not a"])(
    "refuses %j",
    (text) => {
      expect(() => parseExpression(text, "latencyMs")).toThrow(RecordsError);
      expect(() => parseExpression(text, "latencyMs")).toThrow(
        /^Cannot read the mapping: latencyMs must be .*, current value is /u,
      );
    },
  );

  it("reads any column name that is put in quotes", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((name) => !/[\n\r]/u.test(name)),
        (name) => {
          const quoted = `"${name.replace(/["\\]/gu, String.raw`\$&`)}"`;
          expect(parseExpression(quoted, "field")).toEqual({ kind: "column", column: name, factor: 1 });
        },
      ),
    );
  });
});

describe("satisfies", () => {
  it.each([
    ["", "==", null, true],
    [undefined, "==", null, true],
    ["x", "!=", null, true],
    ["5", "==", 5, true],
    ["5.0", "==", 5, true],
    ["", "==", 0, false],
    [null, "<", 1, false],
    ["499", "<", 500, true],
    ["text", "<", 500, false],
    [true, "==", "true", true],
  ] as const)("%j %s %j is %j", (raw, operator, literal, expected) => {
    expect(satisfies(raw, operator, literal)).toBe(expected);
  });
});
