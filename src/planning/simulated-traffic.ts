import type { Random } from "../math/random.ts";
import { sampleBinomial, sampleNormal } from "../math/sampling.ts";
import type { Policy } from "../policy/policy.ts";
import { clusterStatistics, unitBuckets } from "../summary/clusters.ts";
import { type Plan, planFor, type StatisticPlan } from "../summary/plan.ts";
import { emptySummaryQuality } from "../summary/quality-builder.ts";
import { emptyStatistic, type GrowingStatistic } from "../summary/statistic.ts";
import type { Summary } from "../summary/summary.ts";
import { millisecondsPerHour } from "../time.ts";
import { type LatencyLaw, latencyLaw } from "./latency-distribution.ts";
import { type FieldLaw, type Scenario, withFailureOdds } from "./scenario.ts";

/** Traffic that grows period by period, with the summary of all so far. */
export interface SimulatedTraffic {
  /** Adds the requests of the next period. */
  advance(): void;
  readonly summary: Summary;
  /** Requests so far, of all arms. */
  readonly requests: number;
  /** Failed requests of the treatments so far: false values of shares where higher is better. */
  readonly failures: number;
}

interface Bucket {
  records: number;
  readonly key: string;
  readonly statistics: GrowingStatistic[];
}

interface GrowingCell {
  readonly epoch: number;
  readonly period: number;
  readonly segment: null;
  readonly arm: string;
  records: number;
  readonly statistics: GrowingStatistic[];
}

/**
 * Draws a scenario's traffic. Shares are drawn as counts; of a latency only the tail that the metrics look at is drawn
 * value by value, the rest goes to ten values below it, which no quantile of the policy can tell apart.
 *
 * @param byPeriod - keep a cell per period rather than per epoch: where looks, exact evidence or cycles need it.
 */
export function simulatedTraffic(
  policy: Policy,
  scenario: Scenario,
  random: Random,
  byPeriod: boolean,
): SimulatedTraffic {
  const plan: Plan = planFor({
    ...policy,
    start: null,
    end: null,
    segments: [],
    allocation: allocationOf(policy, scenario),
  });
  const names = plan.arms;
  const samplers = names.map((arm) =>
    plan.statistics.map((statistic) =>
      samplerOf(statistic, scenario.arms[arm] as Readonly<Record<string, FieldLaw>>, policy),
    ),
  );
  const cells: GrowingCell[] = [];
  const clusters: { epoch: number; arm: string; identified: boolean; buckets: Bucket[] }[] = [];
  const failing = plan.statistics.flatMap(({ kind }, index) =>
    kind === "count" &&
    policy.metrics.some(
      (metric) =>
        metric.kind === "proportion" &&
        metric.better === "higher" &&
        `${metric.field}` === fieldOf(plan.statistics[index] as StatisticPlan),
    )
      ? [index]
      : [],
  );
  let period = 0;
  let requests = 0;
  let failures = 0;
  const extent = { first: 0, last: 0 };
  const summary: Summary = {
    plan,
    cells,
    clusters,
    instances: [],
    slices: null,
    quality: { ...emptySummaryQuality, extent },
  };
  const advance = (): void => {
    const epoch = scenario.allocation.reduce(
      (found, { fromPeriod }, index) => (fromPeriod <= period ? index : found),
      0,
    );
    const weights = scenario.allocation[epoch]?.weights ?? {};
    const counts = split(
      random,
      scenario.requestsPerPeriod,
      names.map((arm) => weights[arm] ?? 0),
    );
    const conditions = conditionsOf(scenario, period);
    for (const [at, arm] of names.entries()) {
      const n = counts[at] as number;
      if (n === 0) continue;
      const cell = cellOf(cells, plan, epoch, byPeriod ? period * plan.periodMs : epoch * plan.periodMs, arm, byPeriod);
      const before = failing.map((index) => failed(cell.statistics[index] as GrowingStatistic));
      cell.records += n;
      if (scenario.units === undefined)
        for (const [index, sampler] of (samplers[at] as Sampler[]).entries())
          sampler(random, n, conditions, cell.statistics[index] as GrowingStatistic);
      else
        addUnits(
          n,
          scenario.units,
          samplers[at] as Sampler[],
          cell,
          plan.units ? clusterOf(clusters, plan, epoch, arm) : emptyBuckets(plan),
          conditions,
          random,
        );
      if (at > 0)
        failures += failing.reduce(
          (sum, index, i) => sum + failed(cell.statistics[index] as GrowingStatistic) - (before[i] as number),
          0,
        );
    }
    requests += scenario.requestsPerPeriod;
    period++;
    extent.last = period * plan.periodMs - 1;
  };
  return {
    advance,
    summary,
    get requests() {
      return requests;
    },
    get failures() {
      return failures;
    },
  };
}

