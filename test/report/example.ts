import { trajectory, type TrajectoryPoint } from "../../src/analysis/trajectory.ts";
import {
  analyze,
  createRandom,
  decide,
  definePolicy,
  planFor,
  type Policy,
  type RequestRecord,
  safeRollout,
  sampleNormal,
  summarize,
  type Summary,
} from "../../src/index.ts";
import type { Decision } from "../../src/index.ts";

/** A made-up experiment, summarized and decided. */
export interface Example {
  readonly policy: Policy;
  readonly summary: Summary;
  readonly decision: Decision;
  readonly points: readonly TrajectoryPoint[];
}

export interface ExampleOptions {
  readonly records?: number;
  readonly hours?: number;
  readonly control?: string;
  readonly treatments?: readonly string[];
  /** Share of the treatments' requests that take 3.6 times as long. */
  readonly slow?: number;
  readonly success?: number;
  readonly timestamps?: boolean;
}

/** Requests with log-normal latency around 420 ms; the treatments' own are slower in a share of cases. */
export function* exampleRecords(options: ExampleOptions = {}): Generator<RequestRecord> {
  const {
    records = 40_000,
    hours = 24,
    control = "v1",
    treatments = ["v2"],
    slow = 1 / 16,
    success = 0.997,
    timestamps = true,
  } = options;
  const random = createRandom(7);
  const arms = [control, ...treatments];
  const start = Date.UTC(2026, 0, 5);
  for (let i = 0; i < records; i++) {
    const arm = arms[Math.floor(random() * arms.length)] as string;
    const factor = arm !== control && random() < slow ? 3.6 : 1;
    yield {
      arm,
      ...(timestamps ? { timestamp: start + Math.floor((i / records) * hours * 3_600_000) } : {}),
      success: random() < success,
      latencyMs: 420 * factor * Math.exp(0.5 * sampleNormal(random)),
    };
  }
}

const made = new Map<string, Example>();

/** Made once for all tests of a process: most of the time goes into the decisions over time. */
export function example(options: ExampleOptions = {}): Example {
  const key = JSON.stringify(options);
  const before = made.get(key);
  if (before !== undefined) return before;
  const one = make(options);
  made.set(key, one);
  return one;
}

function make(options: ExampleOptions): Example {
  const { control = "v1", treatments = ["v2"] } = options;
  const allocation = Object.fromEntries([control, ...treatments].map((arm) => [arm, 1]));
  const policy = definePolicy({ ...safeRollout({ control, treatments }), allocation });
  return decided(policy, summarize(exampleRecords(options), planFor(policy)));
}

export function decided(policy: Policy, summary: Summary): Example {
  return { policy, summary, decision: decide(analyze(summary, policy), policy), points: trajectory(summary, policy) };
}
