import type { z } from "zod";
import { showValue } from "../errors.ts";
import { ExperimentInputSchema, ExperimentPatchSchema } from "./experiment.ts";
import type { Experiment, ExperimentDuration, ExperimentInput, ExperimentPatch } from "./experiment.ts";
import type { FieldIssue } from "./http/errors.ts";
import { ModelVersionInputSchema } from "./model-version.ts";
import type { ModelVersionInput } from "./model-version.ts";

/** A request body that was accepted, or the fields that were not. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly issues: readonly FieldIssue[] };

/** Is this a body `POST /models/versions` accepts? */
export function checkModelVersion(body: unknown): Checked<ModelVersionInput> {
  return checkBody(ModelVersionInputSchema, body, (input) => {
    const deployment = input.deployment_config;
    const [least, most] = [deployment?.min_instances, deployment?.max_instances];
    if (least === undefined || most === undefined || least <= most) return [];
    return [
      issue(
        "deployment_config.min_instances",
        "out-of-range",
        `must be at most max_instances (${most}), current value is ${least}`,
      ),
    ];
  });
}

/** Is this a body `POST /experiments` accepts? */
export function checkExperiment(body: unknown): Checked<ExperimentInput> {
  return checkBody(ExperimentInputSchema, body, (input) => [
    ...allocationIssues(input.traffic_allocation),
    ...durationIssues(input.duration),
  ]);
}

/**
 * Is this a body `PATCH /experiments/{id}` accepts?
 *
 * @param body - the body
 * @param current - the experiment as it is, where known: adds the rules that need it (versions stay, dates in order)
 */
export function checkPatch(
  body: unknown,
  current?: Pick<Experiment, "traffic_allocation" | "duration">,
): Checked<ExperimentPatch> {
  return checkBody(ExperimentPatchSchema, body, (patch) => {
    const issues: FieldIssue[] = [];
    const fields = patch as Readonly<Record<string, unknown>>;
    if (Object.keys(fields).length === 0)
      issues.push(issue("", "empty-patch", "must name at least one field to change"));
    for (const fixed of ["status", "experiment_id"]) {
      if (fixed in fields)
        issues.push(
          issue(fixed, "not-changeable", fixed === "status" ? "changes by pause and resume only" : "can't be changed"),
        );
    }
    if (patch.traffic_allocation !== undefined) {
      issues.push(...allocationIssues(patch.traffic_allocation));
      for (const arm of ["control", "treatment"] as const) {
        const given = patch.traffic_allocation[arm] as Readonly<Record<string, unknown>>;
        for (const field of ["model_id", "version"] as const) {
          const now = current?.traffic_allocation[arm][field];
          if (now !== undefined && given[field] !== undefined && given[field] !== now) {
            issues.push(
              issue(
                `traffic_allocation.${arm}.${field}`,
                "not-changeable",
                `must stay ${showValue(now)}: another version is another experiment`,
              ),
            );
          }
        }
      }
    }
    issues.push(...durationIssues({ ...current?.duration, ...patch.duration }));
    return issues;
  });
}

function checkBody<T>(schema: z.ZodType<T>, body: unknown, rules: (value: T) => readonly FieldIssue[]): Checked<T> {
  const parsed = schema.safeParse(body);
  const issues = parsed.success ? rules(parsed.data) : fieldIssues(parsed.error, body);
  return parsed.success && issues.length === 0 ? { ok: true, value: parsed.data } : { ok: false, issues };
}

/** The issues of a failed parse in the API's own codes. */
export function fieldIssues(error: z.ZodError, body: unknown): FieldIssue[] {
  return error.issues.map((found) => {
    const path = found.path.map(String);
    const value = valueAt(body, path);
    const field = path.join(".");
    if (value === undefined && path.length > 0) return issue(field, "required", "is required");
    const shown = `current value is ${showValue(value)}`;
    const detail =
      found.code === "invalid_union"
        ? "must be an ISO 8601 date or date-time with offset"
        : found.message.replace(/^Invalid input: /, "");
    const code =
      found.code === "invalid_type"
        ? "wrong-type"
        : found.code === "too_small" || found.code === "too_big"
          ? "out-of-range"
          : "invalid-value";
    return issue(field, code, `${detail}, ${shown}`);
  });
}

function valueAt(body: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined),
    body,
  );
}

function issue(path: string, code: string, message: string): FieldIssue {
  return { path, code, message };
}

/** Percentages are decimal numbers; 1e-9 forgives their binary rounding and nothing else. */
function allocationIssues(allocation: {
  readonly control: { readonly percentage: number };
  readonly treatment: { readonly percentage: number };
}): FieldIssue[] {
  const { control, treatment } = allocation;
  const sum = control.percentage + treatment.percentage;
  if (Math.abs(sum - 100) <= 1e-9) return [];
  const message =
    `control and treatment must add to exactly 100, current values are ${control.percentage} and ` +
    `${treatment.percentage}, which add to ${sum}`;
  return [issue("traffic_allocation", "percentages-must-add-to-100", message)];
}

function durationIssues(duration: ExperimentDuration | undefined): FieldIssue[] {
  const [start, end] = [duration?.start_date, duration?.end_date];
  if (start === undefined || end === undefined || Date.parse(start) < Date.parse(end)) return [];
  return [
    issue("duration.end_date", "end-before-start", `must be after start_date (${start}), current value is ${end}`),
  ];
}
