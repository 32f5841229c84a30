import { stat } from "node:fs/promises";
import { analyze, decide, type Decision, type Policy, type Summary } from "../index.ts";
import { extentOf, requireFresh, requireFreshSummary } from "./freshness.ts";
import type { GateAnswer } from "./gate-server.ts";

/** What decides for a gate. */
export interface GateSource {
  /** The files that are read, as they are named now. */
  readonly files: () => Promise<readonly string[]>;
  readonly read: (files: readonly string[]) => Promise<Summary>;
  readonly policy: Policy;
  /** Largest age of the data in milliseconds. */
  readonly maxAgeMs: number;
  readonly now: () => number;
  /** Keeps the first verdict to ship or to roll back; where absent, every change of the files is decided anew. */
  readonly firstVerdict?: FirstVerdict | undefined;
}

/** Where the first verdict to ship or to roll back is kept. */
export interface FirstVerdict {
  /** The verdict that stands: an earlier one, or this one from now on if it ships or rolls back. */
  settle(decision: Decision): Promise<Decision>;
}

interface Known {
  /** Device, number, size and time of change of each file. */
  readonly state: string;
  readonly decision: Decision;
  readonly summary: Summary;
  /** When the newest file was last written, milliseconds since 1970. */
  readonly modified: number;
}

/**
 * Decides when asked, and reads again only when a file has changed. One reading runs at a time: questions that come
 * meanwhile wait for it, and share the next one if the files have changed since.
 */
export function gateDecision(source: GateSource): () => Promise<GateAnswer> {
  const { policy, now, maxAgeMs } = source;
  let known: Known | undefined;
  let running: Promise<Known> | undefined;
  const decideNow = async (): Promise<Known> => {
    const files = await source.files();
    const { state, modified } = await stateOf(files);
    if (known?.state === state) return known;
    const summary = await source.read(files);
    const decision = decide(analyze(summary, policy), policy);
    return (known = { state, summary, modified, decision: (await source.firstVerdict?.settle(decision)) ?? decision });
  };
  const next = async (): Promise<Known> => {
    await running?.catch(() => undefined);
    running ??= decideNow().finally(() => (running = undefined));
    return running;
  };
  return async () => {
    const { decision, summary, modified } = await next();
    const { extent } = summary.quality;
    const at = now();
    // Records without timestamps are as old as the file that holds them.
    if (extent === null) requireFresh(Math.min(modified, at), -Infinity, at, maxAgeMs);
    else requireFreshSummary(summary, policy, at, maxAgeMs);
    return { decision, data: extentOf(summary) };
  };
}

async function stateOf(files: readonly string[]): Promise<{ readonly state: string; readonly modified: number }> {
  const found = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
  return {
    state: JSON.stringify(found.map((file, i) => [files[i], file?.dev, file?.ino, file?.size, file?.mtimeMs])),
    modified: Math.max(-Infinity, ...found.map((file) => file?.mtimeMs ?? -Infinity)),
  };
}
