import { open, rename, rm } from "node:fs/promises";
import process from "node:process";
import { UsageError } from "./cli-context.ts";

/** Writes a file so that, whenever the process ends, the file is the old one or the new one, never a part. */
export async function writeAtomically(path: string, text: string): Promise<void> {
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
    await rm(beside, { force: true });
    throw new UsageError(
      `Cannot write ${JSON.stringify(path)}: it must be a writable file ` +
        `(${(cause as { code?: string }).code ?? String(cause)})`,
    );
  }
}
