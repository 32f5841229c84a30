import { isNotComputable, type NotComputable, notComputable } from "../../errors.ts";
import { chiSquareLogSurvival, chiSquareSurvival } from "../../math/chi-square.ts";
import type { Policy } from "../../policy/policy.ts";
import { sequentialSampleRatioTest } from "../../stats/anytime/sample-ratio-evidence.ts";
import type { Summary } from "../../summary/summary.ts";
import type { EpochRatio, SampleRatioCheck } from "../analysis.ts";
import { recordsByArm } from "../data/record-counts.ts";

/** An arm that was to get no traffic may have this share of its records, or one record, before it counts. */
export const toleratedShare = 0.001;

/**
 * Was traffic split as planned, within each allocation epoch?
 *
 * Under anytime monitoring by the sequential Dirichlet-multinomial test, under fixed by chi-square. With units, counts
 * are divided by how much more they vary than independent requests would.
 *
 * An arm with weight 0 was to get no traffic. A few of its records may still be stamped before the switch; up to
 * {@link toleratedShare} of the arm's records (or one record) they are left out and told in `unplanned`. More of them
 * are a mismatch.
 *
 * @param arms - the arms that are looked at, out of those of the plan; default all. Among a part of the arms traffic is
 * split by the same weights.
 */
export function sampleRatioCheck(
  summary: Summary,
  policy: Policy,
  arms: readonly string[] = summary.plan.arms,
): SampleRatioCheck | NotComputable {
  const { allocation, sampleRatioAlpha: alpha, monitoring } = policy;
  if (allocation === null)
    return notComputable("not-identified", "the policy does not say how traffic was to be split (allocation)");
  const epochs = epochsOf(summary, policy, arms);
  const observed = Object.fromEntries(
    arms.map((arm, index) => [arm, epochs.reduce((sum, { totals }) => sum + (totals[index] as number), 0)]),
  );
  const expected = Object.fromEntries(
    arms.map((arm, index) => [
      arm,
      epochs.reduce((sum, { shares, total }) => sum + total * (shares[index] as number), 0),
    ]),
  );
  const factor = countDispersion(summary);
  const test = monitoring.kind === "anytime" ? "dirichlet-multinomial" : "chi-square";
  const { pValue, lnPValue } = test === "chi-square" ? chiSquare(epochs, factor) : anytime(epochs, factor);
  const byEpoch = epochs.map((epoch): EpochRatio => ({
    from: epoch.from,
    observed: Object.fromEntries(arms.map((arm, index) => [arm, epoch.totals[index] as number])),
    expected: Object.fromEntries(arms.map((arm, index) => [arm, epoch.total * (epoch.shares[index] as number)])),
    pValue: (test === "chi-square" ? chiSquare([epoch], factor) : anytime([epoch], factor)).pValue,
  }));
  const unplanned = epochs.flatMap(({ from, tolerated }) =>
    arms.flatMap((arm, index) =>
      (tolerated[index] as number) > 0 ? [{ arm, from, records: tolerated[index] as number }] : [],
    ),
  );
  const mismatch = lnPValue <= Math.log(alpha);
  return { observed, expected, test, pValue, lnPValue, alpha, mismatch, epochs: byEpoch, unplanned };
}

/**
 * Which treatments does a mismatch concern? Those whose split against the control deviates on its own; all of them when
 * none does, because then the mismatch can't be told apart.
 */
export function mismatchedTreatments(
  summary: Summary,
  policy: Policy,
  check: SampleRatioCheck | NotComputable,
): ReadonlySet<string> {
  const { control, treatments } = policy;
  if (isNotComputable(check) || !check.mismatch) return new Set();
  const own = treatments.filter((treatment) => {
    const pair = sampleRatioCheck(summary, policy, [control, treatment]);
    return !isNotComputable(pair) && pair.lnPValue <= Math.log(check.alpha / treatments.length);
  });
  return new Set(own.length === 0 ? treatments : own);
}

