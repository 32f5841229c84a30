/** `assay/emulator`: the experiments API as a local server. */
export { assignArm, unitPlace } from "./assign-arm.ts";
export type { AssignableExperiment, AssignableRequest, Assignment } from "./assign-arm.ts";
export { createEmulator } from "./emulator.ts";
export type { Emulator, EmulatorOptions } from "./emulator.ts";
export type { EffectiveAction, HourTally } from "./experiment-state.ts";
export type { FaultKind, FaultPlan } from "./faults.ts";
export { fileJournal } from "./journal-file.ts";
export type { Journal, Mutation } from "./mutation.ts";
export { healthyTraffic, regressedTraffic, trafficScenario } from "./scenario.ts";
export type { ArmBehaviour, Outage, TrafficScenario } from "./scenario.ts";
export { startEmulator } from "./server.ts";
export type { EmulatorServer, EmulatorServerOptions } from "./server.ts";
export type { ResultsDetail, Tally } from "./tally.ts";
export type { ServedRequest } from "./traffic.ts";
