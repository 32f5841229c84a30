import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, link, readFile, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import process from "node:process";
import { notWritable } from "../node/atomic-write.ts";
import { UsageError } from "./cli-context.ts";

interface Owner {
  readonly pid: number;
  readonly host: string;
  readonly since: string;
}

/**
 * Takes a file for this process, so that no other process goes on from it at the same time. The claim of a process of
 * this machine that has ended is taken over.
 *
 * @param option - the option that names the file, for the message.
 * @returns what gives the file up again.
 * @throws {UsageError} that names the process which has it.
 * @throws {RecordsError} code `not-writable`, for instance because the disk is full.
 */
export async function claimFile(option: string, path: string, now: () => number): Promise<() => Promise<void>> {
  const claim = `${path}.lock`;
  const own = `${claim}.${randomUUID()}`;
  const owner: Owner = { pid: process.pid, host: hostname(), since: new Date(now()).toISOString() };
  const text = JSON.stringify(owner);
  const refuse = (detail: string): UsageError =>
    new UsageError(
      `Cannot use the file: ${option} must name one that no other process works with, current value is ` +
        `${JSON.stringify(path)}, ${detail}`,
    );
  // A device or a folder that can't be written to has nothing to protect: using the file itself says what is wrong.
  try {
    await writeFile(own, text, { flag: "wx" });
  } catch (cause) {
    if (hasNothingToProtect.has((cause as { code?: string }).code)) return () => Promise.resolve();
    await rm(own, { force: true }).catch(() => undefined);
    throw notWritable(claim, "lock file", cause);
  }
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        await place(own, claim);
        break;
      } catch (cause) {
        if ((cause as { code?: string }).code !== "EEXIST") throw notWritable(claim, "lock file", cause);
        const other = await ownerOf(claim);
        if (other !== undefined && (attempt > 0 || !hasEnded(other)))
          throw refuse(`which process ${other.pid} on ${other.host} has used since ${other.since}`);
        if (attempt > 0) throw refuse(`whose lock file ${JSON.stringify(claim)} can't be read; delete it`);
        await rm(claim, { force: true });
      }
    }
  } finally {
    await rm(own, { force: true });
  }
  return async () => {
    if ((await readFile(claim, "utf8").catch(() => "")) === text) await rm(claim, { force: true });
  };
}

/** Errors of a device, or of a folder that nobody may write to. */
const hasNothingToProtect: ReadonlySet<string | undefined> = new Set([
  "EACCES",
  "EPERM",
  "EROFS",
  "ENOENT",
  "ENOTDIR",
  "ENXIO",
]);

/** Errors of file systems without hard links. */
const withoutLinks: ReadonlySet<string | undefined> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** Gives the file its second name, only where that name is free. @throws {Error} `EEXIST` where it isn't. */
async function place(own: string, claim: string): Promise<void> {
  try {
    await link(own, claim);
  } catch (cause) {
    if (!withoutLinks.has((cause as { code?: string }).code)) throw cause;
    await copyFile(own, claim, constants.COPYFILE_EXCL);
  }
}

async function ownerOf(claim: string): Promise<Owner | undefined> {
  try {
    const { pid, host, since } = JSON.parse(await readFile(claim, "utf8")) as Partial<Owner>;
    return typeof pid === "number" && typeof host === "string" && typeof since === "string"
      ? { pid, host, since }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine has ended; of another machine's nothing is known. */
function hasEnded({ pid, host }: Owner): boolean {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (cause) {
    return (cause as { code?: string }).code === "ESRCH";
  }
}
