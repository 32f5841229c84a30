import { cannot } from "../../errors.ts";
import { contradictionIn } from "../../summary/contradiction-in.ts";
import { mergeSummaries } from "../../summary/merge.ts";
import type { Plan } from "../../summary/plan.ts";
import { emptyStatistic } from "../../summary/statistic.ts";
import { createSummarizer } from "../../summary/summarizer.ts";
import type { Cell, Statistic, Summary, SummaryQuality } from "../../summary/summary.ts";
import { millisecondsPerHour } from "../../time.ts";
import type { AllocationEpoch } from "../experiment.ts";
import { ResultsError } from "../http/errors.ts";
import { checkResults, contradiction } from "./check-results.ts";
import { statisticFrom, successUncertainty } from "./figures-statistic.ts";
import { pairHours } from "./hours.ts";
import type { PulledExperiment, PulledHour } from "./pulled.ts";
import type { ArmFigures, ExperimentResults } from "./results-payload.ts";

const arms = ["control", "treatment"] as const;

/** Something about the results that limits what can be said, for people and programs. */
export interface ResultsNote {
  readonly code:
    | "statistic-unavailable"
    | "success-count-rounded"
    | "histogram-incomplete"
    | "mixed-allocation-hours"
    | "hours-outside-experiment"
    | "unfinished-hours";
  /** One sentence with the figures. */
  readonly message: string;
}

/** The summary of an experiment's results, and what could not be had from them. */
export interface ResultsSummary {
  readonly summary: Summary;
  readonly notes: readonly ResultsNote[];
}

/**
 * What do an experiment's results come down to, for analysis?
 *
 * With counts and a histogram: everything about success and latency. With counts only: the success rate; latency
 * percentiles are shown by the API but never tested, since their error isn't known and percentiles of hours don't add
 * up. Hours become periods, and changes of the split become epochs; an hour in which the split changed belongs to none
 * and is left out, with a note.
 *
 * @param results - a pulled experiment (`pullExperiment`), or the results of one reading (`readResults`)
 * @param plan - what to keep, from `planFor(policy)`; the first arm is the control
 * @returns a summary under exactly this plan. Statistics that the results don't give are empty (no data), each with a
 * note: a guardrail on one of them keeps a version from shipping
 * @throws {ResultsError} `rates-only` when nothing can be tested; `rate-is-percentage`, `counts-contradict`,
 * `hours-contradict`, `totals-contradict-series`; `allocation-unknown-to-plan`; `plan-not-possible`
 * @example
 * ```ts
 * const { summary, notes } = summarizeResults(await pullExperiment(client, "exp_0001"), planFor(policy));
 * summary.cells.length; // 16
 * notes.length; // 0
 * ```
 */
export function summarizeResults(results: PulledExperiment | ExperimentResults, plan: Plan): ResultsSummary {
  requirePlan(plan);
  const source: Source = isPulled(results) ? { ...results, notes: [] } : fromReading(results);
  requireAllocation(plan, source);
  const notes: ResultsNote[] = [...source.notes];
  const placed =
    source.hours.length === 0
      ? [{ figures: source.totals, period: null, epoch: plan.epochStarts.length, extent: null }]
      : placeHours(plan, source, notes);
  const available = plan.statistics.map((statistic, index) => {
    const reason = placed
      .flatMap(({ figures }) => arms.map((arm) => statisticFrom(statistic, figures[arm])))
      .find((found) => found.kind === "unavailable")?.reason;
    if (reason !== undefined)
      notes.push({ code: "statistic-unavailable", message: `${nameOf(plan, index)} can't be tested: ${reason}` });
    return reason === undefined;
  });
  if (!available.includes(true)) throw nothingToTest(source.totals);
  notes.push(...limits(source.totals));
  const summaries = placed.map((part) => summaryOf(plan, part, available));
  const summary = mergeSummaries([createSummarizer(plan).summary(), ...summaries]);
  const found = contradictionIn(summary);
  if (found !== undefined) throw contradiction("counts-contradict", found.field, found.requirement, found.value);
  return { summary, notes };
}

