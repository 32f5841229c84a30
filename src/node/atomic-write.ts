import { open, rename, rm } from "node:fs/promises";
import process from "node:process";
import { RecordsError } from "../errors.ts";

/**
 * Writes a file whole or not at all: to a file beside it, which then takes its name. @throws {RecordsError} when it can't
 * be written; the old file stays.
 */
export async function writeAtomically(path: string, text: string, what: string): Promise<void> {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(beside, "w");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined);
    const { code = String(cause) } = cause as { code?: string };
    const error = new RecordsError(
      `Cannot write the ${what}: the file must be writable and its disk have space, current value is ` +
        `${JSON.stringify(path)} (${code})`,
      {
        code: "not-writable",
        field: what,
        value: path,
        fix: "Check the folder, its permissions and the free space",
      },
    );
    throw Object.assign(error, { cause });
  }
}
