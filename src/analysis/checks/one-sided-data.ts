import type { Metric, Policy } from "../../policy/policy.ts";
import type { Statistic } from "../../summary/summary.ts";
import type { ArmData } from "../data/arm-data.ts";
import type { ArmReader } from "../data/arm-reader.ts";
import { countsOf } from "../metrics/proportion.ts";
import type { DataFault } from "./data-fault.ts";

/** Records that a judgement on a whole column needs. */
const enoughRecords = 200;

/**
 * Are all values of one arm the same while those of the other are not, or is every request of both arms bad?
 *
 * A column that is constant in one arm was perhaps not measured there, which is told. Where every request of both arms
 * has the bad outcome, the condition or the threshold that says what is good fits none of them, and "not worse" means
 * nothing.
 */
export function oneSidedData(read: ArmReader, policy: Policy, treatment: string): DataFault[] {
  return policy.metrics.flatMap((metric): DataFault[] => {
    const arms = [policy.control, treatment].map((arm) => read(metric, arm)) as [ArmData, ArmData];
    const blocks = metric.role !== "secondary";
    if (metric.kind === "proportion" || metric.kind === "exceedance") {
      const [control, treated] = arms.map(({ epochs }) => badOf(metric, epochs)) as [Bad, Bad];
      const allBad = [control, treated].every(({ bad, of }) => bad === of && of >= enoughRecords);
      return allBad
        ? [{ code: "nothing-good", blocks, metric: metric.name, share: metric.better === "higher" ? 0 : 1 }]
        : [];
    }
    if (metric.kind !== "quantile" && metric.kind !== "mean") return [];
    const [control, treated] = arms.map(constantOf) as [Constant, Constant];
    const which = [control, treated].filter(({ value }) => value !== null);
    const [only] = which;
    return which.length === 1 && only !== undefined && control.count >= enoughRecords && treated.count >= enoughRecords
      ? [
          {
            code: "constant-in-one-arm",
            blocks: false,
            field: metric.field,
            arm: only.arm,
            value: only.value as number,
          },
        ]
      : [];
  });
}

interface Bad {
  readonly bad: number;
  readonly of: number;
}

function badOf({ better }: Metric, epochs: readonly (Statistic | null)[]): Bad {
  const counts = epochs.map(countsOf);
  const of = counts.reduce((sum, { trials }) => sum + trials, 0);
  const successes = counts.reduce((sum, one) => sum + one.successes, 0);
  return { bad: better === "higher" ? of - successes : successes, of };
}

interface Constant {
  readonly arm: string;
  readonly count: number;
  /** The one value that all have; `null` where they differ. */
  readonly value: number | null;
}

function constantOf({ arm, epochs }: ArmData): Constant {
  let count = 0;
  let [lowest, highest] = [Infinity, -Infinity];
  for (const statistic of epochs) {
    if (statistic?.kind === "sketch" && statistic.sketch.count > 0) {
      count += statistic.sketch.count;
      lowest = Math.min(lowest, statistic.sketch.min);
      highest = Math.max(highest, statistic.sketch.max);
    } else if (statistic?.kind === "moments" && statistic.moments.count > 0) {
      const { mean, sumOfSquaredDeviations } = statistic.moments;
      count += statistic.moments.count;
      lowest = Math.min(lowest, sumOfSquaredDeviations === 0 ? mean : -Infinity);
      highest = Math.max(highest, sumOfSquaredDeviations === 0 ? mean : Infinity);
    }
  }
  return { arm, count, value: lowest === highest && Number.isFinite(lowest) ? lowest : null };
}
