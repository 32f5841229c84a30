import { describe, expect, it } from "vitest";
import { definePolicy, type FieldMapping, planFor, policyPresets } from "../../src/index.ts";
import { dialects } from "../../src/sql/index.ts";
import { compileSource } from "../../src/sql/statement/compile-source.ts";

const plan = planFor(definePolicy(policyPresets["safe-rollout"]({ control: "v1", treatments: ["v2"] })));
const fields = { arm: "version", success: "ok", latencyMs: "ms" };
const columns = ["version", "ok", "ms"].map((name) => ({ name, type: "VARCHAR" }));
const compile = (mapping: FieldMapping): unknown =>
  compileSource(
    { table: "log", mapping, columns } as unknown as Parameters<typeof compileSource>[0],
    plan,
    dialects.duckdb,
  );

describe("a mapping that only files can have", () => {
  it.each([
    [{ fields: { ...fields, arm: "@file" } }, "arm must be a column of the table"],
    [{ fields, zeroIsMissing: ["latencyMs"] }, "zeroIsMissing must be empty for a database"],
    [{ fields, logFormat: "envoy" }, "logFormat must be absent for a database"],
  ])("is refused for a table: %j", (mapping, message) => {
    expect(() => compile(mapping)).toThrow(message);
  });
});
