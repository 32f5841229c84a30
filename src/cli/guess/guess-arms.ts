import type { FileSample } from "../../node/read/sample.ts";
import { nameOfFile } from "../../records/mapping/source-fields.ts";
import { distinctValues, type SampleColumn } from "./sample-column.ts";

/** From where the version of a request is known. */
export interface ArmGuess {
  /** An expression, or `@file`. */
  readonly expression: string;
  readonly why: string;
}

const versionNames = [
  /^(?:version|release|arm|variant|app_version|app_release|service_version|x_release|x_app_version|revision_name)$/u,
  /^(?:revision|deployment|build|canary|experiment|variation|image_tag|git_sha)$/u,
  /^(?:model|model_group|model_name|backend|service_name|config|provider)$/u,
];
/** More arms than this are rather something else. */
const mostArms = 6;
/** Share of rows that the rarest of two arms has at least. */
const leastShare = 0.005;

/** The columns that may name the version, the most likely ones first. */
export function armCandidates(columns: readonly SampleColumn[]): SampleColumn[] {
  return versionNames.flatMap((pattern) =>
    columns.filter((column) => {
      if (!pattern.test(column.name)) return false;
      const values = distinctValues(column);
      const [, second] = values;
      return values.length <= mostArms && second !== undefined && second[1] >= leastShare * column.values.length;
    }),
  );
}

/** The version of each file, where its name alone tells files apart. */
export function armsOfFiles(samples: readonly FileSample[]): ArmGuess | undefined {
  const names = new Set(samples.map(({ file }) => nameOfFile(file)));
  if (names.size < 2) return undefined;
  return { expression: "@file", why: `no column names the version: each of the ${names.size} files is one` };
}

const controlNames =
  /(?:^|[^a-z])(?:control|baseline|base|old|prod|production|stable|current|main|before|blue|a)(?:[^a-z]|$)/iu;
const treatmentNames = /(?:^|[^a-z])(?:treatment|candidate|canary|new|next|preview|after|green|b)(?:[^a-z]|$)/iu;

/**
 * Arms in the order control first: by words such as baseline and candidate, else by the version in the name, lowest
 * first.
 */
export function orderArms(arms: readonly string[]): { readonly arms: string[]; readonly why: string } {
  const control = arms.find((arm) => controlNames.test(arm) && !treatmentNames.test(arm));
  const sorted = [...arms].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  if (control !== undefined)
    return {
      arms: [control, ...sorted.filter((arm) => arm !== control)],
      why: `its name says that it is the one in production`,
    };
  const treatment = sorted.find((arm) => treatmentNames.test(arm));
  if (treatment !== undefined)
    return {
      arms: [...sorted.filter((arm) => arm !== treatment), treatment],
      why: `the name of ${treatment} says that it is new`,
    };
  return { arms: sorted, why: "it comes first in the order of their names" };
}
