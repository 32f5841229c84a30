import { existsSync, readFileSync } from "node:fs";

/** A file of the shared data, or undefined with a printed reason where the data is absent. */
export function sharedFormat(name: string): string | undefined {
  const file = new URL(`../../../shared/data/formats/${name}`, import.meta.url);
  if (existsSync(file)) return readFileSync(file, "utf8");
  console.log(`skipped: ../shared/data/formats/${name} is not here`);
  return undefined;
}
