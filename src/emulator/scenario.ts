import { requireNumber } from "../errors.ts";

/** How one version behaves. */
export interface ArmBehaviour {
  /** Chance that a request succeeds. */
  readonly successRate: number;
  /** Latency is log-normal; a share of the requests is slower by a factor. */
  readonly latency: {
    readonly medianMs: number;
    /** Standard deviation of the logarithm. */
    readonly sigma: number;
    readonly slowShare?: number;
    readonly slowFactor?: number;
  };
  /** Satisfaction score of a request, normal around this mean with standard deviation 1. */
  readonly satisfaction?: number;
}

/** A stretch of time in which something is broken. */
export interface Outage {
  /** Hours after the start of the experiment. */
  readonly fromHour: number;
  readonly hours: number;
  readonly arm: "control" | "treatment" | "both";
  readonly successRate: number;
}

/** The traffic of an experiment: who comes when, and how each version serves them. */
export interface TrafficScenario {
  readonly requestsPerHour: number;
  /** 0 = the same at all hours; 0.5 = half as much more at noon and less at midnight. */
  readonly dailySwing: number;
  readonly control: ArmBehaviour;
  readonly treatment: ArmBehaviour;
  /** Change of the baseline for both arms per day: latency by a factor, success rate by an amount. */
  readonly drift: { readonly latencyFactorPerDay: number; readonly successPerDay: number };
  readonly outages: readonly Outage[];
  /**
   * Units that come back; `null` = each request is a unit of its own. `spread` is the standard deviation of a user's
   * own log latency.
   */
  readonly users: { readonly count: number; readonly spread: number } | null;
  /**
   * Share of the requests by region, segment and feature; each request has one region, one segment, and each feature
   * with its share.
   */
  readonly regions: Readonly<Record<string, number>>;
  readonly segments: Readonly<Record<string, number>>;
  readonly features: Readonly<Record<string, number>>;
}

const healthy: ArmBehaviour = {
  successRate: 0.997,
  latency: { medianMs: 300, sigma: 0.35, slowShare: 0.02, slowFactor: 2 },
  satisfaction: 4.2,
};

/** Two equal, healthy versions at 4,000 requests an hour. */
export const healthyTraffic: TrafficScenario = {
  requestsPerHour: 4000,
  dailySwing: 0.3,
  control: healthy,
  treatment: healthy,
  drift: { latencyFactorPerDay: 1, successPerDay: 0 },
  outages: [],
  users: null,
  regions: { eu: 0.4, us: 0.5, ap: 0.1 },
  segments: { free: 0.7, premium: 0.3 },
  features: { streaming: 0.5, tools: 0.2 },
};

/** A treatment whose slowest percent is about 70 % slower, with half a point more failures. */
export const regressedTraffic: TrafficScenario = {
  ...healthyTraffic,
  treatment: { ...healthy, successRate: 0.992, latency: { ...healthy.latency, slowShare: 0.06, slowFactor: 3 } },
};

/** A scenario from a few changes to the healthy one. @throws {RangeError} naming the field that makes no sense */
export function trafficScenario(changes: Partial<TrafficScenario> = {}): TrafficScenario {
  const scenario = { ...healthyTraffic, ...changes };
  const need = (field: string, requirement: string, value: number, holds: (x: number) => boolean): void =>
    requireNumber("generate traffic", field, requirement, value, holds);
  need("requestsPerHour", "a positive number up to 10,000,000", scenario.requestsPerHour, (x) => x > 0 && x <= 1e7);
  need("dailySwing", "from 0 to below 1", scenario.dailySwing, (x) => x >= 0 && x < 1);
  for (const name of ["control", "treatment"] as const) {
    const arm = scenario[name];
    need(`${name}.successRate`, "from 0 to 1", arm.successRate, (x) => x >= 0 && x <= 1);
    need(`${name}.latency.medianMs`, "a positive number", arm.latency.medianMs, (x) => x > 0);
    need(`${name}.latency.sigma`, "a number not below 0", arm.latency.sigma, (x) => x >= 0);
    need(`${name}.latency.slowShare`, "from 0 to 1", arm.latency.slowShare ?? 0, (x) => x >= 0 && x <= 1);
    need(`${name}.latency.slowFactor`, "a positive number", arm.latency.slowFactor ?? 1, (x) => x > 0);
  }
  need("drift.latencyFactorPerDay", "a positive number", scenario.drift.latencyFactorPerDay, (x) => x > 0);
  if (scenario.users !== null)
    need("users.count", "a whole number of at least 1", scenario.users.count, (x) => Number.isSafeInteger(x) && x >= 1);
  return scenario;
}
