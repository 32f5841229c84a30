import { AssayError, decodeSummary, mergeSummaries, type Summary, SummaryError } from "../index.ts";
import { distinctSources } from "../summary/merge.ts";
import type { CliContext } from "./cli-context.ts";
import { textOf } from "./options.ts";

/** Reads summaries from files and merges them. @throws {SummaryError} naming the file, or both that hold the same */
export async function readSummaries(files: readonly string[], context: Pick<CliContext, "stderr">): Promise<Summary> {
  const texts = await Promise.all(files.map((file) => textOf(file, "summary")));
  return mergeSummaryTexts(texts, files, context);
}

/** Decodes and merges summaries whose files were read already. */
export function mergeSummaryTexts(
  texts: readonly string[],
  files: readonly string[],
  context: Pick<CliContext, "stderr">,
): Summary {
  const nameOf = (index: number): string => JSON.stringify(files[index]);
  const summaries = texts.map((text, index) => decodeNamed(text, nameOf(index), context));
  distinctSources(summaries, nameOf);
  return mergeSummaries(summaries);
}

/** Decodes the summary of one file; what is wrong with it is said with the file's name. */
function decodeNamed(text: string, name: string, { stderr }: Pick<CliContext, "stderr">): Summary {
  const onUnchecked = (version: number): void =>
    void stderr.write(
      `assay: ${name} is a summary of version ${version}, which has no checksum: damage to it can't be noticed. ` +
        "Summarize the records again to get one\n",
    );
  try {
    return decodeSummary(text, { onUnchecked });
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    const { code, field, value } = cause;
    throw new SummaryError(cause.message.replace("the summary:", `the summary ${name}:`), { code, field, value });
  }
}
