import type { ExperimentPatch, ModelVersion } from "../api/index.ts";
import { cannot, FormatError } from "../errors.ts";
import { advanceExperiment, changeStatus, openExperiment } from "./experiment-state.ts";
import type { ExperimentState } from "./experiment-state.ts";
import type { Journal, Mutation } from "./mutation.ts";
import type { TrafficScenario } from "./scenario.ts";

/** An answer kept under its idempotency key. */
export interface KeptReply {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: unknown;
}

/** All that the emulator knows. Changes go through `apply` only. */
export interface Store {
  readonly versions: ReadonlyMap<string, ModelVersion>;
  readonly experiments: ReadonlyMap<string, ExperimentState>;
  readonly replies: ReadonlyMap<string, KeptReply>;
  apply(mutation: Mutation): void;
  /** Lets time pass for one experiment. */
  advance(id: string, now: number): ExperimentState | undefined;
}

/** The key of a version among all. */
export function versionKey(version: { readonly model_id: string; readonly version: string }): string {
  return `${version.model_id}\n${version.version}`;
}

/**
 * Opens the store: empty, or with what a journal says happened before.
 *
 * @param scenarioOf - traffic of an experiment; `undefined` = none but what is recorded from outside
 * @throws {FormatError} on a journal line that can't be read, naming its number. A last line cut off by a crash was
 * never acknowledged and is left out.
 */
export function openStore(
  journal: Journal | undefined,
  scenarioOf: (id: string) => TrafficScenario | undefined,
  seed: number,
): Store {
  const versions = new Map<string, ModelVersion>();
  const experiments = new Map<string, ExperimentState>();
  const replies = new Map<string, KeptReply>();
  const known = (id: string): ExperimentState => {
    const state = experiments.get(id);
    if (state === undefined)
      throw new FormatError(
        cannot("read the emulator's journal", "experiment_id", "that of an experiment created before", id),
        { code: "journal-corrupt" },
      );
    return state;
  };
  const enact = (mutation: Mutation): void => {
    switch (mutation.kind) {
      case "version-registered":
        versions.set(versionKey(mutation.version), mutation.version);
        return;
      case "experiment-created": {
        const id = mutation.experiment.experiment_id;
        experiments.set(id, openExperiment(mutation.experiment, mutation.at, scenarioOf(id), seed));
        return;
      }
      case "status-changed": {
        const state = known(mutation.id);
        advanceExperiment(state, mutation.at);
        changeStatus(state, mutation.status, mutation.at);
        return;
      }
      case "experiment-updated": {
        const state = known(mutation.id);
        advanceExperiment(state, mutation.at);
        state.experiment = {
          ...patched(state.experiment, mutation.patch),
          updated_at: new Date(mutation.at).toISOString(),
        };
        state.actions.push({ kind: "updated", at: mutation.at });
        return;
      }
      case "replied":
        replies.set(mutation.key, mutation);
    }
  };
  for (const mutation of readJournal(journal)) enact(mutation);
  return {
    versions,
    experiments,
    replies,
    apply: (mutation) => {
      journal?.append(JSON.stringify(mutation));
      enact(mutation);
    },
    advance: (id, now) => {
      const state = experiments.get(id);
      if (state !== undefined) advanceExperiment(state, now);
      return state;
    },
  };
}

function readJournal(journal: Journal | undefined): Mutation[] {
  const lines = journal?.read() ?? [];
  const mutations: Mutation[] = [];
  for (const [i, line] of lines.entries()) {
    try {
      mutations.push(JSON.parse(line) as Mutation);
    } catch {
      if (i === lines.length - 1) break;
      throw new FormatError(cannot("read the emulator's journal", `line ${i + 1}`, "one JSON object", line), {
        code: "journal-corrupt",
      });
    }
  }
  return mutations;
}

/** A patch applied: named fields replace, except that the split keeps its versions and dates are changed one by one. */
function patched<T extends ExperimentState["experiment"]>(experiment: T, patch: ExperimentPatch): T {
  const { control, treatment } = experiment.traffic_allocation;
  const split = patch.traffic_allocation;
  return {
    ...experiment,
    ...patch,
    traffic_allocation: {
      control: { ...control, ...split?.control },
      treatment: { ...treatment, ...split?.treatment },
    },
    duration: { ...experiment.duration, ...patch.duration },
  };
}
