import { stat } from "node:fs/promises";
import { expandFiles, type OpenOptions } from "../node/index.ts";
import { type FileSample, sampleFile } from "../node/read/sample.ts";
import { UsageError } from "./cli-context.ts";

/** The files that paths, patterns and folders name: of a folder all files in it, but those that begin with a dot. */
export async function logFiles(patterns: readonly string[]): Promise<string[]> {
  const expanded = await Promise.all(
    patterns.map(async (pattern) => {
      const folder = (await stat(pattern).catch(() => undefined))?.isDirectory() === true;
      return expandFiles([folder ? `${pattern.replace(/[/\\]+$/u, "")}/**/*` : pattern]);
    }),
  );
  return [...new Set(expanded.flat())];
}

/**
 * Looks at the first rows of files that are to be read with one mapping.
 *
 * @throws {UsageError} when they are of different formats; {RecordsError} when one can't be read.
 */
export async function sampleFiles(
  files: readonly string[],
  options: OpenOptions,
  logFormat: string | undefined,
): Promise<FileSample[]> {
  const samples: FileSample[] = [];
  for (const file of files) samples.push(await sampleFile(file, options, logFormat));
  const [first, ...rest] = samples;
  const other = rest.find(({ format }) => format !== first?.format);
  if (first !== undefined && other !== undefined)
    throw new UsageError(
      `Cannot read the logs: all files must have one format, current value is ${first.format} of ` +
        `${JSON.stringify(first.file)} and ${other.format} of ${JSON.stringify(other.file)}. Name the files of one ` +
        `format, as in: assay init ${JSON.stringify(first.file)}`,
    );
  const empty = samples.find(({ rows, format }) => rows.length === 0 && !unsampled.has(format));
  if (empty !== undefined)
    throw new UsageError(
      `Cannot read the logs: ${JSON.stringify(empty.file)} must hold a row, current value has none that can be read ` +
        `as ${empty.format}`,
    );
  return samples;
}

/** Formats whose rows are not looked at. */
const unsampled: ReadonlySet<string> = new Set(["parquet", "arrow", "jmeter-xml"]);
