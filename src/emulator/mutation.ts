import type { Experiment, ExperimentPatch, ExperimentStatus, ModelVersion } from "../api/index.ts";

/**
 * Everything that ever changes the emulator's state, as data: replaying the list gives the same state and the same
 * traffic.
 */
export type Mutation =
  | { readonly kind: "version-registered"; readonly at: number; readonly version: ModelVersion }
  | { readonly kind: "experiment-created"; readonly at: number; readonly experiment: Experiment }
  | { readonly kind: "status-changed"; readonly at: number; readonly id: string; readonly status: ExperimentStatus }
  | { readonly kind: "experiment-updated"; readonly at: number; readonly id: string; readonly patch: ExperimentPatch }
  | {
      readonly kind: "replied";
      readonly at: number;
      readonly key: string;
      readonly fingerprint: string;
      readonly status: number;
      readonly body: unknown;
    };

/** Where mutations are kept, one JSON line each. */
export interface Journal {
  /** The lines written so far. */
  read(): readonly string[];
  append(line: string): void;
}
