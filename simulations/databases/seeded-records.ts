import { createRandom, definePolicy, type Plan, planFor, type Random, sampleNormal } from "../../src/index.ts";
import type { FieldMapping, Policy } from "../../src/index.ts";

/** A row as a table holds it. */
export interface SeededRow {
  readonly experiment: string;
  readonly arm: string | null;
  /** Milliseconds. */
  readonly ts: number | null;
  readonly user_id: string | null;
  readonly latency_ms: number | null;
  readonly ok: boolean | null;
  readonly tokens: number | null;
  readonly cost: number;
  readonly score: number | null;
  readonly region: string | null;
}

/** First instant of the seeded rows. */
export const seededStart: number = Date.UTC(2026, 0, 5);

/** Over how many hours they are spread. */
export const seededHours = 4;

const arms = ["v1", "v2", "v3"] as const;

/**
 * Rows of a seeded experiment with three arms and 200,000 users, and with all that is awkward: zero, negative, infinite
 * and missing values, values on bucket boundaries, other arms, other experiments, missing arms and users, and instants
 * outside the experiment.
 */
export function* seededRows(count: number, seed = 1, users = 200_000): Generator<SeededRow> {
  const random = createRandom(seed);
  for (let i = 0; i < count; i++) yield seededRow(random, i / count, users);
}

function seededRow(random: Random, share: number, users: number): SeededRow {
  const user = Math.floor(users * random() ** 2);
  const arm = arms[user % 3] as string;
  const failed = random() < 0.004;
  return {
    experiment: random() < 0.1 ? "exp-other" : "exp-checkout",
    arm: chance(random, 1e-4) ? null : chance(random, 1e-4) ? "" : chance(random, 0.01) ? "v9" : arm,
    ts: chance(random, 5e-5) ? null : seededStart - 60_000 + Math.floor(share * (seededHours * 3_600_000 + 120_000)),
    user_id: chance(random, 5e-5) ? null : `user-${user}`,
    latency_ms: failed && chance(random, 0.6) ? 0 : latency(random, arm),
    ok: chance(random, 0.001) ? null : !failed,
    tokens: chance(random, 0.01) ? null : Math.floor(900 * random()),
    cost: 0.0001 + 0.002 * random(),
    score: chance(random, 0.3)
      ? null
      : chance(random, 0.002)
        ? 0
        : Math.fround(4 * sampleNormal(random)) * (chance(random, 0.01) ? 1e-6 : 1),
    region: chance(random, 0.05) ? null : chance(random, 0.01) ? "" : chance(random, 0.4) ? "eu \"west\" 'é'" : "us",
  };
}

function latency(random: Random, arm: string): number | null {
  const kind = random();
  if (kind < 0.002) return 0;
  if (kind < 0.01) return 2 ** Math.floor(12 * random());
  if (kind < 0.0115 && kind >= 0.0105)
    return nextTo(2 ** (Math.floor(1400 * random()) / 128), Math.floor(7 * random()) - 3);
  if (kind < 0.0101) return -1 - Math.floor(5 * random());
  if (kind < 0.01015) return chance(random, 0.5) ? Infinity : Number.NaN;
  if (kind < 0.015) return null;
  const value = 120 * Math.exp(0.6 * sampleNormal(random)) * (arm === "v2" && chance(random, 0.05) ? 3 : 1);
  return kind < 0.2 ? Math.round(value * 1000) / 1000 : kind < 0.25 ? Math.round(value) : value;
}

/** The double so many steps from another: values next to a bucket's boundary are what logarithms get wrong. */
function nextTo(value: number, steps: number): number {
  const bits = new BigInt64Array(1);
  const double = new Float64Array(bits.buffer);
  double[0] = value;
  bits[0] = (bits[0] as bigint) + BigInt(steps);
  return double[0] as number;
}

function chance(random: Random, probability: number): boolean {
  return random() < probability;
}

/** From which of these columns the fields come. */
export const seededMapping: FieldMapping = {
  fields: {
    arm: "arm",
    timestamp: "ts",
    unit: "user_id",
    success: "ok",
    latencyMs: "latency_ms",
    tokens: "tokens",
    costUsd: "cost*1",
    score: "score",
    "segment.region": "region",
  },
  where: ['experiment="exp-checkout"'],
};

/** A policy that uses every kind of statistic. */
export function fullPolicy(changes: Readonly<Record<string, unknown>> = {}): Policy {
  return definePolicy({
    control: "v1",
    treatments: ["v2", "v3"],
    unit: "user_id",
    segments: ["region"],
    start: new Date(seededStart).toISOString(),
    end: new Date(seededStart + seededHours * 3_600_000).toISOString(),
    allocation: [
      { from: null, weights: { v1: 1, v2: 1, v3: 1 } },
      { from: new Date(seededStart + 5_400_000).toISOString(), weights: { v1: 2, v2: 1, v3: 1 } },
    ],
    metrics: [
      {
        name: "success_rate",
        kind: "proportion",
        field: "success",
        better: "higher",
        role: "primary",
        goal: "non-inferior",
        margin: { absolute: 0.005 },
      },
      {
        name: "latency_p99",
        kind: "quantile",
        field: "latencyMs",
        probability: 0.99,
        better: "lower",
        role: "guardrail",
        goal: "non-inferior",
        margin: { relative: 0.1 },
      },
      { name: "slow", kind: "exceedance", field: "latencyMs", threshold: 400, better: "lower", role: "secondary" },
      { name: "score_p50", kind: "quantile", field: "score", probability: 0.5, better: "higher", role: "secondary" },
      { name: "score", kind: "mean", field: "score", better: "higher", role: "secondary" },
      {
        name: "cost_per_token",
        kind: "ratio",
        numerator: "costUsd",
        denominator: "tokens",
        better: "lower",
        role: "secondary",
      },
    ],
    ...changes,
  });
}

/** What the command line keeps when no policy is given: success rate and P99. */
export function simplePlan(): Plan {
  return {
    ...planFor(fullPolicy()),
    units: false,
    segments: [],
    statistics: [
      { kind: "count", field: "success" },
      { kind: "sketch", field: "latencyMs", scale: 7 },
    ],
    epochStarts: [],
  };
}
