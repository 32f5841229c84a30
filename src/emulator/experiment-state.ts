import { isExperimentStatus } from "../api/index.ts";
import type { AllocationEpoch, Experiment, ExperimentStatus } from "../api/index.ts";
import { millisecondsPerHour } from "../time.ts";
import { assignArm } from "./assign-arm.ts";
import type { TrafficScenario } from "./scenario.ts";
import { count, emptyTally } from "./tally.ts";
import type { Tally } from "./tally.ts";
import { arrivals, serve } from "./traffic.ts";
import type { ArrivingRequest, ServedRequest } from "./traffic.ts";

/** Both arms' counts of one hour. */
export interface HourTally {
  readonly startMs: number;
  readonly control: Tally;
  readonly treatment: Tally;
}

/** A change that took effect, for tests of double action. */
export interface EffectiveAction {
  readonly kind: "paused" | "resumed" | "updated";
  readonly at: number;
}

/** An experiment with its traffic so far. */
export interface ExperimentState {
  experiment: Experiment;
  readonly history: AllocationEpoch[];
  /** Every hour since the start, those without requests included. */
  readonly hours: HourTally[];
  /** Figures count up to this instant. */
  asOf: number;
  readonly startMs: number;
  readonly endMs: () => number | undefined;
  /** Requests that took no part, by reason. */
  readonly excluded: Map<string, number>;
  readonly actions: EffectiveAction[];
  readonly traffic:
    | {
        readonly scenario: TrafficScenario;
        readonly stream: Iterator<ArrivingRequest, never>;
        waiting: ArrivingRequest;
      }
    | undefined;
}

/** A new experiment; its traffic starts at its start date, or at once where that is absent or past. */
export function openExperiment(
  experiment: Experiment,
  at: number,
  scenario: TrafficScenario | undefined,
  seed: number,
): ExperimentState {
  const startMs = Math.max(at, dateMs(experiment.duration?.start_date) ?? at);
  const stream = scenario === undefined ? undefined : arrivals(scenario, seed, experiment.experiment_id, startMs);
  const state: ExperimentState = {
    experiment,
    history: [],
    hours: [],
    asOf: at,
    startMs,
    endMs: () => dateMs(state.experiment.duration?.end_date),
    excluded: new Map(),
    actions: [],
    traffic:
      scenario === undefined || stream === undefined ? undefined : { scenario, stream, waiting: stream.next().value },
  };
  if (experiment.status === "active") noteAllocation(state, at);
  return state;
}

/**
 * Lets time pass: requests that arrived meanwhile are assigned, served and counted; the end date completes the
 * experiment.
 */
export function advanceExperiment(state: ExperimentState, now: number): void {
  if (now <= state.asOf) return;
  const endMs = state.endMs();
  const until = Math.min(now, endMs ?? now);
  const { traffic } = state;
  while (traffic !== undefined && traffic.waiting.time < until) {
    deliver(state, traffic.scenario, traffic.waiting);
    traffic.waiting = traffic.stream.next().value;
  }
  openHours(state, until);
  state.asOf = now;
  if (endMs !== undefined && now >= endMs && isExperimentStatus(state.experiment.status)) {
    state.experiment = { ...state.experiment, status: "completed" };
  }
}

/** Moves the experiment to another state; starting it again puts the current split into force. */
export function changeStatus(state: ExperimentState, status: ExperimentStatus, at: number): void {
  state.experiment = { ...state.experiment, status, updated_at: new Date(at).toISOString() };
  state.actions.push({ kind: status === "active" ? "resumed" : "paused", at });
  if (status === "active") noteAllocation(state, at);
}

/** Counts one request that an arm served at a time. */
export function countRequest(
  state: ExperimentState,
  arm: "control" | "treatment",
  time: number,
  served: ServedRequest,
): void {
  count(hourAt(state, time)[arm], served);
}

function deliver(state: ExperimentState, scenario: TrafficScenario, request: ArrivingRequest): void {
  const { arm, reason } = assignArm(state.experiment, request);
  if (arm === null) state.excluded.set(reason, (state.excluded.get(reason) ?? 0) + 1);
  else countRequest(state, arm, request.time, serve(scenario, arm, request, state.startMs));
}

/** Makes sure that every hour up to an instant exists, so that an hour without requests is told from a lost one. */
function openHours(state: ExperimentState, until: number): void {
  const first = state.history[0];
  if (first === undefined) return;
  const from = Math.max(state.startMs, Date.parse(first.from));
  const known = state.hours.at(-1);
  for (
    let time = known === undefined ? from : known.startMs + millisecondsPerHour;
    time < until;
    time += millisecondsPerHour
  )
    hourAt(state, time);
}

function hourAt(state: ExperimentState, time: number): HourTally {
  const startMs = Math.floor(time / millisecondsPerHour) * millisecondsPerHour;
  const known = state.hours.findLast((hour) => hour.startMs === startMs);
  if (known !== undefined) return known;
  const hour = { startMs, control: emptyTally(), treatment: emptyTally() };
  state.hours.push(hour);
  state.hours.sort((a, b) => a.startMs - b.startMs);
  return hour;
}

function noteAllocation(state: ExperimentState, at: number): void {
  const { control, treatment } = state.experiment.traffic_allocation;
  const last = state.history.at(-1);
  if (last?.control === control.percentage && last.treatment === treatment.percentage) return;
  state.history.push({
    from: new Date(at).toISOString(),
    control: control.percentage,
    treatment: treatment.percentage,
  });
}

function dateMs(date: string | undefined): number | undefined {
  return date === undefined ? undefined : Date.parse(date);
}
