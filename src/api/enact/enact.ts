import { requireNumber } from "../../errors.ts";
import { millisecondsPerHour } from "../../time.ts";
import type { Experiment } from "../experiment.ts";
import type { ExperimentsClient } from "../http/client.ts";
import { ConflictError, EnactError } from "../http/errors.ts";
import { sleep } from "../http/sleep.ts";
import type { AuditEntry, AuditLog } from "./audit.ts";
import type { DecisionDocument } from "./decision-document.ts";
import { decisionHash } from "./decision-document.ts";
import { nextStep, targetSplit } from "./enact-step.ts";
import type { EnactStep } from "./enact-step.ts";
import { sameSplit, splitOf } from "./split.ts";
import type { Split } from "./split.ts";

/** How to enact. */
export interface EnactOptions {
  /** Change the experiment; otherwise only say what would be done (the default). */
  readonly apply?: boolean;
  /** Treatment shares to go through when shipping, in percent, ascending; [100] where absent. */
  readonly ramp?: readonly number[];
  /** Oldest data that may be acted upon, in milliseconds; two hours where absent. */
  readonly maxAgeMs?: number;
  readonly audit: AuditLog;
  /** Clock in milliseconds since 1970. */
  readonly now?: () => number;
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly signal?: AbortSignal;
}

/** What was done, or would be. */
export interface Enactment {
  readonly outcome: "nothing-to-do" | "dry-run" | "enacted" | "already-enacted";
  readonly decisionHash: string;
  readonly from: Split;
  readonly to: Split;
  /** Steps taken now, or those that would be. */
  readonly steps: readonly EnactStep[];
}

const maxLooks = 12;

/**
 * How do I make the gateway do what was decided?
 *
 * Pauses the experiment, changes the split (rollback: all traffic to control; ship: all to treatment, or the next step
 * of a ramp), and resumes it. Each step is written to the audit log before it is taken, named by an idempotency key
 * made of the decision's hash, and verified by reading the state afterwards. Calling it again after a crash or a lost
 * answer goes on where it stopped and does nothing twice.
 *
 * @param client - see `createClient`
 * @param document - the decision, and what it was based on
 * @returns what was done; `nothing-to-do` for keep-running, inconclusive and invalid
 * @throws {EnactError} `stale-decision`, `experiment-changed`, `experiment-not-active`, `unfinished-enactment`,
 * `changed-since-enacted`, `unexpected-state`: nothing (more) is changed
 * @example
 * ```ts
 * const enactment = await enact(client, document, { audit: memoryAuditLog(), maxAgeMs: Infinity });
 * enactment.outcome; // "dry-run"
 * enactment.steps; // ["pause","update","resume"]
 * ```
 */
export async function enact(
  client: ExperimentsClient,
  document: DecisionDocument,
  options: EnactOptions,
): Promise<Enactment> {
  const { audit, ramp = [100], now = Date.now, signal } = options;
  for (const [i, share] of ramp.entries()) {
    requireNumber(
      "enact the decision",
      `ramp[${i}]`,
      `a percentage above ${ramp[i - 1] ?? 0}, up to 100`,
      share,
      (x) => x > (ramp[i - 1] ?? 0) && x <= 100,
    );
  }
  const call = signal === undefined ? {} : { signal };
  const id = document.experimentId;
  const hash = await decisionHash(document);
  const entries = (await audit.read()).filter((entry) => entry.experimentId === id);
  const mine = entries.filter((entry) => entry.decisionHash === hash);
  const started = mine.find(({ event }) => event === "started");
  const from = started?.from ?? document.allocation;
  const to = started?.to ?? targetSplit(document.verdict, document.allocation, ramp);
  const report = (outcome: Enactment["outcome"], steps: readonly EnactStep[]): Enactment => ({
    outcome,
    decisionHash: hash,
    from,
    to: to ?? from,
    steps,
  });
  if (to === undefined || sameSplit(from, to)) return report("nothing-to-do", []);

  const experiment = await client.getExperiment(id, call);
  if (mine.some(({ event }) => event === "finished")) {
    if (nextStep(await settle(client, id, to, options), to) === undefined) return report("already-enacted", []);
    throw new EnactError(
      `Cannot enact the decision about ${id}: it was enacted before, and the experiment was changed since ` +
        `(${shown(experiment)})`,
      { code: "changed-since-enacted", fix: "Decide again on fresh data" },
    );
  }
  if (started === undefined) {
    const serverNow = (await client.getResults(id, call)).as_of;
    requireFresh(
      document,
      experiment,
      to,
      entries,
      Math.max(now(), serverNow === undefined ? 0 : Date.parse(serverNow)),
      options.maxAgeMs ?? 2 * millisecondsPerHour,
    );
  }
  if (options.apply !== true) return report("dry-run", stepsFrom(experiment, to));

  const note = (event: AuditEntry["event"], more: Partial<AuditEntry> = {}): Promise<void> =>
    audit.append({
      kind: "assay-enactment",
      at: new Date(now()).toISOString(),
      experimentId: id,
      decisionHash: hash,
      verdict: document.verdict,
      event,
      ...more,
    });
  if (started === undefined) await note("started", { from, to });
  const done = new Set<EnactStep>(mine.filter(({ event }) => event === "done").map(({ step }) => step as EnactStep));
  const taken: EnactStep[] = [];
  for (let looks = 0; looks < maxLooks; looks += 1) {
    const seen = await client.getExperiment(id, call);
    const step = nextStep(seen, to);
    if (step === undefined) {
      await note("finished", { observed: observed(seen) });
      return report("enacted", taken);
    }
    if (seen.status !== "active" && seen.status !== "paused") throw unexpected(id, seen);
    if (done.has(step)) {
      await (options.sleep ?? sleep)(250 * 2 ** Math.min(looks, 5), signal);
      continue;
    }
    await note("acting", { step });
    if (await act(client, id, step, to, `assay-${hash.slice(0, 32)}-${step}`, call)) {
      const after = await settleStep(client, id, step, to, options);
      done.add(step);
      taken.push(step);
      await note("done", { step, observed: observed(after) });
    }
  }
  throw unexpected(id, await client.getExperiment(id, call));
}

