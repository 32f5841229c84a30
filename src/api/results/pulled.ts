import { z } from "zod";
import { cannot, FormatError } from "../../errors.ts";
import { checksumOf } from "../../summary/checksum.ts";
import { AllocationEpochSchema, ExperimentSchema } from "../experiment.ts";
import type { AllocationEpoch, Experiment } from "../experiment.ts";
import { ArmFiguresSchema } from "./results-payload.ts";
import type { ArmFigures } from "./results-payload.ts";

/** Both arms' figures of one closed hour. */
export interface PulledHour {
  /** ISO 8601 instant at which the hour starts. */
  readonly hour: string;
  readonly control: ArmFigures;
  readonly treatment: ArmFigures;
}

/**
 * What has been read of an experiment so far: the closed hours, each once and for good, and the totals at the last
 * reading.
 */
export interface PulledExperiment {
  readonly kind: "assay-pulled-experiment";
  readonly specVersion: 1;
  readonly experiment: Experiment;
  readonly allocationHistory: readonly AllocationEpoch[];
  /** The instant of the last reading, by the server's clock; null when the server doesn't say. */
  readonly asOf: string | null;
  /** Totals at the last reading, unfinished hour included. */
  readonly totals: { readonly control: ArmFigures; readonly treatment: ArmFigures };
  /** In order of time; empty when the server gives no hourly series. */
  readonly hours: readonly PulledHour[];
}

const figures = z.object({ control: ArmFiguresSchema, treatment: ArmFiguresSchema });

/** Reads a pulled experiment. */
const PulledExperimentSchema: z.ZodType<PulledExperiment> = z.strictObject({
  kind: z.literal("assay-pulled-experiment"),
  specVersion: z.literal(1),
  experiment: ExperimentSchema,
  allocationHistory: z.array(AllocationEpochSchema),
  asOf: z.iso.datetime({ offset: true }).nullable(),
  totals: figures,
  hours: z.array(figures.extend({ hour: z.iso.datetime({ offset: true }) })),
  /** Of all other fields, in files; older ones have none. */
  checksum: z.string().optional(),
});

/** The pulled experiment as JSON text, one hour a line, so that a file grows readably. */
export function encodePulled(pulled: PulledExperiment): string {
  const { hours, ...head } = pulled;
  const lines = hours.map((hour) => JSON.stringify(hour)).join(",\n");
  const checked = { ...head, checksum: checksumOf(JSON.parse(JSON.stringify(pulled)) as object) };
  return `${JSON.stringify(checked).slice(0, -1)},"hours":[\n${lines}\n]}\n`;
}

/**
 * Reads what {@link encodePulled} wrote.
 *
 * @throws {FormatError} on text that is cut off, from a newer version, or something else
 */
export function decodePulled(text: string): PulledExperiment {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new FormatError(
      "Cannot read the pulled experiment: the file must be whole JSON, and it is cut off or something else",
      { code: "invalid-json", fix: "Delete it to pull again from the start" },
    );
  }
  const version = (json as { specVersion?: unknown } | null)?.specVersion;
  if (typeof version === "number" && version > 1)
    throw new FormatError(cannot("read the pulled experiment", "specVersion", "1", version), {
      code: "newer-version",
      fix: "Read it with the newer Assay that wrote it",
    });
  const parsed = PulledExperimentSchema.safeParse(json);
  if (parsed.success) {
    const { checksum, ...pulled } = parsed.data as PulledExperiment & { readonly checksum?: string };
    if (checksum === undefined || checksum === checksumOf(json as object)) return pulled;
    throw new FormatError(cannot("read the pulled experiment", "checksum", "that of the rest of the file", checksum), {
      code: "pulled-checksum",
      field: "checksum",
      value: checksum,
      fix: "It was changed or damaged after it was written: delete it to pull again from the start",
    });
  }
  const issue = parsed.error.issues[0];
  throw new FormatError(
    `Cannot read the pulled experiment: ${issue?.path.join(".") ?? "the file"}: ${issue?.message ?? "doesn't fit"}`,
    { code: "invalid-pulled-experiment", field: issue?.path.join(".") },
  );
}