/** The policy's allocation with the scenario's epochs; periods begin at 1970. */
export function allocationOf(policy: Policy, scenario: Scenario): Policy["allocation"] {
  const periodMs = policy.periodHours * millisecondsPerHour;
  return scenario.allocation.map(({ fromPeriod, weights }, index) => ({
    from: index === 0 ? null : new Date(fromPeriod * periodMs).toISOString(),
    weights: Object.fromEntries([policy.control, ...policy.treatments].map((arm) => [arm, weights[arm] ?? 0])),
  }));
}

/** What holds for all arms in a period, and for one unit. */
interface Conditions {
  readonly failureOdds: number;
  readonly values: number;
}

function conditionsOf({ drift, shift }: Scenario, period: number): Conditions {
  const wave = drift === undefined ? 1 : Math.exp(drift.amplitude * Math.sin((2 * Math.PI * period) / drift.periods));
  const shifted = shift !== undefined && period >= shift.fromPeriod;
  return { failureOdds: wave * (shifted ? shift.failureOdds : 1), values: wave * (shifted ? (shift.values ?? 1) : 1) };
}

type Sampler = (random: Random, n: number, conditions: Conditions, into: GrowingStatistic) => void;

function samplerOf(statistic: StatisticPlan, laws: Readonly<Record<string, FieldLaw>>, policy: Policy): Sampler {
  if (statistic.kind === "comoments") {
    const [x, y] = [drawerOf(laws[statistic.x] as FieldLaw), drawerOf(laws[statistic.y] as FieldLaw)];
    return (random, n, { values }, into) => {
      if (into.kind === "comoments")
        into.comoments.addAll(
          drawn(n, () => values * x(random)),
          drawn(n, () => y(random)),
        );
    };
  }
  const law = laws[statistic.field] as FieldLaw;
  if (law.kind === "share") {
    return (random, n, { failureOdds }, into) => {
      if (into.kind !== "count") return;
      into.trials += n;
      into.successes += sampleBinomial(random, n, withFailureOdds(law.probability, failureOdds));
    };
  }
  if (statistic.kind === "count-above" && law.kind !== "normal") {
    const { survival } = latencyLaw("simulate", law);
    return (random, n, { values }, into) => {
      if (into.kind !== "count") return;
      into.trials += n;
      into.successes += sampleBinomial(random, n, survival(statistic.threshold / values));
    };
  }
  if (statistic.kind === "sketch" && law.kind !== "normal")
    return tailSampler(latencyLaw("simulate", law), tailOf(statistic.field, policy));
  const draw = drawerOf(law);
  return (random, n, { values }, into) => {
    const found = drawn(n, () => values * draw(random));
    if (into.kind === "sketch") into.sketch.addAll(found);
    else if (into.kind === "moments") into.moments.addAll(found);
    else if (into.kind === "count" && statistic.kind === "count-above") {
      into.trials += n;
      into.successes += found.reduce((count, value) => count + (value > statistic.threshold ? 1 : 0), 0);
    }
  };
}

/** The share of largest values that the policy's quantiles of a field can depend on. */
function tailOf(field: string, { metrics }: Policy): number {
  const lowest = Math.min(
    ...metrics.flatMap((metric) => (metric.kind === "quantile" && metric.field === field ? [metric.probability] : [])),
  );
  return Math.min(1, 12 * (1 - lowest));
}

function tailSampler(law: LatencyLaw, tail: number): Sampler {
  const bulk = Array.from({ length: 10 }, (_, i) => law.quantile(Math.max(1e-6, (1 - tail) * ((i + 0.5) / 10))));
  return (random, n, { values }, into) => {
    if (into.kind !== "sketch") return;
    const inTail = tail === 1 ? n : sampleBinomial(random, n, tail);
    const least = law.quantile(1 - tail);
    for (let i = 0; i < inTail; i++)
      into.sketch.add(
        values *
          (tail === 1
            ? law.quantile(1 - random() || 0.5)
            : Math.max(least, law.quantile(1 - tail * (random() || 0.5)))),
      );
    let rest = n - inTail;
    for (let i = 0; i < 10 && rest > 0; i++) {
      const here = i === 9 ? rest : sampleBinomial(random, rest, 1 / (10 - i));
      if (here > 0) into.sketch.add(values * (bulk[i] as number), here);
      rest -= here;
    }
  };
}

