import { isNotComputable, type NotComputable, notComputable } from "../../errors.ts";
import type { TokenPrice } from "../../policy/prices.ts";
import type { QuantileSketch } from "../../sketch/quantile-sketch.ts";
import { meanPriorDeviation } from "../../stats/anytime/mixtures/normal-mixture.ts";
import type { EffectKind } from "../../stats/effect.ts";
import type { ArmData } from "../data/arm-data.ts";
import {
  commonRatio,
  differenceOf,
  excessRatioDeviance,
  type MeanEstimate,
  type MeanStratum,
  ratioInterval,
} from "./common-effect.ts";
import type { ArmEngine, MetricEngine } from "./engine.ts";
import { moderatedVariance } from "./moderated-variance.ts";

/** Below it a double holds too few digits. */
const leastVariance = 1e-290;

/** What each arm's tokens cost, for the mean cost of a request. */
export interface ArmPrices {
  readonly control: TokenPrice | undefined;
  readonly treatment: TokenPrice | undefined;
}

/**
 * Engine for means, for ratios of sums, and (with prices) for the mean cost of a request.
 *
 * @param denominator - name of the field that a ratio divides by; `null` for means and costs
 */
export function meanEngine(
  control: ArmData,
  treatment: ArmData,
  prices?: ArmPrices,
  denominator: string | null = null,
): MetricEngine {
  const own = { control: armOf(control, prices?.control), treatment: armOf(treatment, prices?.treatment) };
  const [c, t] = [withSpread(own.control, own.treatment), withSpread(own.treatment, own.control)];
  const strata: MeanStratum[] = c.epochs.flatMap((first, epoch) => {
    const second = t.epochs[epoch];
    return first === null || second === null || second === undefined ? [] : [{ control: first, treatment: second }];
  });
  const unusable = problemOf(
    strata.map((stratum) => stratum.control.variance + stratum.treatment.variance),
    withoutDenominator([control, treatment], denominator) ?? "no epoch has at least two values of both arms",
    "all values of both arms are equal",
  );
  return {
    arms: { control: meanArm(c, control, denominator), treatment: meanArm(t, treatment, denominator) },
    estimate: (kind) => {
      if (unusable !== null) return unusable;
      const effect = kind === "difference" ? differenceOf(strata).estimate : commonRatio(strata);
      return Number.isNaN(effect) ? notComputable("not-identified", "the means of both arms are 0") : effect;
    },
    deviance: (kind, value) => deviance(strata, kind, value),
    interval: (kind, threshold) => {
      if (kind === "ratio") return ratioInterval(strata, threshold);
      const { estimate, variance } = differenceOf(strata);
      const half = Math.sqrt(2 * threshold * variance);
      return [estimate - half, estimate + half];
    },
    information:
      unusable !== null
        ? 0
        : strata.reduce(
            (sum, { control: a, treatment: b }) =>
              sum + (a.n * a.spread + b.n * b.spread) / (a.n + b.n) / (a.variance + b.variance),
            0,
          ),
    prior: meanPriorDeviation,
    method: "gaussian-mixture",
    fixedTest: "welch-z",
  };
}

/** In words, the arms whose denominators add up to 0 in every epoch: a ratio has no value there. */
function withoutDenominator(arms: readonly ArmData[], denominator: string | null): string | undefined {
  const empty = denominator === null ? [] : arms.filter(isWithoutDenominator);
  return empty.length === 0
    ? undefined
    : `the values of ${denominator} add up to 0 in ${empty.map(({ arm }) => arm).join(" and ")}, so that the ratio ` +
        "has no value";
}

/** Whether an arm has values of both fields, and those of the denominator add up to 0 in every epoch. */
function isWithoutDenominator({ epochs }: ArmData): boolean {
  const filled = epochs.filter((statistic) => statistic?.kind === "comoments" && statistic.comoments.count > 0);
  return (
    filled.length > 0 && filled.every((statistic) => statistic?.kind === "comoments" && statistic.comoments.sumY === 0)
  );
}

/** Why variances are none to weigh anything by, or null. */
function problemOf(variances: readonly number[], absent: string, equal: string): NotComputable | null {
  if (variances.length === 0) return notComputable("no-data", absent);
  if (!variances.every(Number.isFinite))
    return notComputable(
      "not-identified",
      "the values are so large that the sum of their squares is beyond the largest number a double holds",
    );
  if (variances.every((variance) => variance === 0)) return notComputable("zero-variance", equal);
  return variances.some((variance) => variance < leastVariance)
    ? notComputable(
        "not-identified",
        "the values differ so little that the squares of their differences are below what a double holds",
      )
    : null;
}

interface MeanArm {
  readonly epochs: readonly (MeanEstimate | null)[];
}

function armOf(arm: ArmData, price: TokenPrice | undefined): MeanArm {
  return { epochs: arm.epochs.map((_, epoch) => estimateOf(arm, epoch, price)) };
}

/**
 * A few records that happen to be equal, or nearly, don't say that all are: several epochs lend each other spread, and
 * the other arm lends to one that has none.
 */
