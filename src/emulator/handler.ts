import {
  checkExperiment,
  checkModelVersion,
  checkPatch,
  initialStatuses,
  isExperimentStatus,
  statusConflict,
} from "../api/index.ts";
import type { Checked, Experiment, ExperimentAction, ExperimentInput, FieldIssue, ModelVersion } from "../api/index.ts";
import type { ExperimentState } from "./experiment-state.ts";
import type { Mutation } from "./mutation.ts";
import { parseResultsQuery } from "./results-query.ts";
import { resultsOf } from "./results-view.ts";
import { versionKey } from "./store.ts";
import type { Store } from "./store.ts";
import type { ResultsDetail } from "./tally.ts";

/** An answer before it is put on the wire. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What the routes need. */
export interface HandlerContext {
  readonly store: Store;
  readonly detail: ResultsDetail;
  readonly hoursPerPage: number;
  /** Refuse experiments on versions that were never registered. */
  readonly requireRegisteredVersions: boolean;
  readonly now: number;
}

/** A failing answer in the API's error form. */
export function failure(
  status: number,
  code: string,
  message: string,
  issues?: readonly FieldIssue[],
  headers?: Readonly<Record<string, string>>,
): Answer {
  return {
    status,
    body: { error: { code, message, ...(issues === undefined ? {} : { issues }) } },
    ...(headers === undefined ? {} : { headers }),
  };
}

/** `POST /models/versions` */
export function registerVersion(context: HandlerContext, body: unknown): Answer {
  const checked = checkModelVersion(body);
  if (!checked.ok) return invalid(checked.issues);
  const key = versionKey(checked.value);
  if (context.store.versions.has(key)) {
    return failure(
      409,
      "version-exists",
      `version ${checked.value.version} of ${checked.value.model_id} is registered already`,
    );
  }
  const version: ModelVersion = { ...checked.value, created_at: iso(context.now) };
  context.store.apply({ kind: "version-registered", at: context.now, version });
  return { status: 201, body: version };
}

/** `POST /experiments` */
export function createExperiment(context: HandlerContext, body: unknown): Answer {
  const checked = checkExperiment(body);
  if (!checked.ok) return invalid(checked.issues);
  const unknown = context.requireRegisteredVersions ? unregistered(context.store, checked.value) : [];
  if (unknown.length > 0) return invalid(unknown);
  const end = checked.value.duration?.end_date;
  if (end !== undefined && Date.parse(end) <= context.now) {
    return invalid([
      {
        path: "duration.end_date",
        code: "end-in-the-past",
        message: `must be after now (${iso(context.now)}), current value is ${end}`,
      },
    ]);
  }
  const id = `exp_${String(context.store.experiments.size + 1).padStart(4, "0")}`;
  const experiment: Experiment = {
    ...checked.value,
    experiment_id: id,
    status: checked.value.status ?? (initialStatuses[0] as string),
    created_at: iso(context.now),
    updated_at: iso(context.now),
  };
  context.store.apply({ kind: "experiment-created", at: context.now, experiment });
  return { status: 201, body: { experiment_id: id }, headers: { location: `/v1/experiments/${id}` } };
}

/** `GET /experiments/{id}` */
export function readExperiment(context: HandlerContext, id: string): Answer {
  return withExperiment(context, id, (state) => ({ status: 200, body: shown(state) }));
}

/** `POST /experiments/{id}/pause`, `POST /experiments/{id}/resume` */
export function changeState(context: HandlerContext, id: string, action: "pause" | "resume"): Answer {
  return withTransition(context, id, action, () => ({
    kind: "status-changed",
    at: context.now,
    id,
    status: action === "pause" ? "paused" : "active",
  }));
}

/** `PATCH /experiments/{id}` */
export function updateExperiment(context: HandlerContext, id: string, body: unknown): Answer {
  return withExperiment(context, id, (state) => {
    const checked = checkPatch(body, state.experiment);
    if (!checked.ok) return invalid(checked.issues);
    return withTransition(context, id, "update", () => ({
      kind: "experiment-updated",
      at: context.now,
      id,
      patch: checked.value,
    }));
  });
}

/** `GET /experiments/{id}/results` */
export function readResults(context: HandlerContext, id: string, query: URLSearchParams): Answer {
  return withExperiment(context, id, (state) => {
    const asked = parseResultsQuery(query, context.hoursPerPage);
    return asked.ok ? { status: 200, body: resultsOf(state, context.detail, asked.value) } : invalid(asked.issues);
  });
}

function withExperiment(context: HandlerContext, id: string, then: (state: ExperimentState) => Answer): Answer {
  const state = context.store.advance(id, context.now);
  return state === undefined
    ? failure(404, "experiment-not-found", `there is no experiment ${JSON.stringify(id)}`)
    : then(state);
}

function withTransition(
  context: HandlerContext,
  id: string,
  action: ExperimentAction,
  mutation: () => Mutation,
): Answer {
  return withExperiment(context, id, (state) => {
    const { status } = state.experiment;
    const conflict = isExperimentStatus(status) ? statusConflict(status, action) : undefined;
    if (conflict !== undefined) return failure(409, conflict.code, conflict.message);
    context.store.apply(mutation());
    return { status: 200, body: shown(state) };
  });
}

function shown(state: ExperimentState): Experiment {
  return { ...state.experiment, allocation_history: [...state.history] };
}

function invalid(issues: Extract<Checked<unknown>, { ok: false }>["issues"]): Answer {
  const fields = issues.map((issue) => `${issue.path === "" ? "the body" : issue.path} ${issue.message}`).join("; ");
  return failure(400, "validation-failed", fields, issues);
}

function unregistered(store: Store, input: ExperimentInput): FieldIssue[] {
  return (["control", "treatment"] as const)
    .filter((arm) => !store.versions.has(versionKey(input.traffic_allocation[arm])))
    .map((arm) => ({
      path: `traffic_allocation.${arm}.version`,
      code: "version-not-registered",
      message: "must be a registered version of the model",
    }));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
