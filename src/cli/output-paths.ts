import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { trueName } from "../node/atomic-write.ts";
import { UsageError } from "./cli-context.ts";

/**
 * Checks, before anything is written, that no output is one of the inputs or another output.
 *
 * @param outputs - paths by the option that names them; options that are not given are left out.
 * @param inputs - files that are read; `-` and addresses are left out.
 * @throws {UsageError} that names both.
 */
export async function requireSeparateOutputs(
  outputs: Readonly<Record<string, string | undefined>>,
  inputs: readonly string[],
): Promise<void> {
  const known = new Map<string, string>();
  for (const input of inputs)
    if (input !== "-" && !input.includes("://"))
      for (const identity of await inputIdentities(input)) known.set(identity, `the input ${JSON.stringify(input)}`);
  for (const [option, path] of Object.entries(outputs)) {
    if (path === undefined) continue;
    const identities = await identitiesOf(path);
    const folder = basename(path).startsWith(".") ? [] : [`folder ${await trueName(dirname(resolve(path)))}`];
    const other = [...identities, ...folder]
      .map((identity) => known.get(identity))
      .find((found) => found !== undefined);
    if (other !== undefined)
      throw new UsageError(
        `Cannot write the result: ${option} must name a file of its own, current value is ${JSON.stringify(path)}, ` +
          `which is ${other}`,
      );
    for (const identity of identities) known.set(identity, `${option} too`);
  }
}

/**
 * An input by what no output may share with it; all files of a folder are read but those whose name begins with a dot.
 */
async function inputIdentities(path: string): Promise<string[]> {
  const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  return isFolder ? [`folder ${await trueName(resolve(path))}`] : identitiesOf(path);
}

/** A file by its device and number, and by its path; a device or pipe is no file that could be lost. */
async function identitiesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && !found.isFile()) return [];
  const name = `path ${await trueName(resolve(path))}`;
  return found === undefined ? [name] : [`inode ${found.dev} ${found.ino}`, name];
}
