import { type NotComputable, notComputable, requireFinite, requireNumber } from "../../errors.ts";
import { linearisedRatio } from "./ratio-metric.ts";
import { type PairMoments, pairMomentsOf, type SampleMoments } from "./sample-moments.ts";

/**
 * What the requests of one unit (user, tenant, load-test run), or of one hash bucket of units, add up to. `total` is
 * the sum of the metric (of successes for a proportion, of the numerator for a ratio), `weight` the number of requests
 * (or the sum of the denominator).
 */
export interface UnitTotals {
  readonly total: number;
  readonly weight: number;
}

/** One arm as independent units. */
export interface ClusteredArm {
  /** Units or buckets; those without requests may be left out and never count. */
  readonly units: readonly UnitTotals[];
  /** Number of units behind hash buckets; default: each entry is a unit. */
  readonly unitCount?: number;
}

/** A clustered mean with what bounds its degrees of freedom. */
export interface ClusteredMoments extends SampleMoments {
  /** Independent units that the mean effectively rests on: (sum of weights)^2 / sum of squares, at most the units. */
  readonly effectiveUnits: number;
}

/**
 * The mean per request of an arm, with a variance that lets requests of a unit be alike. Weighting by requests is the
 * ratio of sums over units; weighting by units is the mean of the units' own means.
 */
export function clusteredMoments(
  action: string,
  name: string,
  arm: ClusteredArm,
  weighting: "requests" | "units",
): ClusteredMoments | NotComputable {
  arm.units.forEach((unit, i) => {
    requireFinite(action, `${name}.units[${i}].total`, unit.total);
    requireNumber(
      action,
      `${name}.units[${i}].weight`,
      "a non-negative finite number",
      unit.weight,
      (x) => x >= 0 && x < Infinity,
    );
  });
  const units = arm.units.filter((unit) => unit.weight > 0);
  const { unitCount = units.length } = arm;
  requireNumber(
    action,
    `${name}.unitCount`,
    `at least the ${units.length} buckets that hold requests`,
    unitCount,
    (x) => Number.isSafeInteger(x) && x >= units.length,
  );
  if (units.length === 0) return notComputable("no-data", `${name} has no units with requests`);
  if (units.length < 2)
    return notComputable("too-few-units", `${name} has 1 unit with requests, and a variance between units needs 2`);
  if (weighting === "units") {
    const means = units.map((unit) => unit.total / unit.weight);
    const { count, meanX, varianceX } = pairMomentsOf(means, means);
    return { count, mean: meanX, variance: varianceX, effectiveUnits: count };
  }
  const pairs: PairMoments = pairMomentsOf(
    units.map((unit) => unit.total),
    units.map((unit) => unit.weight),
  );
  const relativeSpread = ((pairs.count - 1) / pairs.count) * (pairs.varianceY / (pairs.meanY * pairs.meanY));
  return { ...linearisedRatio(pairs), effectiveUnits: pairs.count / (1 + relativeSpread) };
}
