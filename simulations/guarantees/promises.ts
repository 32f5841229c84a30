import { gap, lognormal, pareto, roundedToMs, tied } from "./latency.ts";
import { type Experiment, type Monitor, type Outcome, watch } from "./monitor.ts";
import * as other from "./other-promises.ts";
import * as p99 from "./p99.ts";
import * as success from "./success-rate.ts";
import * as users from "./users.ts";

/** One experiment under several monitors. */
export interface Row {
  readonly experiment: string;
  readonly outcomes: readonly Outcome[];
}

/** A promise, and how it is put to the test. */
export interface GuaranteePromise {
  readonly id: string;
  readonly title: string;
  /** One paragraph: what is promised, and what the experiments are. */
  readonly text: string;
  /**
   * `error`: rejections are false, and at most `alpha` of runs may have one. `detection`: rejections are right, and
   * wanted soon.
   */
  readonly kind: "error" | "detection";
  readonly alpha: number;
  run(seed: number): Iterable<Row>;
}

/** How much to simulate: `long` writes docs/guarantees.md, `short` runs in CI. */
export type Scale = "long" | "short";

type Cell = () => Row;

function cell<Look>(
  experiment: Experiment<Look>,
  monitors: readonly Monitor<Look>[],
  runs: number,
  seed: number,
): Cell {
  return () => ({ experiment: experiment.name, outcomes: watch(experiment, monitors, runs, seed) });
}

function promise(head: Omit<GuaranteePromise, "run">, cells: (seed: number) => readonly Cell[]): GuaranteePromise {
  return {
    ...head,
    *run(seed) {
      for (const one of cells(seed)) yield one();
    },
  };
}

/** All promises, at one scale; `times` multiplies the runs. */
export function promises(scale: Scale, times = 1): readonly GuaranteePromise[] {
  const pick = (inLong: number, inShort: number): number => (scale === "long" ? inLong : inShort);
  const runs = (inLong: number, inShort: number): number => Math.round(times * pick(inLong, inShort));
  return [
    successNulls,
    successCoverage,
    successOneSided,
    successDetection,
    p99Nulls,
    p99Coverage,
    p99Detection,
    userNulls,
    means,
    planned,
    sampleRatio,
  ].map((build) => build(pick, runs));
}

type Pick = (inLong: number, inShort: number) => number;

function successNulls(pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "success-null",
      kind: "error",
      alpha: 0.05,
      title: "Success rate: no difference",
      text:
        "Share of experiments without any difference in which a method ever rejects, looked at after every " +
        "period of 100 requests per arm (990 and 10 at 99/1). Ramps have three allocation epochs.",
    },
    (seed) => {
      const end = pick(50_000, 10_000);
      const monitors = [
        success.profileMonitor(),
        success.blockMonitor(),
        success.naiveMonitor(),
        success.growthBookMonitor(),
        success.msprtMonitor,
        success.bonferroniMonitor,
        success.singlePriorMonitor,
      ];
      const experiments = [
        success.steady("99.7 %, 50/50", 0.003, 0.003, [1, 1], end),
        success.steady("99.0 %, 50/50", 0.01, 0.01, [1, 1], end),
        success.steady("97.2 %, 50/50", 0.028, 0.028, [1, 1], end),
        success.steady("99.7 %, 90/10", 0.003, 0.003, [1.8, 0.2], end),
        success.steady("99.0 %, 90/10", 0.01, 0.01, [1.8, 0.2], end),
        success.steady("99.0 %, 99/1", 0.01, 0.01, [9.9, 0.1], end),
        success.steady("97.2 %, 99/1", 0.028, 0.028, [9.9, 0.1], end),
        success.outages(0.01, end),
        success.drift(0.01, end),
        success.ramp(0.01, end),
      ];
      return [
        ...experiments.map((experiment, i) =>
          cell(
            experiment,
            experiment.name.startsWith("ramp") ? [...monitors, success.pooledMonitor] : monitors,
            runs(400, 60),
            seed + i,
          ),
        ),
        ...[experiments[0], experiments[4], experiments[9]].map((experiment, i) => {
          const named = {
            ...(experiment as Experiment<success.SuccessLook>),
            name: `${experiment?.name} (odds ratio)`,
          };
          return cell(named, [success.oddsRatioMonitor()], runs(150, 20), seed + 50 + i);
        }),
      ];
    },
  );
}

