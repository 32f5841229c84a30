import { readFile } from "node:fs/promises";
import {
  decodePulled,
  encodePulled,
  type ExperimentsClient,
  type PulledExperiment,
  pullExperiment,
} from "../api/index.ts";
import { UsageError } from "./cli-context.ts";
import { writeOutput } from "./emit.ts";

/** Pulls what is new since the state file was written, and writes it; without a file, pulls everything. */
export async function pullWithState(
  client: ExperimentsClient,
  id: string,
  stateFile: string | undefined,
  signal?: AbortSignal,
): Promise<{ readonly pulled: PulledExperiment; readonly newHours: number }> {
  const previous = stateFile === undefined ? undefined : await readState(stateFile);
  const pulled = await pullExperiment(client, id, previous, signal === undefined ? {} : { signal });
  if (stateFile !== undefined) await writeOutput("--state", stateFile, encodePulled(pulled));
  return { pulled, newHours: pulled.hours.length - (previous?.hours.length ?? 0) };
}

async function readState(file: string): Promise<PulledExperiment | undefined> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    if ((cause as { code?: string }).code === "ENOENT") return undefined;
    throw new UsageError(
      `Cannot read the state: ${JSON.stringify(file)} must be a readable file ` +
        `(${(cause as { code?: string }).code ?? String(cause)})`,
    );
  }
  return decodePulled(text);
}
