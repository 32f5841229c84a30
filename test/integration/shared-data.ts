import { existsSync } from "node:fs";
import { resolve } from "node:path";

const folder = resolve(import.meta.dirname, "../../../shared/data");

/** Path of a file of real data, or undefined, with a printed reason, where the data are not there. */
export function sharedData(name: string): string | undefined {
  const path = resolve(folder, name);
  if (existsSync(path)) return path;
  console.log(`skipped: real data ${name} is not beside this checkout`);
  return undefined;
}