function successCoverage(pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "success-coverage",
      kind: "error",
      alpha: 0.05,
      title: "Success rate: coverage of the difference",
      text:
        "Share of experiments in which the confidence sequence of the difference ever excludes the true " +
        "difference: one minus its coverage at all looks at once.",
    },
    (seed) =>
      (
        [
          ["99.7 -> 99.5 %, 50/50", 0.003, 0.005, [1, 1]],
          ["99.0 -> 98.0 %, 90/10", 0.01, 0.02, [1.8, 0.2]],
          ["97.2 -> 95.7 %, 50/50", 0.028, 0.043, [1, 1]],
        ] as const
      ).map(([name, control, treatment, split], i) => {
        const truth = control - treatment;
        const monitors = [
          success.profileMonitor(truth),
          success.blockMonitor(truth),
          success.naiveMonitor(truth),
          success.growthBookMonitor(truth),
        ];
        return cell(
          success.steady(name, control, treatment, split, pick(50_000, 10_000)),
          monitors,
          runs(300, 60),
          seed + i,
        );
      }),
  );
}

function successOneSided(pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "success-margin",
      kind: "error",
      alpha: 0.05,
      title: "Success rate: margins, one-sided",
      text:
        "The treatment is worse by exactly the margin (0.5 percentage points). `greater` must not call it " +
        "non-inferior, `less` must not call it worse than the margin.",
    },
    (seed) =>
      [[1, 1] as const, [1.8, 0.2] as const].map((split, i) => {
        const monitors = (["greater", "less"] as const).flatMap((side) => [
          success.profileMonitor(-0.005, side),
          success.blockMonitor(-0.005, side),
        ]);
        return cell(
          success.steady(
            `99.0 -> 98.5 %, ${split[0] === 1 ? "50/50" : "90/10"}`,
            0.01,
            0.015,
            split,
            pick(50_000, 10_000),
          ),
          monitors,
          runs(300, 60),
          seed + i,
        );
      }),
  );
}

function successDetection(pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "success-detection",
      kind: "detection",
      alpha: 0.05,
      title: "Success rate: requests to detection",
      text:
        "Requests per arm until a method first rejects, median and 90th percentile, at 50/50. Read the columns " +
        "of methods that keep their promise above; the others are fast because they reject what is true as well. " +
        "A median of 300 runs is known to several percent only: where the second prior costs most, 99.0 -> 98.8 " +
        "%, 4,000 other runs (seed 103) gave 41.8k / 96.9k for the default and 41.1k / 95.1k for one prior.",
    },
    (seed) => {
      const monitors = [
        success.profileMonitor(),
        success.blockMonitor(),
        success.growthBookMonitor(),
        success.msprtMonitor,
        success.bonferroniMonitor,
        success.naiveMonitor(),
        success.singlePriorMonitor,
      ];
      const effects = [
        ["99.7 -> 99.5 %", 0.003, 0.005],
        ["99.7 -> 99.2 %", 0.003, 0.008],
        ["99.7 -> 98.2 %", 0.003, 0.018],
        ["99.0 -> 98.8 %", 0.01, 0.012],
        ["99.0 -> 98.5 %", 0.01, 0.015],
        ["99.0 -> 97.5 %", 0.01, 0.025],
        ["99.0 -> 99.3 %", 0.01, 0.007],
        ["97.2 -> 96.7 %", 0.028, 0.033],
        ["97.2 -> 95.7 %", 0.028, 0.043],
        ["97.2 -> 97.5 %", 0.028, 0.025],
      ] as const;
      return effects
        .slice(0, pick(effects.length, 1))
        .map(([name, control, treatment], i) =>
          cell(
            success.steady(name, control, treatment, [1, 1], 400_000),
            monitors,
            runs(i === 0 ? 1_000 : 300, 100),
            seed + i,
          ),
        );
    },
  );
}

