import { createRandom, type Random } from "../../src/math/random.ts";

/** A way to watch an experiment: it sees every look and says whether it rejects there. */
export interface Monitor<Look> {
  readonly name: string;
  /** What the method promises about false rejections. `none` marks what must be seen to fail. */
  readonly promise: "exact" | "asymptotic" | "none";
  start(): (look: Look) => boolean;
}

/** An experiment that can be run again and again: a stream of looks, each with the requests so far of the control. */
export interface Experiment<Look> {
  readonly name: string;
  looks(random: Random): Iterable<{ readonly look: Look; readonly requests: number }>;
}

/** How a monitor did over many runs. */
export interface Outcome {
  readonly monitor: string;
  readonly promise: Monitor<unknown>["promise"];
  readonly runs: number;
  /** Share of runs in which it ever rejected. */
  readonly everRejected: number;
  /** Monte-Carlo standard error of `everRejected`. */
  readonly standardError: number;
  /**
   * Requests of the control at the first rejection: median and 90th percentile over all runs, Infinity where not
   * reached.
   */
  readonly medianRequests: number;
  readonly p90Requests: number;
}

/** Runs an experiment `runs` times under every monitor at once. */
export function watch<Look>(
  experiment: Experiment<Look>,
  monitors: readonly Monitor<Look>[],
  runs: number,
  seed: number,
): Outcome[] {
  const firstRejection = monitors.map(() => new Float64Array(runs).fill(Infinity));
  const random = createRandom(seed);
  for (let run = 0; run < runs; run++) {
    const watching = monitors.map((monitor, m) => ({
      rejects: monitor.start(),
      at: firstRejection[m] as Float64Array,
      done: false,
    }));
    let left = watching.length;
    for (const { look, requests } of experiment.looks(random)) {
      for (const watcher of watching) {
        if (watcher.done || !watcher.rejects(look)) continue;
        watcher.done = true;
        watcher.at[run] = requests;
        left--;
      }
      if (left === 0) break;
    }
  }
  return monitors.map(({ name, promise }, m) => outcomeOf(name, promise, firstRejection[m] as Float64Array));
}

function outcomeOf(monitor: string, promise: Outcome["promise"], firstRejection: Float64Array): Outcome {
  const runs = firstRejection.length;
  const sorted = firstRejection.toSorted();
  const everRejected = sorted.filter(Number.isFinite).length / runs;
  const quantile = (p: number): number => sorted[Math.min(runs - 1, Math.ceil(p * runs) - 1)] as number;
  return {
    monitor,
    promise,
    runs,
    everRejected,
    standardError: Math.sqrt((everRejected * (1 - everRejected)) / runs),
    medianRequests: quantile(0.5),
    p90Requests: quantile(0.9),
  };
}

/** The largest ever-rejection rate that `alpha` allows, given the number of runs: alpha plus three standard errors. */
export function allowance(alpha: number, runs: number): number {
  return alpha + 3 * Math.sqrt((alpha * (1 - alpha)) / runs);
}
