import type { Random } from "../index.ts";
import { millisecondsPerHour } from "../time.ts";
import type { AssignableRequest } from "./assign-arm.ts";
import { fastNormal, labelledRandom } from "./random.ts";
import type { ArmBehaviour, TrafficScenario } from "./scenario.ts";

/**
 * A request that arrived, before any arm served it. Its luck is drawn here, so that it doesn't depend on when anybody
 * looks.
 */
export interface ArrivingRequest extends AssignableRequest {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly luck: {
    readonly success: number;
    readonly slow: number;
    readonly latency: number;
    readonly satisfaction: number;
  };
  /** How much slower than usual this user's requests are, as a logarithm. */
  readonly taste: number;
}

/** How a request was served. */
export interface ServedRequest {
  readonly success: boolean;
  readonly latencyMs: number;
  readonly satisfaction: number | undefined;
}

/**
 * The requests of an experiment in order of arrival: Poisson, faster by day than by night.
 *
 * The stream depends on the seed, the experiment and its start only, not on when or how often it is read.
 *
 * @param startMs - when traffic starts, milliseconds since 1970
 */
export function* arrivals(
  scenario: TrafficScenario,
  seed: number,
  experimentId: string,
  startMs: number,
): Generator<ArrivingRequest, never> {
  const random = labelledRandom("traffic", seed, experimentId);
  const [regions, segments] = [pickerOf(scenario.regions), pickerOf(scenario.segments)];
  const features = Object.entries(scenario.features);
  const tastes = new Map<number, number>();
  const tasteOf = (user: number): number => {
    const known = tastes.get(user) ?? fastNormal(labelledRandom("user", seed, user)) * (scenario.users?.spread ?? 0);
    tastes.set(user, known);
    return known;
  };
  let time = startMs;
  for (let number = 1; ; number += 1) {
    time += (-Math.log(1 - random()) * millisecondsPerHour) / ratePerHour(scenario, time);
    const user = scenario.users === null ? undefined : Math.floor(random() * scenario.users.count);
    yield {
      time,
      unit: user === undefined ? `request-${number}` : `user-${user}`,
      region: regions(random),
      segment: segments(random),
      features: features.filter(([, share]) => random() < share).map(([feature]) => feature),
      luck: { success: random(), slow: random(), latency: fastNormal(random), satisfaction: fastNormal(random) },
      taste: user === undefined ? 0 : tasteOf(user),
    };
  }
}

/** What an arm makes of a request. */
export function serve(
  scenario: TrafficScenario,
  arm: "control" | "treatment",
  request: ArrivingRequest,
  startMs: number,
): ServedRequest {
  const behaviour: ArmBehaviour = scenario[arm];
  const hours = (request.time - startMs) / millisecondsPerHour;
  const outage = scenario.outages.find(
    (o) => (o.arm === "both" || o.arm === arm) && hours >= o.fromHour && hours < o.fromHour + o.hours,
  );
  const drifted = behaviour.successRate + (scenario.drift.successPerDay * hours) / 24;
  const { medianMs, sigma, slowShare = 0, slowFactor = 1 } = behaviour.latency;
  const { luck } = request;
  const baseline = medianMs * scenario.drift.latencyFactorPerDay ** (hours / 24);
  return {
    success: luck.success < (outage?.successRate ?? Math.min(1, Math.max(0, drifted))),
    latencyMs: baseline * Math.exp(sigma * luck.latency + request.taste) * (luck.slow < slowShare ? slowFactor : 1),
    satisfaction: behaviour.satisfaction === undefined ? undefined : behaviour.satisfaction + luck.satisfaction,
  };
}

/** Requests per hour at a time of day (UTC): lowest at midnight, highest at noon. */
function ratePerHour(scenario: TrafficScenario, time: number): number {
  return (
    scenario.requestsPerHour * (1 - scenario.dailySwing * Math.cos((2 * Math.PI * time) / (24 * millisecondsPerHour)))
  );
}

/** Draws a name with the chances given by the weights. */
function pickerOf(weights: Readonly<Record<string, number>>): (random: Random) => string | undefined {
  const entries = Object.entries(weights);
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  return (random) => {
    let place = random() * total;
    return entries.find(([, weight]) => (place -= weight) < 0)?.[0] ?? entries.at(-1)?.[0];
  };
}