function p99Nulls(pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "p99-null",
      kind: "error",
      alpha: 0.05,
      title: "P99: equal",
      text:
        "Share of experiments with equal P99 in which a method ever rejects, on latencies kept in the buckets of " +
        "a sketch. The ramp changes split and baseline together over three allocation epochs; evidence is summed " +
        "over epochs, each with a quantile of its own.",
    },
    (seed) => {
      const periods = pick(60, 15);
      const monitors = [
        p99.profileMonitor(),
        p99.kernelMonitor(),
        p99.naiveMonitor,
        p99.densityMonitor,
        p99.bonferroniMonitor,
      ];
      const even = [2000, 2000] as const;
      const same = (law: ReturnType<typeof lognormal>, split: readonly [number, number] = even, suffix = "50/50") =>
        p99.steadyLatency(`${law.name}, ${suffix}`, law, law, periods, split);
      const ramp = p99.latencyExperiment(
        "ramp 5-20-50 %, baseline doubles",
        [0.05, 0.2, 0.5].map((share, epoch) => {
          const law = lognormal(0.8, 500 * 2 ** epoch);
          return {
            control: law,
            treatment: law,
            periods: Math.ceil(periods / 3),
            controlPerPeriod: 4000 * (1 - share),
            treatmentPerPeriod: 4000 * share,
          };
        }),
      );
      return [
        same(lognormal(0.5, 1000)),
        same(lognormal(0.8, 1000)),
        same(lognormal(1.2, 1000)),
        same(pareto(2, 1000)),
        same(gap(1)),
        same(roundedToMs(0.8, 20)),
        same(roundedToMs(0.5, 3)),
        same(tied(10)),
        p99.steadyLatency(
          "lognormal 0.5 against Pareto 2, 50/50",
          lognormal(0.5, 1000),
          pareto(2, 1000),
          periods,
          even,
        ),
        p99.steadyLatency(
          "Pareto 2 against lognormal 0.5, 50/50",
          pareto(2, 1000),
          lognormal(0.5, 1000),
          periods,
          even,
        ),
        same(lognormal(0.8, 1000), [3600, 400], "90/10"),
        same(lognormal(0.8, 1000), [3960, 40], "99/1"),
        ramp,
      ].map((experiment, i) =>
        cell(experiment, experiment === ramp ? [...monitors, p99.pooledMonitor] : monitors, runs(300, 40), seed + i),
      );
    },
  );
}

function p99Coverage(pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "p99-coverage",
      kind: "error",
      alpha: 0.05,
      title: "P99: coverage of the ratio",
      text: "Share of experiments in which the confidence sequence of the P99 ratio ever excludes the true ratio 1.2.",
    },
    (seed) =>
      (
        [
          ["lognormal 0.8, ratio 1.2", lognormal(0.8, 1000), lognormal(0.8, 1200)],
          ["lognormal 0.5 against Pareto 2, ratio 1.2", lognormal(0.5, 1000), pareto(2, 1200)],
          ["P99 in the gap, ratio 1.2", gap(1), gap(1.2)],
        ] as const
      ).map(([name, control, treatment], i) =>
        cell(
          p99.steadyLatency(name, control, treatment, pick(60, 15), [2000, 2000]),
          [p99.profileMonitor(1.2), p99.kernelMonitor(1.2)],
          runs(300, 60),
          seed + i,
        ),
      ),
  );
}

