import { mkdirSync, mkdtempSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildSync } from "esbuild";

const root = resolve(import.meta.dirname, "..");

/** Bundles a program into one file beside the packages it imports: it starts in a fraction of the time that loading each source takes. */
export function bundle(entry: string): string {
  const cache = join(root, "node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const outfile = join(mkdtempSync(join(cache, "assay-program-")), "program.mjs");
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error", packages: "external" });
  return outfile;
}
