import { randomUUID } from "node:crypto";
import { type FileHandle, open, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { RecordsError } from "../errors.ts";

/**
 * Writes a file whole or not at all: to a new file in the same folder, which then takes the name. The permissions of an
 * existing file are kept, a link is followed, and a device or pipe is written to as it is.
 *
 * @param what - what the file is, in words that follow "Cannot write the".
 * @throws {RecordsError} code `not-writable`; the old file is as it was.
 */
export async function writeAtomically(path: string, text: string | Uint8Array, what: string): Promise<void> {
  try {
    const old = await stat(path).catch(absent);
    if (old !== undefined && !old.isFile()) return await writeInto(await open(path, "w"), text);
    const target = old === undefined ? path : await realpath(path);
    const temporary = join(dirname(target), `.assay-${randomUUID()}.tmp`);
    try {
      const file = await open(temporary, "wx", old === undefined ? 0o666 : 0o600);
      await writeInto(file, text, async () => {
        if (old === undefined) return;
        // Only root may keep another owner; without that right the file is the writer's.
        await file.chown(old.uid, old.gid).catch(() => undefined);
        await file.chmod(old.mode & 0o7777);
      });
      await rename(temporary, target);
    } catch (cause) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw cause;
    }
    await syncFolder(dirname(target));
  } catch (cause) {
    throw notWritable(path, what, cause);
  }
}

/** The error of a file that can't be written, in the common form. */
export function notWritable(path: string, what: string, cause: unknown): RecordsError {
  const { code = String(cause) } = cause as { code?: string };
  return new RecordsError(
    `Cannot write the ${what}: the file must be writable and its disk have space, current value is ` +
      `${JSON.stringify(path)} (${code})`,
    { code: "not-writable", field: what, value: path, fix: "Check the folder, its permissions and the free space" },
    { cause },
  );
}

async function writeInto(file: FileHandle, text: string | Uint8Array, finish?: () => Promise<void>): Promise<void> {
  try {
    await file.writeFile(text);
    await finish?.();
    // Devices and pipes can't be synchronised.
    await file.sync().catch((cause: { code?: string }) => {
      if (cause.code !== "EINVAL" && cause.code !== "ENOTSUP" && cause.code !== "EROFS") throw cause;
    });
  } finally {
    await file.close();
  }
}

/** Makes the new name last through a power failure, where the system lets a folder be synchronised. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function absent(cause: { code?: string }): undefined {
  if (cause.code !== "ENOENT") throw cause;
  return undefined;
}

/** The name under which an existing or new file is known to the system, whatever links lead to it. */
export async function trueName(path: string): Promise<string> {
  return realpath(path).catch(async () =>
    join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path)),
  );
}