function p99Detection(pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "p99-detection",
      kind: "detection",
      alpha: 0.05,
      title: "P99: requests to detection",
      text: "Requests per arm until a method first rejects equal P99, looked at every 100 requests per arm, 50/50.",
    },
    (seed) => {
      const effects = [
        ["lognormal 0.8, ratio 1.2", 0.8, 1.2],
        ["lognormal 0.8, ratio 1.5", 0.8, 1.5],
        ["lognormal 0.5, ratio 1.1", 0.5, 1.1],
        ["lognormal 0.8, ratio 0.83", 0.8, 1 / 1.2],
      ] as const;
      const monitors = [
        p99.profileMonitor(),
        p99.kernelMonitor(),
        p99.densityMonitor,
        p99.bonferroniMonitor,
        p99.naiveMonitor,
      ];
      return effects
        .slice(0, pick(effects.length, 1))
        .map(([name, sigma, ratio], i) =>
          cell(
            p99.steadyLatency(name, lognormal(sigma, 1000), lognormal(sigma, 1000 * ratio), 500, [100, 100]),
            monitors,
            runs(i === 0 ? 1_000 : 200, 40),
            seed + i,
          ),
        );
    },
  );
}

function userNulls(pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "users-null",
      kind: "error",
      alpha: 0.05,
      title: "Users with 20 requests each: no difference",
      text:
        "Failures and latencies are correlated within users (intraclass correlation 0.05); users are assigned to " +
        "arms. `spread`: requests of all users mixed over time; `sessions`: user after user; `heavy`: Pareto " +
        "volumes. Declared users are kept in 64 hash buckets.",
    },
    (seed) => {
      const base = {
        failure: 0.01,
        correlation: 0.05,
        between: 0.5,
        within: 0.6,
        requestsPerUser: 20,
        controlRequests: pick(50_000, 20_000),
        treatmentRequests: pick(50_000, 20_000),
        periods: pick(25, 10),
      };
      const monitors = [
        users.successByUser,
        users.p99ByUser,
        users.successByRequest,
        users.p99ByRequest,
        users.naiveByRequest,
      ];
      return [
        { ...base, name: "spread, 50/50", traffic: "spread" as const },
        { ...base, name: "sessions, 50/50", traffic: "sessions" as const },
        { ...base, name: "heavy tails, 50/50", traffic: "heavy" as const },
        { ...base, name: "sessions, 10:1", traffic: "sessions" as const, treatmentRequests: base.controlRequests / 10 },
      ].map((pattern, i) => cell(users.userExperiment(pattern), monitors, runs(150, 24), seed + i));
    },
  );
}

function means(pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "means-null",
      kind: "error",
      alpha: 0.05,
      title: "Means: no difference",
      text: "Costs or token counts with long tails, looked at every 200 requests per arm.",
    },
    (seed) =>
      [0.5, 1].map((sigma, i) =>
        cell(
          other.sameCosts(sigma, pick(200, 60)),
          [other.meansMonitor, other.naiveMeansMonitor],
          runs(500, 100),
          seed + i,
        ),
      ),
  );
}

function planned(_pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "group-sequential",
      kind: "error",
      alpha: 0.05,
      title: "Group-sequential designs: no difference",
      text:
        "Success rates at the planned looks of a two-sided Lan-DeMets O'Brien-Fleming design, 4,000 requests per " +
        "arm between looks.",
    },
    (seed) =>
      (
        [
          [0.003, 5],
          [0.01, 10],
        ] as const
      ).map(([failure, looks], i) =>
        cell(
          other.plannedLooks(failure, looks, 4_000),
          [other.groupSequentialMonitor(looks), other.naivePlannedMonitor],
          runs(5_000, 1_500),
          seed + i,
        ),
      ),
  );
}

function sampleRatio(_pick: Pick, runs: Pick): GuaranteePromise {
  return promise(
    {
      id: "sample-ratio",
      kind: "error",
      alpha: 0.001,
      title: "Sample ratio: no mismatch",
      text:
        "Share of correct assignments in which a mismatch is ever alarmed at alpha 0.001, over 2,000 looks of " +
        "128 units each.",
    },
    (seed) => [
      cell(
        other.fairAssignment(2_000),
        [other.sampleRatioMonitor(0.001), other.peekedChiSquareMonitor(0.001)],
        runs(3_000, 300),
        seed,
      ),
    ],
  );
}
