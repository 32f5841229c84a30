import { z } from "zod";
import { AssayError, showValue, SummaryError } from "../errors.ts";
import { pathOfPrototypeKey, prototypeKey } from "../policy/prototype-key.ts";
import type { RejectionCode } from "../records/quality.ts";
import { CoMoments } from "../sketch/comoments.ts";
import { Moments } from "../sketch/moments.ts";
import { QuantileSketch } from "../sketch/quantile-sketch.ts";
import { checksumOf } from "./checksum.ts";
import { clusterStatistics } from "./clusters.ts";
import { contradictionIn } from "./contradiction-in.ts";
import { summaryVersion } from "./encode.ts";
import { IdSample, type NoteKind } from "./id-sample.ts";
import type { Plan, StatisticPlan } from "./plan.ts";
import { sliceStatistics } from "./slices.ts";
import type { Cluster, Statistic, Summary, SummaryQuality } from "./summary.ts";

const count = z.int().min(0);
const StatisticJsonSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("count"), trials: count, successes: count }),
  z.strictObject({ kind: z.literal("sketch"), sketch: z.unknown() }),
  z.strictObject({ kind: z.literal("moments"), moments: z.unknown() }),
  z.strictObject({ kind: z.literal("comoments"), comoments: z.unknown() }),
]);
type StatisticJson = z.output<typeof StatisticJsonSchema>;

const StatisticPlanSchema: z.ZodType<StatisticPlan> = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("count"), field: z.string() }),
  z.strictObject({ kind: z.literal("count-above"), field: z.string(), threshold: z.number() }),
  z.strictObject({ kind: z.literal("sketch"), field: z.string(), scale: z.int() }),
  z.strictObject({ kind: z.literal("moments"), field: z.string() }),
  z.strictObject({ kind: z.literal("comoments"), x: z.string(), y: z.string() }),
]);

const PlanSchema: z.ZodType<Plan> = z.strictObject({
  arms: z.array(z.string()).min(2),
  start: z.number().nullable(),
  end: z.number().nullable(),
  periodMs: z.number().gt(0),
  epochStarts: z.array(z.number()),
  segments: z.array(z.string()),
  units: z.boolean(),
  dependence: z.boolean().default(false),
  latencyOfFailures: z.enum(["as-recorded", "exclude", "slowest"]),
  statistics: z.array(StatisticPlanSchema),
});

const ExtentSchema = z.strictObject({ first: z.number(), last: z.number() });

const ColumnFactsSchema = z.strictObject({
  numbers: z.boolean(),
  texts: z.boolean(),
  highest: z.number().nullable(),
  whole: z.boolean(),
  lowestMet: z.number().nullable(),
  examples: z.array(z.string()),
});

const ConditionSchema = z.strictObject({
  field: z.string(),
  expression: z.string(),
  met: z.boolean(),
  missed: z.boolean(),
  columns: z.record(z.string(), ColumnFactsSchema),
});

const QualitySchema = z.strictObject({
  records: z.strictObject({
    rows: count,
    accepted: count,
    filtered: count,
    subSamples: count,
    rejected: z.record(z.string(), count),
    samples: z.array(
      z.strictObject({ code: z.string(), source: z.string(), line: count, field: z.string(), value: z.string() }),
    ),
    missing: z.record(z.string(), count),
    /** Not in texts of mappings without conditions, or of versions before them. */
    conditions: z.array(ConditionSchema).optional(),
  }),
  /** Not in texts of versions before the counts by arm. */
  byArm: z
    .record(z.string(), z.strictObject({ accepted: count, rejected: count, unusable: z.record(z.string(), count) }))
    .default({}),
  otherArms: z.record(z.string(), count),
  outsideWindow: count,
  afterEnd: count,
  failures: z.record(z.string(), z.strictObject({ count, zeroLatency: count })),
  extents: z.record(z.string(), ExtentSchema),
  extent: ExtentSchema.nullable(),
  requestIds: z.string().nullable(),
  unitArms: z.string().nullable(),
});

