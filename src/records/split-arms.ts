import { cannot, RecordsError } from "../errors.ts";
import type { Random } from "../math/random.ts";
import { millisecondsPerHour } from "../time.ts";
import type { RecordBatch, TextColumn } from "./batch.ts";

/** By what records without any difference are split into two arms. */
export type SplitBy = "coin" | "unit" | "instance" | "hour";

/** Gives each record of a batch one of two arms; all other columns stay. */
export type ArmSplitter = (batch: RecordBatch) => RecordBatch;

/**
 * Splits the records of one version into two arms, as an experiment without any difference would have.
 *
 * @param by - `coin`: each record on its own; `unit`, `instance`, `hour`: all records of a unit, of an instance, or of
 * an hour together. Of two that are seen one after the other each arm gets one.
 * @param from - the arm whose records are split; records of others are left out.
 * @param arms - names of the two arms.
 * @param random - decides which gets which.
 * @returns a function for one source's batches, in order.
 * @throws {RecordsError} from that function, when the source lacks what it is to be split by.
 * @example
 * ```ts
 * const split = armSplitter("hour", "v1", ["v1", "v2"], createRandom(1));
 * ```
 */
export function armSplitter(by: SplitBy, from: string, arms: readonly [string, string], random: Random): ArmSplitter {
  const sideOf = alternately(random);
  return (batch) => {
    const own = batch.arm.values.indexOf(from);
    const codes = batch.arm.codes.map((code, row) => (code === own ? sideIn(batch, by, row, sideOf, random) : -1));
    const kept = keptRows(codes);
    return kept === null ? { ...batch, arm: { values: arms, codes }, damage: {} } : onlyRows(batch, kept, codes, arms);
  };
}

function sideIn(
  batch: RecordBatch,
  by: SplitBy,
  row: number,
  sideOf: (key: string | number) => 0 | 1,
  random: Random,
): 0 | 1 {
  if (by === "coin") return random() < 0.5 ? 0 : 1;
  if (by === "hour") {
    if (batch.timestamp === null) throw lacking("timestamp", by);
    return sideOf(Math.floor((batch.timestamp[row] as number) / millisecondsPerHour));
  }
  const column: TextColumn | null | undefined = batch[by];
  if (column === null || column === undefined) throw lacking(by, by);
  const code = column.codes[row] as number;
  // A record that does not tell its own is a group of itself.
  return code < 0 ? (random() < 0.5 ? 0 : 1) : sideOf(column.values[code] as string);
}

/** Of two keys that are new one after the other, one gets each side. */
function alternately(random: Random): (key: string | number) => 0 | 1 {
  const sides = new Map<string | number, 0 | 1>();
  let next: 0 | 1 | null = null;
  return (key) => {
    const known = sides.get(key);
    if (known !== undefined) return known;
    const side: 0 | 1 = next ?? (random() < 0.5 ? 0 : 1);
    next = next === null ? (side === 0 ? 1 : 0) : null;
    sides.set(key, side);
    return side;
  };
}

/** The rows that have an arm; `null` where all have. */
function keptRows(codes: Int32Array): Int32Array | null {
  const kept: number[] = [];
  for (let row = 0; row < codes.length; row++) if ((codes[row] as number) >= 0) kept.push(row);
  return kept.length === codes.length ? null : Int32Array.from(kept);
}

function onlyRows(batch: RecordBatch, kept: Int32Array, codes: Int32Array, arms: readonly string[]): RecordBatch {
  const numbers = (column: Float64Array): Float64Array => Float64Array.from(kept, (row) => column[row] as number);
  const texts = ({ values, codes: own }: TextColumn): TextColumn => ({
    values,
    codes: Int32Array.from(kept, (row) => own[row] as number),
  });
  const of = <Column, Kept>(column: Column | null | undefined, pick: (own: Column) => Kept): Kept | null =>
    column === null || column === undefined ? null : pick(column);
  const mapped = <Column, Kept>(
    columns: Readonly<Record<string, Column>>,
    pick: (own: Column) => Kept,
  ): Readonly<Record<string, Kept>> =>
    Object.fromEntries(Object.entries(columns).map(([name, own]) => [name, pick(own)]));
  return {
    length: kept.length,
    arm: { values: arms, codes: Int32Array.from(kept, (row) => codes[row] as number) },
    timestamp: of(batch.timestamp, numbers),
    unit: of(batch.unit, texts),
    instance: of(batch.instance, texts),
    requestId: of(batch.requestId, numbers),
    numbers: mapped(batch.numbers, numbers),
    segments: mapped(batch.segments, texts),
    quality: {
      ...batch.quality,
      accepted: kept.length,
      filtered: batch.quality.filtered + batch.length - kept.length,
    },
    damage: {},
  };
}

function lacking(field: string, by: SplitBy): RecordsError {
  return new RecordsError(cannot("split the records", field, `mapped, since records are split by ${by}`, undefined), {
    code: "field-not-mapped",
    field,
    value: undefined,
    fix: `Map it: ${field}=COLUMN`,
  });
}
