import { requireNumber } from "../../errors.ts";
import { millisecondsPerHour } from "../../time.ts";
import type { Experiment } from "../experiment.ts";
import type { ExperimentsClient } from "../http/client.ts";
import { ApiError, ConflictError, EnactError } from "../http/errors.ts";
import { sleep } from "../http/sleep.ts";
import { AuditChain } from "./audit-chain.ts";
import type { AuditEntry, AuditLog } from "./audit.ts";
import { decisionHash, flawOf } from "./decision-document.ts";
import type { DecisionDocument } from "./decision-document.ts";
import { nextStep, targetSplit } from "./enact-step.ts";
import type { EnactStep } from "./enact-step.ts";
import { lookBack, stoppedError } from "./left-behind.ts";
import { requireCurrent } from "./require-current.ts";
import { signatureHolds } from "./signature.ts";
import { sameSplit, shownSplit, splitOf } from "./split.ts";
import type { Split } from "./split.ts";

/** How to enact. */
export interface EnactOptions {
  /** Change the experiment; otherwise only say what would be done (the default). */
  readonly apply?: boolean;
  /** Treatment shares to go through when shipping, in percent, ascending; [100] where absent. */
  readonly ramp?: readonly number[];
  /** Oldest data that may be acted upon, in milliseconds; two hours where absent. */
  readonly maxAgeMs?: number;
  /** Secret with which the document must have been signed, and with which lines of the log are. */
  readonly signKey?: string | undefined;
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
 * of a ramp), and resumes it. What is to be done comes from the document alone. Each step is written to the audit log
 * before it is taken, named by an idempotency key made of the decision's hash, and verified by reading the state
 * afterwards; what was read last decides what is reported. Calling it again after a crash or a lost answer goes on
 * where it stopped and does nothing twice. One enactment at a time per log, where the log can lock.
 *
 * @param client - see `createClient`
 * @param document - the decision, and what it was based on
 * @returns what was done; `nothing-to-do` for keep-running, inconclusive and invalid
 * @throws {EnactError} before anything is changed: `verdict-contradicts-decision`, `decision-checksum`,
 * `decision-unsigned`, `audit-tampered`, `audit-unsigned`, `enactment-running`, `future-decision`, `stale-decision`,
 * `experiment-changed`, `experiment-not-active`, `unfinished-enactment`, `changed-since-enacted`
 * @throws {EnactError} on the way: `not-enacted` (traffic runs as before), `left-paused` (it says how to end the
 * pause), `unexpected-state`
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
  const { ramp = [100] } = options;
  for (const [i, share] of ramp.entries()) {
    requireNumber(
      "enact the decision",
      `ramp[${i}]`,
      `a percentage above ${ramp[i - 1] ?? 0}, up to 100`,
      share,
      (x) => x > (ramp[i - 1] ?? 0) && x <= 100,
    );
  }
  await requireAuthentic(document, options.signKey);
  const to = targetSplit(document.verdict, document.allocation, ramp);
  const from = document.allocation;
  if (to === undefined || sameSplit(from, to)) {
    await AuditChain.read(options.audit, options.signKey);
    return { outcome: "nothing-to-do", decisionHash: await decisionHash(document), from, to: to ?? from, steps: [] };
  }
  const unlock = options.apply === true ? await options.audit.lock?.() : undefined;
  try {
    return await new Run(client, document, to, await decisionHash(document), options).enact();
  } finally {
    await unlock?.();
  }
}

/** @throws {EnactError} when a document isn't as it was written, or not signed with the key */
async function requireAuthentic(document: DecisionDocument, signKey: string | undefined): Promise<void> {
  const refuse = (code: string, what: string): EnactError =>
    new EnactError(`Cannot enact the decision about ${document.experimentId}: ${what}`, {
      code,
      fix: "Pull and decide again",
    });
  const flaw = flawOf(document);
  if (flaw !== undefined)
    throw refuse(
      flaw.code,
      `${flaw.field} must be ${flaw.requirement}, current value is ${JSON.stringify(flaw.value)}`,
    );
  if (signKey === undefined || (await signatureHolds(document, signKey))) return;
  const what =
    document.signature === undefined
      ? "it is not signed"
      : "its signature was made with another key, or for another document";
  throw refuse("decision-unsigned", `it must be signed with the key, and ${what}`);
}