const ClustersSchema = z.array(
  z.strictObject({
    epoch: count,
    arm: z.string(),
    identified: z.boolean(),
    buckets: z.array(z.strictObject({ key: z.string(), records: count, statistics: z.array(StatisticJsonSchema) })),
  }),
);

const checksum = z.string().regex(/^sha256:[0-9a-f]{64}$/u);

const SummaryJsonSchema = z.strictObject({
  kind: z.literal("assay-summary"),
  specVersion: z.union([z.literal(1), z.literal(summaryVersion)]),
  plan: PlanSchema,
  cells: z.array(
    z.strictObject({
      epoch: count,
      period: z.number().nullable(),
      segment: z.strictObject({ field: z.string(), value: z.string() }).nullable(),
      arm: z.string(),
      records: count,
      statistics: z.array(StatisticJsonSchema),
    }),
  ),
  clusters: ClustersSchema,
  /** Absent in files from before time slices were kept. */
  instances: ClustersSchema.default([]),
  slices: z
    .strictObject({ widthMs: z.number().gt(0), series: ClustersSchema })
    .nullable()
    .default(null),
  quality: QualitySchema,
  sources: z.array(checksum).min(1).optional(),
  /** Of all other fields; from version 2 on. */
  checksum: checksum.optional(),
});

/** The shape of an encoded summary. */
export const SummarySchema: z.ZodType<unknown> = SummaryJsonSchema;

/** How to read an encoded summary. */
export interface DecodeSummaryOptions {
  /** Told the version of a text that carries no checksum, so that damage to its figures can't be noticed. */
  readonly onUnchecked?: (specVersion: number) => void;
}

/**
 * Reads an encoded summary.
 *
 * @param text - what `encodeSummary` gave.
 * @returns the summary, with its checksum (or those of the summaries it was merged from) in `sources`
 * @throws {SummaryError} when the text is not JSON, is from a newer version, was changed or damaged, or contradicts
 * itself; it names the field.
 */
export function decodeSummary(text: string, options: DecodeSummaryOptions = {}): Summary {
  try {
    return decodeText(text, options);
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    throw damaged("the text", "as encodeSummary wrote it", (cause as Error).message, cause);
  }
}

function decodeText(text: string, options: DecodeSummaryOptions): Summary {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw refuse("summary-not-json", "the text", "JSON", text, "Check that the file is complete", cause);
  }
  const version = (json as { specVersion?: unknown } | null)?.specVersion;
  if (typeof version === "number" && version > summaryVersion) {
    throw refuse("summary-too-new", "specVersion", `at most ${summaryVersion}`, version, "Update assay");
  }
  const prototype = pathOfPrototypeKey(json);
  if (prototype !== undefined) throw damaged(prototype.join("."), "absent: no summary has such a field", prototypeKey);
  const result = SummaryJsonSchema.safeParse(json);
  if (!result.success) {
    const issue = result.error.issues[0] as z.core.$ZodIssue;
    const value = issue.path.reduce<unknown>(
      (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
      json,
    );
    throw damaged(issue.path.join("."), issue.message.replace(/^Invalid input: /, ""), value);
  }
  const own = requireChecksum(result.data, json as object);
  if (result.data.specVersion === 1) options.onUnchecked?.(1);
  const { plan, cells, clusters, instances, slices, quality, sources } = result.data;
  const unitStatistics = clusterStatistics(plan.statistics);
  const decodeClusters = (found: z.output<typeof ClustersSchema>, plans: StatisticPlan[], path: string): Cluster[] =>
    found.map((cluster, index) => ({
      ...cluster,
      arm: knownArm(plan, cluster.arm, `${path}.${index}`),
      buckets: cluster.buckets.map((bucket, at) => ({
        ...bucket,
        statistics: decodeAll(plans, bucket.statistics, `${path}.${index}.buckets.${at}`),
      })),
    }));
  const summary: Summary = {
    plan,
    cells: cells.map((cell, index) => ({
      ...cell,
      arm: knownArm(plan, cell.arm, `cells.${index}`),
      statistics: decodeAll(plan.statistics, cell.statistics, `cells.${index}`),
    })),
    clusters: decodeClusters(clusters, unitStatistics, "clusters"),
    instances: decodeClusters(instances, unitStatistics, "instances"),
    slices:
      slices === null
        ? null
        : {
            widthMs: slices.widthMs,
            series: decodeClusters(slices.series, sliceStatistics(plan.statistics), "slices.series"),
          },
    quality: qualityOf(quality),
  };
  const contradiction = contradictionIn(summary);
  if (contradiction !== undefined) throw damaged(contradiction.field, contradiction.requirement, contradiction.value);
  return quality.records.rows === 0 ? summary : { ...summary, sources: sources ?? [own] };
}