/** Takes one step; false when the server says that the state isn't what it seemed, so it must be looked at again. */
async function act(
  client: ExperimentsClient,
  id: string,
  step: EnactStep,
  to: Split,
  idempotencyKey: string,
  call: { signal?: AbortSignal },
): Promise<boolean> {
  const options = { ...call, idempotencyKey };
  try {
    if (step === "pause") await client.pauseExperiment(id, options);
    else if (step === "resume") await client.resumeExperiment(id, options);
    else
      await client.updateExperiment(
        id,
        { traffic_allocation: { control: { percentage: to.control }, treatment: { percentage: to.treatment } } },
        options,
      );
    return true;
  } catch (error) {
    if (error instanceof ConflictError) return false;
    throw error;
  }
}

/** Reads until the server shows that the step took effect, or gives up after a while. */
async function settleStep(
  client: ExperimentsClient,
  id: string,
  step: EnactStep,
  to: Split,
  options: EnactOptions,
): Promise<Experiment> {
  return settleUntil(client, id, options, (experiment) => nextStep(experiment, to) !== step);
}

async function settle(client: ExperimentsClient, id: string, to: Split, options: EnactOptions): Promise<Experiment> {
  return settleUntil(client, id, options, (experiment) => nextStep(experiment, to) === undefined, false);
}

async function settleUntil(
  client: ExperimentsClient,
  id: string,
  options: EnactOptions,
  holds: (experiment: Experiment) => boolean,
  required = true,
): Promise<Experiment> {
  const call = options.signal === undefined ? {} : { signal: options.signal };
  for (let looks = 1; ; looks += 1) {
    const experiment = await client.getExperiment(id, call);
    if (holds(experiment)) return experiment;
    if (looks >= maxLooks) {
      if (required) throw unexpected(id, experiment);
      return experiment;
    }
    await (options.sleep ?? sleep)(250 * 2 ** Math.min(looks, 5), options.signal);
  }
}

/**
 * A decision may be acted upon while it is recent, by this machine's clock and by the server's, and the experiment is
 * the one it was made about.
 */
function requireFresh(
  document: DecisionDocument,
  experiment: Experiment,
  to: Split,
  entries: readonly AuditEntry[],
  now: number,
  maxAgeMs: number,
): void {
  const id = document.experimentId;
  const refuse = (code: string, what: string, fix: string): EnactError =>
    new EnactError(`Cannot enact the decision about ${id}: ${what}`, { code, fix });
  const finished = new Set(entries.filter(({ event }) => event === "finished").map((entry) => entry.decisionHash));
  const open = entries.find((entry) => entry.event === "started" && !finished.has(entry.decisionHash));
  if (open !== undefined) {
    throw refuse(
      "unfinished-enactment",
      `another enactment (decision ${open.decisionHash.slice(0, 12)}, ${open.verdict}, started ${open.at}) ` +
        "isn't finished",
      "Finish that one first",
    );
  }
  const age = now - Date.parse(document.asOf);
  if (age > maxAgeMs)
    throw refuse(
      "stale-decision",
      `its data must be at most ${minutes(maxAgeMs)} old, and is ${minutes(age)} old (as of ${document.asOf})`,
      "Pull and decide again",
    );
  if (experiment.status !== "active")
    throw refuse(
      "experiment-not-active",
      `the experiment must be active, and is ${experiment.status}`,
      "Somebody paused or ended it: find out why first",
    );
  const current = splitOf(experiment);
  if (!sameSplit(current, document.allocation) && !sameSplit(current, to)) {
    throw refuse(
      "experiment-changed",
      `it was made at ${percent(document.allocation)}, and the split is now ${percent(current)}`,
      "Pull and decide again",
    );
  }
  if (experiment.updated_at !== undefined && Date.parse(experiment.updated_at) > Date.parse(document.asOf)) {
    throw refuse(
      "experiment-changed",
      `its data are as of ${document.asOf}, and the experiment was changed at ${experiment.updated_at}`,
      "Pull and decide again",
    );
  }
}

function stepsFrom(experiment: Experiment, to: Split): EnactStep[] {
  const step = nextStep(experiment, to);
  const order: readonly EnactStep[] = ["pause", "update", "resume"];
  return step === undefined ? [] : order.slice(order.indexOf(step));
}

function observed(experiment: Experiment): NonNullable<AuditEntry["observed"]> {
  return { status: experiment.status, allocation: splitOf(experiment) };
}

function unexpected(id: string, experiment: Experiment): EnactError {
  return new EnactError(
    `Cannot enact the decision about ${id}: the experiment isn't in a state that a step leads to ` +
      `(${shown(experiment)})`,
    {
      code: "unexpected-state",
      fix: "Somebody else may be changing it; look at it, then run this again",
    },
  );
}

function shown(experiment: Experiment): string {
  return `${experiment.status}, ${percent(splitOf(experiment))}`;
}

function percent(split: Split): string {
  return `${split.control} % control / ${split.treatment} % treatment`;
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} minutes`;
}
