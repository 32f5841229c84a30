/**
 * The states of an experiment. A draft takes no traffic; only a paused experiment may be changed; a completed one is
 * final.
 */
export type ExperimentStatus = "draft" | "active" | "paused" | "completed";

/** The states an experiment may be created in. */
export const initialStatuses: readonly ExperimentStatus[] = ["draft", "active", "paused"];

/** What can be asked of an existing experiment. */
export type ExperimentAction = "pause" | "resume" | "update";

/** Why an action is refused in a state. */
export interface StatusConflict {
  readonly code:
    "experiment-active" | "experiment-draft" | "already-paused" | "already-active" | "experiment-completed";
  readonly message: string;
}

const refusals: Readonly<Record<ExperimentAction, Partial<Record<ExperimentStatus, StatusConflict["code"]>>>> = {
  pause: { draft: "experiment-draft", paused: "already-paused", completed: "experiment-completed" },
  resume: { active: "already-active", completed: "experiment-completed" },
  update: { draft: "experiment-draft", active: "experiment-active", completed: "experiment-completed" },
};

const sentences: Readonly<Record<StatusConflict["code"], string>> = {
  "experiment-active": "the experiment is active and can be changed only while paused; pause it first",
  "experiment-draft": "the experiment is a draft that was never started; resume it first",
  "already-paused": "the experiment is paused already",
  "already-active": "the experiment is active already",
  "experiment-completed": "the experiment is completed, which is final",
};

/**
 * Does an experiment's state allow this action? The client asks before sending, the emulator before acting.
 *
 * @param status - the state the experiment is in
 * @param action - what is asked of it
 * @returns the conflict, or `undefined` where the action is allowed
 * @example
 * ```ts
 * statusConflict("active", "update")?.code; // "experiment-active"
 * ```
 */
export function statusConflict(status: ExperimentStatus, action: ExperimentAction): StatusConflict | undefined {
  const code = refusals[action][status];
  return code === undefined ? undefined : { code, message: sentences[code] };
}

/** Tells whether a server's status is one of the known states. */
export function isExperimentStatus(status: string): status is ExperimentStatus {
  return status === "draft" || status === "active" || status === "paused" || status === "completed";
}