interface Source {
  readonly hours: readonly PulledHour[];
  readonly totals: PulledExperiment["totals"];
  readonly allocationHistory: readonly AllocationEpoch[];
  readonly notes: readonly ResultsNote[];
}

function isPulled(results: PulledExperiment | ExperimentResults): results is PulledExperiment {
  return "kind" in results && results.kind === "assay-pulled-experiment";
}

interface Part {
  readonly figures: PulledExperiment["totals"];
  readonly period: number | null;
  readonly epoch: number;
  readonly extent: SummaryQuality["extent"];
}

/** One reading, with the hours that are over. */
function fromReading(results: ExperimentResults): Source {
  checkResults(results);
  const { closed, unfinished } = pairHours(results);
  const notes: ResultsNote[] =
    unfinished === 0
      ? []
      : [{ code: "unfinished-hours", message: `${unfinished} hour that isn't over yet is left out` }];
  return {
    hours: closed,
    totals: { control: results.control, treatment: results.treatment },
    allocationHistory: results.allocation_history ?? [],
    notes,
  };
}

/**
 * Puts every hour into its period and epoch; hours with two splits, or outside the experiment, are left out and noted.
 */
function placeHours(plan: Plan, source: Source, notes: ResultsNote[]): Part[] {
  const parts: Part[] = [];
  let mixed = 0;
  let outside = 0;
  for (const { hour, control, treatment } of source.hours) {
    const from = Date.parse(hour);
    const to = from + millisecondsPerHour;
    if ((plan.start !== null && to <= plan.start) || (plan.end !== null && from >= plan.end)) outside += 1;
    else if (
      source.allocationHistory.slice(1).some((change) => Date.parse(change.from) > from && Date.parse(change.from) < to)
    )
      mixed += 1;
    else {
      const epoch = plan.epochStarts.filter((start) => start < to).length;
      parts.push({
        figures: { control, treatment },
        period: Math.floor(from / plan.periodMs) * plan.periodMs,
        epoch,
        extent: { first: from, last: to - 1 },
      });
    }
  }
  if (mixed > 0)
    notes.push({
      code: "mixed-allocation-hours",
      message: `${mixed} hour(s) in which the split changed are left out: their figures mix two splits`,
    });
  if (outside > 0)
    notes.push({
      code: "hours-outside-experiment",
      message: `${outside} hour(s) before the start or after the end of the experiment are left out`,
    });
  return parts;
}

function summaryOf(plan: Plan, part: Part, available: readonly boolean[]): Summary {
  const cells = arms.map((arm, i): Cell => {
    const figures = part.figures[arm];
    const statistics = plan.statistics.map((statistic, at) =>
      available[at] === true ? (statisticFrom(statistic, figures) as Statistic) : emptyStatistic(statistic),
    );
    return {
      epoch: part.epoch,
      period: part.period,
      segment: null,
      arm: plan.arms[i] as string,
      records: recordsOf(figures),
      statistics,
    };
  });
  const rows = cells.reduce((sum, { records }) => sum + records, 0);
  const failures = Object.fromEntries(
    arms.map((arm, i) => [plan.arms[i] as string, { count: failuresOf(part.figures[arm]), zeroLatency: 0 }]),
  );
  const { quality, ...empty } = createSummarizer(plan).summary();
  return {
    ...empty,
    cells,
    quality: { ...quality, records: { ...quality.records, rows, accepted: rows }, failures, extent: part.extent },
  };
}

/** How many requests the figures are of: at least those in the histogram, where they were not counted. */
function recordsOf({ request_count: requests, latency_histogram: histogram }: ArmFigures): number {
  return requests ?? histogram?.count ?? 0;
}

function failuresOf(figures: ArmFigures): number {
  const counted = statisticFrom({ kind: "count", field: "success" }, figures);
  return counted.kind === "count" ? counted.trials - counted.successes : 0;
}

/** Statistics keep fields, not names of metrics. */
function nameOf(plan: Plan, index: number): string {
  const statistic = plan.statistics[index];
  if (statistic === undefined) return "a statistic";
  return statistic.kind === "comoments" ? `${statistic.x} per ${statistic.y}` : statistic.field;
}

