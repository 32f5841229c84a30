import { RecordsError } from "../errors.ts";
import { type ConditionFacts, mergeConditions } from "./condition-facts.ts";
import { requireSensible } from "./require-sensible.ts";
import { likelyUnit } from "./timestamp.ts";

/** Why a row was turned away. */
export type RejectionCode =
  | "malformed-json"
  | "malformed-xml"
  | "malformed-line"
  | "not-utf8"
  | "not-an-object"
  | "repeated-key"
  | "column-count"
  | "unterminated-quote"
  | "arm-missing"
  | "success-not-boolean"
  | "timestamp-invalid"
  | "unit-missing";

/** Why a value can't be used: its field is then missing for that record, and the record is kept. */
export type UnusableCode = "not-a-number" | "not-finite" | "negative-duration";

/** What was lost of one arm. */
export interface ArmDamage {
  /** Rows of this arm that were rejected. */
  readonly rejected: number;
  /** Values of accepted records that can't be used, by field. */
  readonly unusable: Readonly<Record<string, number>>;
}

/** What was read of one arm. */
export interface ArmQuality extends ArmDamage {
  /** Records of this arm that were accepted, inside the window of the experiment or not. */
  readonly accepted: number;
}

/** One rejected row, or one value that can't be used, kept as an example of its kind. */
export interface RejectionSample {
  readonly code: RejectionCode | UnusableCode;
  /** File or stream the row came from. */
  readonly source: string;
  /** Line the row began on, from 1. */
  readonly line: number;
  readonly field: string;
  /** The offending value, shortened. */
  readonly value: string;
}

/** What was read, and what became of it: `rows = accepted + filtered + subSamples + all rejected`. */
export interface RecordQuality {
  readonly rows: number;
  readonly accepted: number;
  /** Rows that a `where` condition left out, and lines that a tool writes to its log beside requests. */
  readonly filtered: number;
  /**
   * Rows that are part of another row, such as the requests inside a JMeter transaction; counting both would count them
   * twice.
   */
  readonly subSamples: number;
  readonly rejected: Readonly<Partial<Record<RejectionCode, number>>>;
  /** Up to `samplesPerCode` examples of each kind, by source and line. */
  readonly samples: readonly RejectionSample[];
  /** Accepted rows in which a numeric field is missing, by field; also `unit` where rows without one are kept. */
  readonly missing: Readonly<Record<string, number>>;
  /** What was seen of the fields that are conditions; absent where none is. */
  readonly conditions?: readonly ConditionFacts[] | undefined;
}

/** How many examples of each kind of rejection are kept. */
export const samplesPerCode = 5;

/** The quality of nothing read. */
export const emptyQuality: RecordQuality = {
  rows: 0,
  accepted: 0,
  filtered: 0,
  subSamples: 0,
  rejected: {},
  samples: [],
  missing: {},
};

/** The quality of both, as if read together. Commutative and associative. */
export function mergeQuality(a: RecordQuality, b: RecordQuality): RecordQuality {
  const conditions = mergeConditions(a.conditions, b.conditions);
  return {
    rows: a.rows + b.rows,
    accepted: a.accepted + b.accepted,
    filtered: a.filtered + b.filtered,
    subSamples: a.subSamples + b.subSamples,
    rejected: addCounts(a.rejected, b.rejected),
    samples: firstOfEach([...a.samples, ...b.samples]),
    missing: addCounts(a.missing, b.missing),
    ...(conditions === undefined ? {} : { conditions }),
  };
}

/** Rows rejected for any reason. */
export function rejectedRows(quality: RecordQuality): number {
  return Object.values(quality.rejected).reduce((sum, count) => sum + count, 0);
}

/**
 * Is enough of the data readable to go on?
 *
 * @param maxRejected - the largest share of rows, of those not filtered, that may be rejected: of all rows, and of the
 * rows of each arm.
 * @param byArm - what was read of each arm, as in the quality of a summary.
 * @throws {RecordsError} when nothing was accepted or too much was rejected; names the most frequent reason and its
 * first lines.
 */