/** One call of {@link enact}, once it is clear that there is something to do. */
class Run {
  readonly #client: ExperimentsClient;
  readonly #document: DecisionDocument;
  readonly #id: string;
  readonly #to: Split;
  readonly #hash: string;
  readonly #options: EnactOptions;
  readonly #call: { readonly signal?: AbortSignal };
  /** How often this decision was given up before. */
  #givenUp = 0;
  /** Steps taken by this call. */
  readonly #taken: EnactStep[] = [];

  constructor(client: ExperimentsClient, document: DecisionDocument, to: Split, hash: string, options: EnactOptions) {
    this.#client = client;
    this.#document = document;
    this.#id = document.experimentId;
    this.#to = to;
    this.#hash = hash;
    this.#options = options;
    this.#call = options.signal === undefined ? {} : { signal: options.signal };
  }

  async enact(): Promise<Enactment> {
    const chain = await AuditChain.read(this.#options.audit, this.#options.signKey);
    const mine = await chain.ofDecision(this.#id, this.#hash);
    this.#givenUp = chain.timesGivenUp(this.#id, this.#hash);
    const experiment = await this.#client.getExperiment(this.#id, this.#call);
    if (mine.some(({ event }) => event === "finished")) return await this.#requireStillEnacted(experiment);
    await this.#requireCurrent(experiment, chain, mine);
    if (this.#options.apply !== true) return this.#report("dry-run", stepsFrom(experiment, this.#to));
    const started = mine.some(({ event }) => event === "started");
    if (!started) await this.#note(chain, "started", { from: this.#document.allocation, to: this.#to });
    try {
      return await this.#takeSteps(chain, mine);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return await this.#stop(chain, error);
    }
  }

  async #requireStillEnacted(experiment: Experiment): Promise<Enactment> {
    const settled = await this.#readUntil((seen) => nextStep(seen, this.#to) === undefined, false);
    if (nextStep(settled, this.#to) === undefined) return this.#report("already-enacted", []);
    throw new EnactError(
      `Cannot enact the decision about ${this.#id}: it was enacted before, and the experiment was changed since ` +
        `(${shown(experiment)})`,
      { code: "changed-since-enacted", fix: "Decide again on fresh data" },
    );
  }

  async #requireCurrent(experiment: Experiment, chain: AuditChain, mine: readonly AuditEntry[]): Promise<void> {
    const { now = Date.now, maxAgeMs = 2 * millisecondsPerHour } = this.#options;
    const asOf = (await this.#client.getResults(this.#id, this.#call)).as_of;
    const serverNow = asOf === undefined ? 0 : Date.parse(asOf);
    requireCurrent(this.#document, {
      experiment,
      to: this.#to,
      entries: chain.entries.filter((entry) => entry.experimentId === this.#id && entry.decisionHash !== this.#hash),
      interrupted: mine.some(({ event, step }) => event === "acting" && step === "pause"),
      now: Math.max(now(), serverNow),
      maxAgeMs,
    });
  }

  /** Takes step after step until the experiment is active at the split that was asked for. */
  async #takeSteps(chain: AuditChain, mine: readonly AuditEntry[]): Promise<Enactment> {
    const stepsIn = (event: AuditEntry["event"]): EnactStep[] =>
      mine.flatMap((entry) => (entry.event === event && entry.step !== undefined ? [entry.step] : []));
    const done = new Set(stepsIn("done"));
    const tried = new Set(stepsIn("acting"));
    for (let looks = 0; looks < maxLooks; looks += 1) {
      const seen = await this.#client.getExperiment(this.#id, this.#call);
      const step = nextStep(seen, this.#to);
      if (step === undefined) {
        await this.#note(chain, "finished", { observed: observed(seen) });
        return this.#report("enacted", this.#taken);
      }
      this.#requireOwn(seen);
      if (done.has(step)) {
        await (this.#options.sleep ?? sleep)(250 * 2 ** Math.min(looks, 5), this.#options.signal);
        continue;
      }
      await this.#note(chain, "acting", { step });
      if (await this.#act(step, tried.has(step))) {
        const after = await this.#readUntil((experiment) => nextStep(experiment, this.#to) !== step, true);
        done.add(step);
        this.#taken.push(step);
        await this.#note(chain, "done", { step, observed: observed(after) });
      }
      tried.add(step);
    }
    throw this.#unexpected(await this.#client.getExperiment(this.#id, this.#call));
  }

  /** Refuses to go on from a state that none of the own steps leads to. */
  #requireOwn(seen: Experiment): void {
    const split = splitOf(seen);
    const known = seen.status === "active" || seen.status === "paused";
    if (!known || !(sameSplit(split, this.#document.allocation) || sameSplit(split, this.#to)))
      throw this.#unexpected(seen);
  }

  /**
   * Takes one step; false when the server says that the state isn't what it seemed, so it must be looked at again.
   *
   * @param tried - whether this step was tried before, so that a conflict may be with an own request whose answer was
   * lost
   */
  async #act(step: EnactStep, tried: boolean): Promise<boolean> {
    const options = { ...this.#call, idempotencyKey: this.#keyOf(step) };
    const { control, treatment } = this.#to;
    const split = { control: { percentage: control }, treatment: { percentage: treatment } };
    try {
      if (step === "pause") await this.#client.pauseExperiment(this.#id, options);
      else if (step === "resume") await this.#client.resumeExperiment(this.#id, options);
      else await this.#client.updateExperiment(this.#id, { traffic_allocation: split }, options);
      return true;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      if (step !== "pause" || tried || error.attempts > 1) return false;
      throw new EnactError(
        `Cannot enact the decision about ${this.#id}: somebody else paused it a moment ago (${error.message})`,
        { code: "unexpected-state", fix: "Find out who is changing it, then run this again" },
      );
    }
  }

  /** Reads until the server shows what it must, or gives up after a while. */
  async #readUntil(holds: (experiment: Experiment) => boolean, required: boolean): Promise<Experiment> {
    for (let looks = 1; ; looks += 1) {
      const experiment = await this.#client.getExperiment(this.#id, this.#call);
      if (holds(experiment)) return experiment;
      if (looks >= maxLooks) {
        if (required) throw this.#unexpected(experiment);
        return experiment;
      }
      await (this.#options.sleep ?? sleep)(250 * 2 ** Math.min(looks, 5), this.#options.signal);
    }
  }

  /** After a failure: reports what the server shows, and says first that traffic is paused where it is. */
  async #stop(chain: AuditChain, error: ApiError): Promise<Enactment> {
    const key = this.#keyOf("resume-as-before");
    const left = await lookBack(this.#client, this.#id, this.#document.allocation, error, key);
    const { experiment } = left;
    if (experiment !== undefined && nextStep(experiment, this.#to) === undefined) {
      await this.#note(chain, "finished", { observed: observed(experiment) });
      return this.#report("enacted", this.#taken);
    }
    if (left.resumedAsBefore) await this.#note(chain, "stopped", { observed: observed(experiment as Experiment) });
    if (experiment === undefined || experiment.status === "paused" || left.resumedAsBefore)
      throw stoppedError(this.#client, this.#id, error, left);
    throw error;
  }

  /** The idempotency key of a step: the same when it is tried again, another after the enactment was given up. */
  #keyOf(step: string): string {
    return `assay-${this.#hash.slice(0, 32)}-${step}${this.#givenUp === 0 ? "" : `-${this.#givenUp}`}`;
  }

  #note(chain: AuditChain, event: AuditEntry["event"], more: Partial<AuditEntry> = {}): Promise<void> {
    const { now = Date.now } = this.#options;
    return chain.append({
      kind: "assay-enactment",
      at: new Date(now()).toISOString(),
      experimentId: this.#id,
      decisionHash: this.#hash,
      verdict: this.#document.verdict,
      event,
      ...more,
    });
  }

  #report(outcome: Enactment["outcome"], steps: readonly EnactStep[]): Enactment {
    return { outcome, decisionHash: this.#hash, from: this.#document.allocation, to: this.#to, steps };
  }

  #unexpected(experiment: Experiment): EnactError {
    return new EnactError(
      `Cannot enact the decision about ${this.#id}: the experiment isn't in a state that a step leads to ` +
        `(${shown(experiment)})`,
      {
        code: "unexpected-state",
        fix: "Somebody else may be changing it; look at it, then run this again",
      },
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

function shown(experiment: Experiment): string {
  return `${experiment.status}, ${shownSplit(splitOf(experiment))}`;
}