interface Epoch {
  readonly from: string | null;
  readonly shares: readonly number[];
  readonly totals: readonly number[];
  readonly total: number;
  readonly periods: readonly (readonly number[])[];
  /** Records that an arm of weight 0 got, and that are left out of the rest. */
  readonly tolerated: readonly number[];
}

/**
 * The epochs that hold records, with the planned share of each arm. Epochs before the first declared one have no plan.
 */
function epochsOf({ plan, cells }: Summary, { allocation }: Policy, arms: readonly string[]): Epoch[] {
  const declared = allocation ?? [];
  const offset = declared[0]?.from === null ? 0 : 1;
  const records = recordsByArm({ plan, cells });
  return declared.flatMap(({ from, weights }, index) => {
    const planned = arms.map((arm) => weights[arm] ?? 0);
    const sum = planned.reduce((total, weight) => total + weight, 0);
    const byPeriod = new Map<number | null, number[]>();
    for (const { epoch, period, segment, arm, records: count } of cells) {
      const at = arms.indexOf(arm);
      if (segment !== null || epoch !== index + offset || at < 0) continue;
      const counts = byPeriod.get(period) ?? arms.map(() => 0);
      counts[at] = count;
      byPeriod.set(period, counts);
    }
    if (byPeriod.size === 0 || sum === 0) return [];
    const seen = arms.map((_, at) => [...byPeriod.values()].reduce((count, own) => count + (own[at] as number), 0));
    const tolerated = seen.map((count, at) =>
      planned[at] === 0 && count <= Math.max(1, toleratedShare * (records[arms[at] as string] ?? 0)) ? count : 0,
    );
    const keep = (count: number, at: number): number => ((tolerated[at] as number) > 0 ? 0 : count);
    const totals = seen.map(keep);
    return [
      {
        from,
        shares: planned.map((weight) => weight / sum),
        totals,
        total: totals.reduce((a, b) => a + b, 0),
        periods: [...byPeriod.values()].map((counts) => counts.map(keep)),
        tolerated,
      },
    ];
  });
}

function chiSquare(epochs: readonly Epoch[], factor: number): { readonly pValue: number; readonly lnPValue: number } {
  let statistic = 0;
  let degreesOfFreedom = 0;
  for (const { shares, totals, total } of epochs) {
    for (const [index, share] of shares.entries()) {
      const count = totals[index] as number;
      if (share === 0) statistic += count > 0 ? Infinity : 0;
      else statistic += (count - total * share) ** 2 / (total * share * factor);
    }
    degreesOfFreedom += shares.filter((share) => share > 0).length - 1;
  }
  if (statistic === Infinity) return { pValue: 0, lnPValue: -Number.MAX_VALUE };
  // While one arm gets all traffic, no other split was possible.
  if (degreesOfFreedom === 0) return { pValue: 1, lnPValue: 0 };
  return {
    pValue: chiSquareSurvival(statistic, degreesOfFreedom),
    lnPValue: chiSquareLogSurvival(statistic, degreesOfFreedom),
  };
}

function anytime(epochs: readonly Epoch[], factor: number): { readonly pValue: number; readonly lnPValue: number } {
  const scaled = epochs.map(({ shares, periods, totals }) => ({
    weights: shares,
    countsByPeriod: factor === 1 ? periods : [totals.map((count) => Math.round(count / factor))],
  }));
  const { pValue, lnPValue } = sequentialSampleRatioTest(scaled);
  return { pValue, lnPValue: Math.max(-Number.MAX_VALUE, lnPValue) };
}

/** How much more the count of an arm varies than independent requests would: at least 1, and 1 without units. */
export function countDispersion({ clusters }: Summary): number {
  let factor = 1;
  for (const { identified, buckets } of clusters) {
    const counts = buckets.map(({ records }) => records);
    const total = counts.reduce((sum, count) => sum + count, 0);
    const squares = counts.reduce((sum, count) => sum + count * count, 0);
    const variance = identified
      ? squares
      : ((squares - (total * total) / counts.length) * counts.length) / Math.max(1, counts.length - 1);
    factor = Math.max(factor, variance / total);
  }
  return factor;
}