/** The checksum of a text as it was written; version 1 had none to compare it with. */
function requireChecksum(json: z.output<typeof SummaryJsonSchema>, asWritten: object): string {
  const found = checksumOf(asWritten);
  if (json.specVersion === 1 && json.checksum === undefined) return found;
  if (json.checksum === found) return found;
  throw refuse(
    "summary-checksum",
    "checksum",
    `that of the text, ${found.slice(0, 19)}...`,
    json.checksum,
    "It was changed or damaged after it was written: use another copy, or summarize the records again",
  );
}

/** The summary as if its records had been read here, for parts of one job that go from process to process. */
export function withoutSources({ plan, cells, clusters, instances, slices, quality }: Summary): Summary {
  return { plan, cells, clusters, instances, slices, quality };
}

function qualityOf(quality: z.output<typeof QualitySchema>): SummaryQuality {
  const samples = quality.records.samples.map((sample) => ({ ...sample, code: sample.code as RejectionCode }));
  const sample = (json: string | null, kind: NoteKind, field: string): IdSample | null =>
    json === null ? null : IdSample.fromJSON(json, kind, `quality.${field}`);
  return {
    ...quality,
    records: { ...quality.records, samples },
    requestIds: sample(quality.requestIds, "count", "requestIds"),
    unitArms: sample(quality.unitArms, "arms", "unitArms"),
  };
}

function knownArm(plan: Plan, arm: string, path: string): string {
  if (plan.arms.includes(arm)) return arm;
  throw damaged(`${path}.arm`, `one of the plan's arms ${showValue(plan.arms)}`, arm);
}

function decodeAll(plans: readonly StatisticPlan[], statistics: readonly StatisticJson[], path: string): Statistic[] {
  if (plans.length !== statistics.length) {
    throw damaged(`${path}.statistics`, `${plans.length} statistics as in the plan`, statistics.length);
  }
  return statistics.map((statistic, index) => {
    const plan = plans[index] as StatisticPlan;
    const kind = plan.kind === "count-above" ? "count" : plan.kind;
    if (statistic.kind !== kind)
      throw damaged(`${path}.statistics.${index}.kind`, JSON.stringify(kind), statistic.kind);
    switch (statistic.kind) {
      case "count":
        if (statistic.successes > statistic.trials)
          throw damaged(
            `${path}.statistics.${index}.successes`,
            `at most the ${statistic.trials} trials`,
            statistic.successes,
          );
        return statistic;
      case "sketch":
        return { kind: "sketch", sketch: QuantileSketch.fromJSON(statistic.sketch) };
      case "moments":
        return { kind: "moments", moments: Moments.fromJSON(statistic.moments) };
      case "comoments":
        return { kind: "comoments", comoments: CoMoments.fromJSON(statistic.comoments) };
    }
  });
}

function damaged(field: string, requirement: string, value: unknown, cause?: unknown): SummaryError {
  return refuse("summary-damaged", field, requirement, value, "Summarize the records again", cause);
}

function refuse(
  code: string,
  field: string,
  requirement: string,
  value: unknown,
  fix: string,
  cause?: unknown,
): SummaryError {
  return new SummaryError(
    `Cannot decode the summary: ${field} must be ${requirement}, current value is ${showValue(value)}`,
    { code, field, value, fix },
    { cause },
  );
}