function withSpread(arm: MeanArm, other: MeanArm): MeanArm {
  const own = present(arm.epochs);
  const epochs = own.length < 2 ? arm.epochs : arm.epochs.map((estimate) => moderatedVariance(estimate, own));
  return {
    epochs: epochs.map((estimate) =>
      estimate !== null && estimate.spread < leastVariance
        ? moderatedVariance(estimate, [...own, ...present(other.epochs)])
        : estimate,
    ),
  };
}

function deviance(
  strata: readonly MeanStratum[],
  kind: EffectKind,
  value: number,
): { readonly deviance: number; readonly above: boolean } {
  if (kind === "ratio") return { deviance: excessRatioDeviance(strata, value), above: commonRatio(strata) > value };
  const { estimate, variance } = differenceOf(strata);
  return { deviance: (estimate - value) ** 2 / variance, above: estimate > value };
}

/** The mean, the ratio of sums, or the cost at a price, with its variance; `null` below two records. */
function estimateOf(arm: Pick<ArmData, "epochs">, epoch: number, price?: TokenPrice): MeanEstimate | null {
  const statistic = arm.epochs[epoch] ?? null;
  if (statistic?.kind === "moments") {
    const { count, mean, variance } = statistic.moments;
    return count < 2 ? null : { n: count, value: mean, spread: variance, variance: variance / count };
  }
  if (statistic?.kind === "sketch") return meanOfSketch(statistic.sketch);
  if (statistic?.kind !== "comoments" || statistic.comoments.count < 2) return null;
  const { count, sumX, sumY, varianceX, varianceY, covariance } = statistic.comoments;
  const linear = (a: number, b: number): number =>
    Math.max(0, a * a * varianceX + 2 * a * b * covariance + b * b * varianceY);
  if (price !== undefined) {
    const [a, b] = [price.inputPerMillion / 1e6, price.outputPerMillion / 1e6];
    const spread = linear(a, b);
    return { n: count, value: (a * sumX + b * sumY) / count, spread, variance: spread / count };
  }
  if (sumY === 0) return null;
  const ratio = sumX / sumY;
  const perDenominator = sumY / count;
  const spread = linear(1, -ratio) / (perDenominator * perDenominator);
  return { n: count, value: ratio, spread, variance: spread / count };
}

/** The mean of a distribution's exact sum; its variance from the middles of the buckets, within 1 %. */
function meanOfSketch(sketch: QuantileSketch): MeanEstimate | null {
  const { count, sum } = sketch;
  if (count < 2 || isNotComputable(sum) || !Number.isFinite(sum)) return null;
  const value = sum / count;
  const bins = sketch.bins();
  const squares = bins.count.reduce(
    (total, n, i) => total + n * (((bins.lower[i] as number) + (bins.upper[i] as number)) / 2 - value) ** 2,
    0,
  );
  const spread = squares / (count - 1);
  return { n: count, value, spread, variance: spread / count };
}

/** Variance of what counts of a single record in each epoch: of a ratio, of numerator - ratio * denominator. */
export function recordVariances(arm: Pick<ArmData, "epochs">, price: TokenPrice | undefined): number[] {
  return arm.epochs.map((statistic, epoch) => {
    const estimate = estimateOf(arm, epoch, price);
    if (statistic?.kind !== "comoments" || estimate === null || price !== undefined) return estimate?.spread ?? 0;
    const perDenominator = statistic.comoments.sumY / statistic.comoments.count;
    return estimate.spread * perDenominator * perDenominator;
  });
}

function meanArm({ epochs }: MeanArm, data: ArmData, denominator: string | null): ArmEngine {
  const own = present(epochs);
  const n = own.reduce((sum, estimate) => sum + estimate.n, 0);
  const absent = own.length === 0 ? withoutDenominator([data], denominator) : undefined;
  const value = own.reduce((sum, estimate) => sum + estimate.n * estimate.value, 0) / n;
  const variance = own.reduce((sum, estimate) => sum + estimate.n * estimate.n * estimate.variance, 0) / (n * n);
  const spread = own.reduce((sum, estimate) => sum + estimate.n * estimate.spread, 0) / n;
  const unusable = problemOf(
    n === 0 ? [] : [variance],
    absent ?? "no epoch has at least two values of the arm",
    `all ${n} values are equal`,
  );
  return {
    n: absent === undefined ? n : pairsOf(data),
    value: Number.isFinite(value) ? value : null,
    information: unusable === null ? spread / variance : 0,
    deviance: (level) => unusable ?? { deviance: (value - level) ** 2 / variance, above: value > level },
    interval: (threshold) =>
      unusable === null
        ? [value - Math.sqrt(2 * threshold * variance), value + Math.sqrt(2 * threshold * variance)]
        : [-Infinity, Infinity],
  };
}

/** Records with values of both fields of a ratio. */
function pairsOf({ epochs }: ArmData): number {
  return epochs.reduce((sum, one) => sum + (one?.kind === "comoments" ? one.comoments.count : 0), 0);
}

function present(epochs: readonly (MeanEstimate | null)[]): MeanEstimate[] {
  return epochs.filter((estimate) => estimate !== null);
}