function drawerOf(law: FieldLaw): (random: Random) => number {
  if (law.kind === "share") return (random) => (random() < law.probability ? 1 : 0);
  if (law.kind === "normal") return (random) => law.mean + law.standardDeviation * sampleNormal(random);
  const { quantile } = latencyLaw("simulate", law);
  return (random) => quantile(random() || 0.5);
}

function drawn(n: number, draw: () => number): Float64Array {
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) values[i] = draw();
  return values;
}

/** Splits requests among arms at random, by weight. */
function split(random: Random, total: number, weights: readonly number[]): number[] {
  let left = total;
  let rest = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, index) => {
    const n =
      index === weights.length - 1 ? left : rest <= 0 ? 0 : sampleBinomial(random, left, Math.min(1, weight / rest));
    left -= n;
    rest -= weight;
    return n;
  });
}

/** Requests of units, each of which has all its requests in this period. */
function addUnits(
  n: number,
  units: NonNullable<Scenario["units"]>,
  samplers: readonly Sampler[],
  cell: GrowingCell,
  buckets: readonly Bucket[],
  conditions: Conditions,
  random: Random,
): void {
  for (let left = n; left > 0;) {
    const here = Math.min(left, units.requestsPerUnit);
    left -= here;
    const own = Math.exp(units.deviation * sampleNormal(random));
    const bucket = buckets[Math.floor(random() * buckets.length)] as Bucket;
    bucket.records += here;
    const alike = { failureOdds: conditions.failureOdds * own, values: conditions.values * own };
    for (const [index, sampler] of samplers.entries()) {
      const statistic = bucket.statistics[index] as GrowingStatistic;
      const into = cell.statistics[index] as GrowingStatistic;
      if (into.kind === "count" && statistic.kind === "count") {
        const before = into.successes;
        sampler(random, here, alike, into);
        statistic.trials += here;
        statistic.successes += into.successes - before;
      } else if (into.kind === "sketch" && statistic.kind === "sketch") {
        const drawnHere = emptyStatistic({ kind: "sketch", field: "", scale: into.sketch.scale });
        sampler(random, here, alike, drawnHere);
        if (drawnHere.kind !== "sketch") continue;
        into.sketch.absorb(drawnHere.sketch);
        statistic.sketch.absorb(drawnHere.sketch);
      } else if (into.kind === "moments" && statistic.kind === "moments") {
        const drawnHere = emptyStatistic({ kind: "moments", field: "" });
        sampler(random, here, alike, drawnHere);
        if (drawnHere.kind !== "moments") continue;
        into.moments.absorb(drawnHere.moments);
        statistic.moments.absorb(drawnHere.moments);
      }
    }
  }
}

function cellOf(
  cells: GrowingCell[],
  plan: Plan,
  epoch: number,
  period: number,
  arm: string,
  byPeriod: boolean,
): GrowingCell {
  const known = cells.findLast(
    (cell) => cell.arm === arm && cell.epoch === epoch && (!byPeriod || cell.period === period),
  );
  if (known !== undefined) return known;
  const cell: GrowingCell = {
    epoch,
    period,
    segment: null,
    arm,
    records: 0,
    statistics: plan.statistics.map(emptyStatistic),
  };
  cells.push(cell);
  return cell;
}

function clusterOf(
  clusters: { epoch: number; arm: string; identified: boolean; buckets: Bucket[] }[],
  plan: Plan,
  epoch: number,
  arm: string,
): readonly Bucket[] {
  const known = clusters.find((cluster) => cluster.epoch === epoch && cluster.arm === arm);
  if (known !== undefined) return known.buckets;
  const buckets = emptyBuckets(plan);
  clusters.push({ epoch, arm, identified: false, buckets });
  return buckets;
}

function emptyBuckets(plan: Plan): Bucket[] {
  return Array.from({ length: unitBuckets }, (_, key): Bucket => ({
    key: String(key),
    records: 0,
    statistics: clusterStatistics(plan.statistics).map(emptyStatistic),
  }));
}

function failed(statistic: GrowingStatistic): number {
  return statistic.kind === "count" ? statistic.trials - statistic.successes : 0;
}

function fieldOf(plan: StatisticPlan): string {
  return plan.kind === "comoments" ? "" : plan.field;
}
