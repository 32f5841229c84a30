import { randomUUID } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import process from "node:process";
import { AssayError } from "../index.ts";

/** Who holds a lock. */
interface LockOwner {
  readonly owner: string;
  readonly host: string;
  readonly pid: number;
  /** ISO 8601 instant. */
  readonly since: string;
  /** Tells this lock from every other. */
  readonly token: string;
}

/** A lock of another machine is held for dead after so long; of this machine's, the process is asked for. */
const staleAfterMs = 15 * 60_000;

/**
 * Takes a lock that one process at a time can hold, by a file that says who holds it.
 *
 * @param path - the lock's file; it must not exist, or its owner must be gone
 * @param say - told when a lock was taken over, and from whom
 * @returns gives the lock back
 * @throws {AssayError} `enactment-running`, naming owner, process and age
 */
export async function lockFile(path: string, say: (message: string) => void): Promise<() => Promise<void>> {
  const mine: LockOwner = {
    owner: ownName(),
    host: hostname(),
    pid: process.pid,
    since: new Date().toISOString(),
    token: randomUUID(),
  };
  if (!create(path, mine)) takeOver(path, mine, say);
  return async () => {
    if (ownerIn(path)?.token === mine.token) rmSync(path, { force: true });
  };
}

/** Takes the lock of an owner that is gone. A second file keeps two processes from doing so at once. */
function takeOver(path: string, mine: LockOwner, say: (message: string) => void): void {
  const guard = `${path}.takeover`;
  if (!create(guard, mine)) {
    if (!isGone(ownerIn(guard), guard)) throw running(path, ownerIn(path));
    rmSync(guard, { force: true });
    throw running(path, ownerIn(path));
  }
  try {
    const holder = ownerIn(path);
    if (!isGone(holder, path)) throw running(path, holder);
    rmSync(path, { force: true });
    if (!create(path, mine)) throw running(path, ownerIn(path));
    say(`took over the lock ${JSON.stringify(path)} of ${described(holder)}, which is gone`);
  } finally {
    rmSync(guard, { force: true });
  }
}

/** Creates the file for this owner; false where there is one already. */
function create(path: string, owner: LockOwner): boolean {
  let file: number;
  try {
    file = openSync(path, "wx", 0o600);
  } catch (cause) {
    if ((cause as { code?: string }).code === "EEXIST") return false;
    throw impossible(path, cause);
  }
  try {
    writeSync(file, JSON.stringify(owner));
    fsyncSync(file);
  } catch (cause) {
    rmSync(path, { force: true });
    throw impossible(path, cause);
  } finally {
    closeSync(file);
  }
  return true;
}

function impossible(path: string, cause: unknown): AssayError {
  const { code = String(cause) } = cause as { code?: string };
  return new AssayError(
    `Cannot lock the audit log: ${JSON.stringify(path)} must be a file that can be made and written to (${code})`,
    {
      code: "lock-impossible",
      field: "audit",
      value: path,
      fix: "Check the folder, its permissions and the free space",
    },
    { cause },
  );
}

/** Who holds a lock; `undefined` where that can't be read, for instance because it is being written. */
function ownerIn(path: string): LockOwner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, "utf8")) as LockOwner;
    return typeof owner.pid === "number" && typeof owner.token === "string" ? owner : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the owner can't be at work any more. */
function isGone(owner: LockOwner | undefined, path: string): boolean {
  if (owner !== undefined && owner.host === hostname()) return !isAlive(owner.pid);
  try {
    return Date.now() - statSync(path).mtimeMs > staleAfterMs;
  } catch {
    return true;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as { code?: string }).code === "EPERM";
  }
}

function running(path: string, holder: LockOwner | undefined): AssayError {
  return new AssayError(
    `Cannot enact the decision: no other enactment may be running, current value is ${described(holder)}, which ` +
      `holds ${JSON.stringify(path)}`,
    {
      code: "enactment-running",
      field: "audit",
      value: path,
      fix: "Wait until it ends; if it is surely gone, delete that file",
    },
  );
}

function described(holder: LockOwner | undefined): string {
  if (holder === undefined) return "an unknown process";
  const age = Math.max(0, Math.round((Date.now() - Date.parse(holder.since)) / 1000));
  return `process ${holder.pid} of ${holder.owner} on ${holder.host}, for ${age} seconds`;
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return "an unnamed user";
  }
}
