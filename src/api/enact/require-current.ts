import type { Experiment } from "../experiment.ts";
import { EnactError } from "../http/errors.ts";
import type { AuditEntry } from "./audit.ts";
import type { DecisionDocument } from "./decision-document.ts";
import { sameSplit, shownSplit, type Split, splitOf } from "./split.ts";

/** How far an instant may lie ahead of the clocks here and at the server, in milliseconds. */
const clockToleranceMs = 5 * 60_000;

/** What a decision is compared with before it is acted upon. */
export interface CurrentState {
  readonly experiment: Experiment;
  /** The split that is asked for. */
  readonly to: Split;
  /** Lines of the log about this experiment. */
  readonly entries: readonly AuditEntry[];
  /** Whether this enactment has paused the experiment before, and was interrupted. */
  readonly interrupted: boolean;
  /** The later of this machine's and the server's clock, milliseconds since 1970. */
  readonly now: number;
  readonly maxAgeMs: number;
}

/**
 * A decision may be acted upon while it is recent, by this machine's clock and by the server's, and the experiment is
 * the one it was made about. An enactment that was interrupted must be recent, too; it alone may find the experiment
 * paused.
 *
 * @throws {EnactError} `unfinished-enactment`, `future-decision`, `stale-decision`, `experiment-not-active`,
 * `experiment-changed`
 */
export function requireCurrent(document: DecisionDocument, state: CurrentState): void {
  const { experiment, to, entries, interrupted, now, maxAgeMs } = state;
  const refuse = refusalOf(document.experimentId);
  const open = openEnactment(entries);
  if (open !== undefined) {
    throw refuse(
      "unfinished-enactment",
      `another enactment (decision ${open.decisionHash.slice(0, 12)}, ${open.verdict}, started ${open.at}) ` +
        "isn't finished",
      "Finish that one first",
    );
  }
  requireRecent(document, now, maxAgeMs);
  const current = splitOf(experiment);
  if (interrupted) {
    if (sameSplit(current, document.allocation) || sameSplit(current, to)) return;
    throw refuse(
      "experiment-changed",
      `it is between ${shownSplit(document.allocation)} and ${shownSplit(to)}, and the split is now ` +
        shownSplit(current),
      "Somebody else changed it: look at it, then pull and decide again",
    );
  }
  if (experiment.status !== "active")
    throw refuse(
      "experiment-not-active",
      `the experiment must be active, and is ${experiment.status}`,
      "Somebody paused or ended it: find out why first",
    );
  if (!sameSplit(current, document.allocation) && !sameSplit(current, to)) {
    throw refuse(
      "experiment-changed",
      `it was made at ${shownSplit(document.allocation)}, and the split is now ${shownSplit(current)}`,
      "Pull and decide again",
    );
  }
  if (experiment.updated_at !== undefined && !(Date.parse(experiment.updated_at) <= Date.parse(document.asOf))) {
    throw refuse(
      "experiment-changed",
      `its data are as of ${document.asOf}, and the experiment was changed at ${experiment.updated_at}`,
      "Pull and decide again",
    );
  }
}

/** Refuses data that are too old, or from the future. @throws {EnactError} */
function requireRecent({ experimentId, asOf }: DecisionDocument, now: number, maxAgeMs: number): void {
  const refuse = refusalOf(experimentId);
  const age = now - Date.parse(asOf);
  if (!(age >= -clockToleranceMs))
    throw refuse(
      "future-decision",
      `its data must not be from the future, and are as of ${asOf}, ${minutes(-age)} ahead of the clocks here and ` +
        "at the server",
      "Set the clock that is wrong, then pull and decide again",
    );
  if (age > maxAgeMs)
    throw refuse(
      "stale-decision",
      `its data must be at most ${minutes(maxAgeMs)} old, and are ${minutes(age)} old (as of ${asOf})`,
      "Pull and decide again",
    );
}

/** The enactment that was begun, and neither finished nor given up. */
function openEnactment(entries: readonly AuditEntry[]): AuditEntry | undefined {
  const ended = (entry: AuditEntry): boolean => entry.event === "finished" || entry.event === "stopped";
  return entries.find(
    (entry, index) =>
      entry.event === "started" &&
      !entries.slice(index).some((later) => later.decisionHash === entry.decisionHash && ended(later)),
  );
}

function refusalOf(id: string): (code: string, what: string, fix: string) => EnactError {
  return (code, what, fix) => new EnactError(`Cannot enact the decision about ${id}: ${what}`, { code, fix });
}

function minutes(ms: number): string {
  return `${Math.round(ms / 60_000)} minutes`;
}