export function requireAcceptable(
  quality: RecordQuality,
  maxRejected: number,
  byArm: Readonly<Record<string, ArmQuality>> = {},
): void {
  const rejected = rejectedRows(quality);
  const considered = quality.rows - quality.filtered - quality.subSamples;
  if (quality.rows === 0) {
    throw new RecordsError("Cannot read the records: the input must hold at least one record, current value is empty", {
      code: "no-records",
      field: "input",
      value: 0,
      fix: "Check that the file is the one you meant",
    });
  }
  if (considered === 0) {
    throw new RecordsError(
      `Cannot read the records: where must leave at least one of the ${quality.rows} rows, current value leaves 0`,
      {
        code: "all-filtered",
        field: "where",
        value: 0,
        fix: "Check the values that the condition compares with",
      },
    );
  }
  if (rejected <= maxRejected * considered && quality.accepted > 0) {
    requireAcceptableArms(quality, maxRejected, byArm);
    requireSensible(quality.conditions ?? [], quality.accepted);
    return;
  }
  const sample = mostFrequent(quality);
  const unit = unitOfRejected(quality);
  const mixed = unit !== undefined && quality.accepted > 0;
  const found =
    unit === undefined
      ? ""
      : mixed
        ? `; timestamps of mixed units: these look like ${unit}, the accepted ones are not`
        : `; these look like ${unit}`;
  const share = ((100 * rejected) / considered).toPrecision(3);
  throw new RecordsError(
    `Cannot read the records: rejected rows must be at most ${100 * maxRejected} %, current value is ${share} ` +
      `% (${rejected} of ${considered})${sample}${found}`,
    {
      code: mixed ? "mixed-timestamp-units" : quality.accepted === 0 ? "all-rejected" : "too-many-rejected",
      field: "maxRejected",
      value: rejected / considered,
      fix: mixed
        ? "Bring all timestamps to one unit, or summarize the records of each unit on their own and merge"
        : unit === undefined
          ? "Correct the mapping or the file, or raise maxRejected"
          : "Scale them to milliseconds in the mapping, as in timestamp=COLUMN*1000 for seconds",
    },
  );
}

/** @throws {RecordsError} when too much of one arm was rejected, however little that is of all rows. */
function requireAcceptableArms(
  quality: RecordQuality,
  maxRejected: number,
  byArm: Readonly<Record<string, ArmQuality>>,
): void {
  for (const [arm, { accepted, rejected }] of Object.entries(byArm)) {
    const rows = accepted + rejected;
    if (rejected <= maxRejected * rows) continue;
    const share = ((100 * rejected) / rows).toPrecision(3);
    throw new RecordsError(
      `Cannot read the records: rejected rows of arm ${JSON.stringify(arm)} must be at most ${100 * maxRejected} %, ` +
        `current value is ${share} % (${rejected} of ${rows})${mostFrequent(quality)}`,
      {
        code: "too-many-rejected-in-arm",
        field: "maxRejected",
        value: rejected / rows,
        fix: "Correct the mapping or the file, or raise maxRejected",
      },
    );
  }
}

/** Both by arm, as if read together. */
export function addByArm(
  a: Readonly<Record<string, ArmQuality>>,
  b: Readonly<Record<string, ArmQuality>>,
): Record<string, ArmQuality> {
  const arms = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  const of = (all: Readonly<Record<string, ArmQuality>>, arm: string): ArmQuality =>
    (Object.hasOwn(all, arm) ? all[arm] : undefined) ?? { accepted: 0, rejected: 0, unusable: {} };
  return Object.fromEntries(
    arms.map((arm) => {
      const [x, y] = [of(a, arm), of(b, arm)];
      return [
        arm,
        {
          accepted: x.accepted + y.accepted,
          rejected: x.rejected + y.rejected,
          unusable: addCounts(x.unusable, y.unusable),
        },
      ];
    }),
  );
}

/** The unit of rejected timestamps, when most rejected rows are such and all examples agree. */
function unitOfRejected({ rejected, samples }: RecordQuality): string | undefined {
  const count = rejected["timestamp-invalid"] ?? 0;
  if (2 * count <= Object.values(rejected).reduce((sum, one) => sum + one, 0)) return undefined;
  const units = new Set(
    samples.filter(({ code }) => code === "timestamp-invalid").map(({ value }) => likelyUnit(Number(value))),
  );
  return units.size === 1 ? [...units][0] : undefined;
}

function mostFrequent({ rejected, samples }: RecordQuality): string {
  const [code, count] = (Object.entries(rejected) as [RejectionCode, number][]).reduce((best, next) =>
    next[1] > best[1] ? next : best,
  );
  const examples = samples.filter((sample) => sample.code === code).slice(0, 3);
  const lines = examples
    .map((sample) => `${sample.source}:${sample.line} ${sample.field} = ${sample.value}`)
    .join("; ");
  return `; most frequent is ${code} (${count}): ${lines}`;
}

function addCounts<Key extends string>(
  a: Readonly<Partial<Record<Key, number>>>,
  b: Readonly<Partial<Record<Key, number>>>,
): Record<Key, number> {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort() as Key[];
  const countIn = (counts: Readonly<Partial<Record<Key, number>>>, key: Key): number =>
    Object.hasOwn(counts, key) ? (counts[key] ?? 0) : 0;
  return Object.fromEntries(keys.map((key) => [key, countIn(a, key) + countIn(b, key)])) as Record<Key, number>;
}

function firstOfEach(samples: readonly RejectionSample[]): RejectionSample[] {
  const ordered = [...samples].sort(
    (a, b) =>
      compare(a.code, b.code) ||
      compare(a.source, b.source) ||
      a.line - b.line ||
      compare(a.field, b.field) ||
      compare(a.value, b.value),
  );
  const kept = new Map<RejectionSample["code"], number>();
  return ordered.filter((sample) => {
    const count = (kept.get(sample.code) ?? 0) + 1;
    kept.set(sample.code, count);
    return count <= samplesPerCode;
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
