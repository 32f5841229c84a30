import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { trajectory } from "../../src/analysis/trajectory.ts";
import {
  analyze,
  createRandom,
  definePolicy,
  isNotComputable,
  planFor,
  type Policy,
  type PolicyInput,
  type RequestRecord,
  sampleNormal,
  summarize,
} from "../../src/index.ts";

const prices = {
  a: { inputPerMillion: 3, outputPerMillion: 15 },
  b: { inputPerMillion: 2, outputPerMillion: 20 },
  c: { inputPerMillion: 1, outputPerMillion: 4 },
};
const input: PolicyInput = {
  control: "a",
  treatments: ["b", "c"],
  unit: "user",
  segments: ["region"],
  start: "2026-01-05T00:00:00.000Z",
  end: "2026-01-05T12:00:00.000Z",
  minimumSampleSize: 500,
  maximumSampleSize: 4000,
  periodHours: 2,
  allocation: [
    { from: null, weights: { a: 2, b: 1, c: 1 } },
    { from: "2026-01-05T05:00:00.000Z", weights: { a: 1, b: 1, c: 1 } },
  ],
  metrics: [
    {
      name: "success",
      kind: "proportion",
      field: "success",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.02 },
      floor: 0.9,
      rollbackWhen: { below: 0.9, worseBy: { absolute: 0.05 } },
    },
    {
      name: "p90",
      kind: "quantile",
      field: "latencyMs",
      probability: 0.9,
      better: "lower",
      role: "guardrail",
      goal: "non-inferior",
      margin: { relative: 0.25 },
      rollbackWhen: { worseBy: { relative: 0.5 }, above: 2000 },
    },
    { name: "slow", kind: "exceedance", field: "latencyMs", threshold: 600, better: "lower", role: "secondary" },
    {
      name: "score",
      kind: "mean",
      field: "score",
      better: "higher",
      role: "primary",
      goal: "superior",
      rollbackWhen: { worseBy: { relative: 0.2 } },
    },
    {
      name: "input per output",
      kind: "ratio",
      numerator: "inputTokens",
      denominator: "outputTokens",
      better: "lower",
      role: "secondary",
    },
    {
      name: "cost",
      kind: "cost",
      inputTokens: "inputTokens",
      outputTokens: "outputTokens",
      prices,
      better: "lower",
      role: "guardrail",
      goal: "non-inferior",
      margin: { relative: 0.5 },
    },
  ],
};

/**
 * A made-up log of three arms over thirteen hours: users who differ, failures that are quick, one arm that slows down,
 * a change of the split.
 */
function log(): RequestRecord[] {
  const random = createRandom(11);
  const users = Array.from({ length: 90 }, () => sampleNormal(random));
  return Array.from({ length: 6000 }, (_, i) => {
    const hours = (13 * i) / 6000;
    const user = Math.floor(random() * users.length);
    const level = users[user] as number;
    const draw = (user * 7919 + (hours < 5 ? 0 : 13)) % 12;
    const arm = hours < 5 ? (draw < 6 ? "a" : draw < 9 ? "b" : "c") : draw < 4 ? "a" : draw < 8 ? "b" : "c";
    const success = random() > (arm === "c" ? 0.09 : 0.03);
    const slower = arm === "c" ? 1.2 + 0.05 * hours : 1;
    return {
      arm,
      unit: `user ${user}`,
      timestamp: Date.parse(input.start as string) + Math.floor(3_600_000 * hours),
      region: user % 3 === 0 ? "eu" : "us",
      success,
      latencyMs: success ? 250 * slower * Math.exp(0.3 * level + 0.5 * sampleNormal(random)) : 5,
      score: 3 + (arm === "b" ? 0.5 : 0) + 0.3 * level + sampleNormal(random),
      inputTokens: Math.round(Math.abs(400 + 60 * level + 40 * sampleNormal(random))),
      outputTokens: Math.round(Math.abs(120 + 30 * sampleNormal(random))),
    };
  });
}

const rounded = (_key: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isInteger(value)
    ? Number(value.toPrecision(9))
    : value === Infinity
      ? "Infinity"
      : value === -Infinity
        ? "-Infinity"
        : value;
const saved = (name: string): string =>
  fileURLToPath(new URL(`../../fixtures/golden/analysis/${name}.json`, import.meta.url));

describe("the analysis of one log", () => {
  const records = log();
  it.each<[string, Partial<Policy>]>([
    ["anytime", {}],
    ["anytime-by-request", { unit: null, multiplicity: "holm", latencyOfFailures: "slowest" }],
    ["anytime-exact", { unit: null, guarantee: "exact", metrics: (input.metrics as Policy["metrics"]).slice(0, 3) }],
    ["fixed", { monitoring: { kind: "fixed" }, multiplicity: "none", latencyOfFailures: "exclude" }],
    [
      "group-sequential",
      {
        monitoring: {
          kind: "group-sequential",
          looks: [0.3, 0.5, 1],
          spending: { kind: "hwang-shih-decani", gamma: -2 },
        },
      },
    ],
  ])("%s: stays what it was, to nine digits", async (name, changes) => {
    const policy = definePolicy({ ...input, ...changes });
    const summary = summarize(records, planFor(policy));
    const looks = trajectory(summary, policy, { maximumPoints: 3 }).map(({ analysis, ...point }) => ({
      ...point,
      effects: isNotComputable(analysis)
        ? analysis
        : analysis.comparisons.map(({ metrics }) => metrics.map(({ effect }) => effect)),
    }));
    await expect(`${JSON.stringify({ analysis: analyze(summary, policy), looks }, rounded, 1)}\n`).toMatchFileSnapshot(
      saved(name),
    );
  });
});
