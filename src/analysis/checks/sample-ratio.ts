import { type NotComputable, notComputable } from "../../errors.ts";
import { chiSquareLogSurvival, chiSquareSurvival } from "../../math/chi-square.ts";
import type { Policy } from "../../policy/policy.ts";
import { sequentialSampleRatioTest } from "../../stats/anytime/sample-ratio-evidence.ts";
import type { Summary } from "../../summary/summary.ts";
import type { EpochRatio, SampleRatioCheck } from "../analysis.ts";

/**
 * Was traffic split as planned, within each allocation epoch?
 *
 * Under anytime monitoring by the sequential Dirichlet-multinomial test, under fixed by chi-square. With units, counts
 * are divided by how much more they vary than independent requests would.
 */
export function sampleRatioCheck(summary: Summary, policy: Policy): SampleRatioCheck | NotComputable {
  const { allocation, sampleRatioAlpha: alpha, monitoring } = policy;
  if (allocation === null)
    return notComputable("not-identified", "the policy does not say how traffic was to be split (allocation)");
  const { arms } = summary.plan;
  const epochs = epochsOf(summary, policy);
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
  return { observed, expected, test, pValue, lnPValue, alpha, mismatch: lnPValue <= Math.log(alpha), epochs: byEpoch };
}

interface Epoch {
  readonly from: string | null;
  readonly shares: readonly number[];
  readonly totals: readonly number[];
  readonly total: number;
  readonly periods: readonly (readonly number[])[];
}

/**
 * The epochs that hold records, with the planned share of each arm. Epochs before the first declared one have no plan.
 */
function epochsOf({ plan, cells }: Summary, { allocation }: Policy): Epoch[] {
  const { arms } = plan;
  const declared = allocation ?? [];
  const offset = declared[0]?.from === null ? 0 : 1;
  return declared.flatMap(({ from, weights }, index) => {
    const sum = arms.reduce((total, arm) => total + (weights[arm] ?? 0), 0);
    const byPeriod = new Map<number | null, number[]>();
    for (const { epoch, period, segment, arm, records } of cells) {
      if (segment !== null || epoch !== index + offset) continue;
      const counts = byPeriod.get(period) ?? arms.map(() => 0);
      counts[arms.indexOf(arm)] = records;
      byPeriod.set(period, counts);
    }
    const periods = [...byPeriod.values()];
    if (periods.length === 0) return [];
    const totals = arms.map((_, at) => periods.reduce((count, counts) => count + (counts[at] as number), 0));
    return [
      {
        from,
        shares: arms.map((arm) => (weights[arm] ?? 0) / sum),
        totals,
        total: totals.reduce((a, b) => a + b, 0),
        periods,
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
function countDispersion({ clusters }: Summary): number {
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
