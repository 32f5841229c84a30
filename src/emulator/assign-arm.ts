import type { Experiment } from "../api/index.ts";
import { cannot } from "../errors.ts";
import { murmur3 } from "./murmur3.ts";

/** What a gateway knows of a request when it chooses an arm. */
export interface AssignableRequest {
  /** What traffic is split by: a user, a tenant, or the request itself. The same unit always gets the same arm. */
  readonly unit: string;
  /** The cohort the user belongs to. */
  readonly segment?: string | undefined;
  readonly features?: readonly string[] | undefined;
  readonly region?: string | undefined;
}

/** The arm, or why the request takes no part (it is then served as if there were no experiment, and not counted). */
export type Assignment =
  | { readonly arm: "control" | "treatment"; readonly reason: "assigned" }
  | { readonly arm: null; readonly reason: "not-active" | "other-segment" | "feature-missing" | "region-excluded" };

/** The parts of an experiment that assignment reads. */
export type AssignableExperiment = Pick<
  Experiment,
  "experiment_id" | "status" | "traffic_allocation" | "targeting_rules"
>;

/**
 * Which arm does this request go to?
 *
 * The unit's place in [0, 100) is a hash of experiment and unit; the treatment takes the places below its percentage.
 * So an assignment is repeatable anywhere, independent between experiments, and stable under reallocation: raising the
 * treatment's share moves units from control to treatment only, lowering it moves them back.
 *
 * @param experiment - identity, state, split and targeting rules
 * @param request - unit, and what targeting needs: segment, features, region
 * @returns the arm, or the reason why there is none. A request that doesn't say its region is excluded by any
 * `exclude_regions`: not knowing isn't being elsewhere.
 * @throws {TypeError} when the unit is empty
 * @example
 * ```ts
 * const experiment = await client.getExperiment("exp_0001");
 * assignArm(experiment, { unit: "user-7", region: "eu" }).arm; // "control"
 * ```
 */
export function assignArm(experiment: AssignableExperiment, request: AssignableRequest): Assignment {
  if (typeof request.unit !== "string" || request.unit === "") {
    throw new TypeError(cannot("assign a request to an arm", "unit", "a non-empty text", request.unit));
  }
  if (experiment.status !== "active") return { arm: null, reason: "not-active" };
  const rules = experiment.targeting_rules ?? {};
  const segment = rules.user_segment ?? "all";
  if (segment !== "all" && request.segment !== segment) return { arm: null, reason: "other-segment" };
  const features = request.features ?? [];
  if ((rules.request_features ?? []).some((feature) => !features.includes(feature)))
    return { arm: null, reason: "feature-missing" };
  const excluded = rules.exclude_regions ?? [];
  if (excluded.length > 0 && (request.region === undefined || excluded.includes(request.region)))
    return { arm: null, reason: "region-excluded" };
  const inTreatment =
    unitPlace(experiment.experiment_id, request.unit) < experiment.traffic_allocation.treatment.percentage;
  return { arm: inTreatment ? "treatment" : "control", reason: "assigned" };
}

/** A unit's place in [0, 100), uniform over units and independent between experiments. */
export function unitPlace(experimentId: string, unit: string): number {
  return (murmur3(`${experimentId}\n${unit}`) / 2 ** 32) * 100;
}
