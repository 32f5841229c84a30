import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import process from "node:process";
import { buildSync } from "esbuild";

const cache = resolve(import.meta.dirname, "../../node_modules/.cache/assay-programs");

/**
 * Bundles a program into one file beside the packages it imports: it starts in a fraction of the time that loading each
 * source takes.
 */
export function bundle(entry: string): string {
  const {
    outputFiles: [output],
  } = buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
    packages: "external",
    write: false,
  });
  if (output === undefined) throw new Error(`nothing was bundled from ${entry}`);
  mkdirSync(cache, { recursive: true });
  const file = join(cache, `${basename(entry, ".ts")}.mjs`);
  // At once: another test may be starting the same program.
  writeFileSync(`${file}.${process.pid}`, output.contents);
  renameSync(`${file}.${process.pid}`, file);
  return file;
}