function limits(totals: PulledExperiment["totals"]): ResultsNote[] {
  return arms.flatMap((arm): ResultsNote[] => {
    const off = successUncertainty(totals[arm]);
    const { latency_histogram: histogram, request_count: requests } = totals[arm];
    const missing = histogram === undefined || requests === undefined ? 0 : requests - histogram.count;
    return [
      ...(off > 0
        ? [
            {
              code: "success-count-rounded",
              message:
                `${arm}: successes are worked out from a rounded success_rate (${totals[arm].success_rate}) and ` +
                `may be off by ${off}; ask for success_count`,
            } as const,
          ]
        : []),
      ...(missing > 0
        ? [
            {
              code: "histogram-incomplete",
              message: `${arm}: ${missing} of ${requests} requests have no latency in the histogram`,
            } as const,
          ]
        : []),
    ];
  });
}

function nothingToTest(totals: PulledExperiment["totals"]): ResultsError {
  const ratesOnly = arms.every((arm) => totals[arm].request_count === undefined);
  const rates = arms.map((arm) => `${arm} ${totals[arm].success_rate}`).join(", ");
  return ratesOnly
    ? new ResultsError(
        `Cannot use the results: they hold rates only (${rates}), and a rate without its number of requests ` +
          "has no sample size, so no interval and no test. Missing: request_count of both arms (for the success " +
          "rate), latency_histogram (for percentiles)",
        {
          code: "rates-only",
          field: "control.request_count",
          fix: "Have the gateway return request_count, or analyze its request log with assay analyze",
        },
      )
    : new ResultsError("Cannot use the results: none of the policy's metrics can be tested on what they hold", {
        code: "nothing-testable",
        fix: "Add the success rate to the policy, or have the gateway return latency_histogram",
      });
}

function requirePlan(plan: Plan): void {
  const refuse = (field: string, requirement: string, value: unknown, fix: string): ResultsError =>
    new ResultsError(cannot("summarize the results", field, requirement, value), {
      code: "plan-not-possible",
      field,
      value,
      fix,
    });
  if (plan.arms.length !== 2)
    throw refuse(
      "arms",
      "control and one treatment, as in the API",
      plan.arms,
      "Take the other treatments out of the policy",
    );
  if (plan.units)
    throw refuse(
      "unit",
      "null: the API doesn't say which user a request came from",
      true,
      "Analyze the request log instead, or treat requests as independent knowingly",
    );
  if (plan.segments.length > 0)
    throw refuse(
      "segments",
      "empty: the API gives no figures by segment",
      plan.segments,
      "Analyze the request log instead",
    );
  if (plan.latencyOfFailures !== "as-recorded")
    throw refuse(
      "latencyOfFailures",
      "\"as-recorded\": the API doesn't tell failed requests' latencies apart",
      plan.latencyOfFailures,
      "Change the policy",
    );
  if (plan.periodMs % millisecondsPerHour !== 0)
    throw refuse(
      "periodHours",
      "a whole number of hours, since the API's series is hourly",
      plan.periodMs / millisecondsPerHour,
      "Change the policy",
    );
}

/** Arms are compared within one split only, so the plan must know of every change. */
function requireAllocation(plan: Plan, source: Source): void {
  const changes = source.allocationHistory.slice(1).map(({ from }) => Date.parse(from));
  const unknown = changes.find((change) => !plan.epochStarts.includes(change));
  if (unknown !== undefined) {
    throw new ResultsError(
      `Cannot summarize the results: the split changed at ${new Date(unknown).toISOString()}, and the policy's ` +
        "allocation doesn't have that change",
      {
        code: "allocation-unknown-to-plan",
        field: "allocation",
        fix: "Build the policy with policyFromExperiment, or add the change to its allocation",
      },
    );
  }
  if (changes.length > 0 && source.hours.length === 0) {
    throw new ResultsError(
      "Cannot summarize the results: the split changed during the experiment, and totals over both splits " +
        "compare unlike with unlike",
      {
        code: "totals-span-allocations",
        field: "hourly",
        fix: "Ask for granularity=hourly",
      },
    );
  }
}
