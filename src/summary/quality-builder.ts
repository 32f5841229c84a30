import { prototypeKey } from "../policy/prototype-key.ts";
import type { RecordBatch, TextColumn } from "../records/batch.ts";
import { addByArm, type ArmQuality, emptyQuality, mergeQuality } from "../records/quality.ts";
import { hashOfText } from "../records/text-hash.ts";
import { IdSample } from "./id-sample.ts";
import { OtherArms } from "./other-arms.ts";
import type { Placement } from "./placement.ts";
import type { Plan } from "./plan.ts";
import type { SummaryQuality } from "./summary.ts";

/** Arms that fit the bits of a unit's note. */
const mostArms = 31;

/** The quality of a summary that still grows. */
export class QualityBuilder {
  readonly #plan: Plan;
  #quality: SummaryQuality = emptySummaryQuality;
  readonly #otherArms = new OtherArms();
  /** Arms seen by unit code, as bits, for each list of units. */
  readonly #armsOf = new WeakMap<readonly string[], { bits: Int32Array }>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  addBatch(batch: RecordBatch, placed: Placement): void {
    const { arms } = this.#plan;
    const { beforeStart, afterEnd, first, last } = placed;
    const extents = arms.flatMap((arm, index) =>
      (placed.first[index] as number) <= (placed.last[index] as number)
        ? [[arm, { first: first[index] as number, last: last[index] as number }] as const]
        : [],
    );
    for (let code = 0; code < placed.otherArms.length; code++) {
      const count = placed.otherArms[code] as number;
      if (count > 0) this.#otherArms.add(strangerName(batch.arm.values[code] as string), count);
    }
    const before = this.#quality;
    this.#quality = addSummaryQuality(before, {
      records: batch.quality,
      byArm: countByArm(batch, arms),
      otherArms: {},
      outsideWindow: beforeStart + afterEnd,
      afterEnd,
      failures: failuresOf(batch, placed, arms),
      extents: Object.fromEntries(extents),
      extent: overall(extents.map(([, extent]) => extent)),
      requestIds: null,
      unitArms: null,
    });
    if (batch.requestId !== null)
      this.#quality = { ...this.#quality, requestIds: noteRequests(this.#quality.requestIds, batch.requestId, placed) };
    if (batch.unit !== null && arms.length <= mostArms)
      this.#quality = { ...this.#quality, unitArms: this.#noteUnits(this.#quality.unitArms, batch.unit, placed) };
  }

  absorb(quality: SummaryQuality): void {
    for (const [arm, count] of Object.entries(quality.otherArms)) this.#otherArms.add(arm, count);
    this.#quality = addSummaryQuality(this.#quality, { ...quality, otherArms: {} });
  }

  build(): SummaryQuality {
    return { ...this.#quality, otherArms: this.#otherArms.build() };
  }

  #noteUnits(known: IdSample | null, { codes, values }: TextColumn, { cells, cellOf }: Placement): IdSample {
    const sample = known ?? new IdSample("arms");
    const seen = this.#armsOf.get(values) ?? { bits: new Int32Array(0) };
    this.#armsOf.set(values, seen);
    if (seen.bits.length < values.length) {
      const larger = new Int32Array(2 * values.length);
      larger.set(seen.bits);
      seen.bits = larger;
    }
    const { bits } = seen;
    const bitOf = Int32Array.from(cells, ({ arm }) => 1 << arm);
    for (let row = 0; row < cellOf.length; row++) {
      const cell = cellOf[row] as number;
      if (cell < 0) continue;
      const code = codes[row] as number;
      if (code < 0) continue;
      const bit = bitOf[cell] as number;
      const before = bits[code] as number;
      if ((before & bit) !== 0) continue;
      bits[code] = before | bit;
      sample.add(hashOfText(values[code] as string), bit);
    }
    return sample;
  }
}

/** The quality of nothing read. */
export const emptySummaryQuality: SummaryQuality = {
  records: emptyQuality,
  byArm: {},
  otherArms: {},
  outsideWindow: 0,
  afterEnd: 0,
  failures: {},
  extents: {},
  extent: null,
  requestIds: null,
  unitArms: null,
};

/** The quality of both, as if read together. */
function addSummaryQuality(a: SummaryQuality, b: SummaryQuality): SummaryQuality {
  return {
    records: mergeQuality(a.records, b.records),
    byArm: addByArm(a.byArm, b.byArm),
    otherArms: united(a.otherArms, b.otherArms, (x, y) => x + y),
    outsideWindow: a.outsideWindow + b.outsideWindow,
    afterEnd: a.afterEnd + b.afterEnd,
    failures: united(a.failures, b.failures, (x, y) => ({
      count: x.count + y.count,
      zeroLatency: x.zeroLatency + y.zeroLatency,
    })),
    extents: united(a.extents, b.extents, (x, y) => ({
      first: Math.min(x.first, y.first),
      last: Math.max(x.last, y.last),
    })),
    extent: overall([a.extent, b.extent].filter((extent) => extent !== null)),
    requestIds: mergeSamples(a.requestIds, b.requestIds),
    unitArms: mergeSamples(a.unitArms, b.unitArms),
  };
}

function mergeSamples(a: IdSample | null, b: IdSample | null): IdSample | null {
  if (a === null || b === null) return a ?? b;
  const merged = new IdSample(a.kind);
  merged.absorb(a);
  merged.absorb(b);
  return merged;
}

function noteRequests(known: IdSample | null, ids: Float64Array, { cellOf }: Placement): IdSample {
  const sample = known ?? new IdSample("count");
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] as number;
    if (id === id && (cellOf[row] as number) >= 0) sample.add(id, 1);
  }
  return sample;
}

/** Accepted records of each arm of the plan in a batch, and what was lost of it. */
function countByArm({ arm, damage = {} }: RecordBatch, arms: readonly string[]): Record<string, ArmQuality> {
  const { values, codes } = arm;
  const counts = new Int32Array(values.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  return Object.fromEntries(
    arms.flatMap((name) => {
      const code = values.indexOf(name);
      const accepted = code < 0 ? 0 : (counts[code] as number);
      const { rejected, unusable } = (Object.hasOwn(damage, name) ? damage[name] : undefined) ?? {
        rejected: 0,
        unusable: {},
      };
      return accepted + rejected === 0 ? [] : [[name, { accepted, rejected, unusable }] as const];
    }),
  );
}

function failuresOf(
  batch: RecordBatch,
  { cells, cellOf }: Placement,
  arms: readonly string[],
): SummaryQuality["failures"] {
  const success = batch.numbers["success"];
  const latency = batch.numbers["latencyMs"];
  if (success === undefined) return {};
  const counts = arms.map(() => ({ count: 0, zeroLatency: 0 }));
  for (let row = 0; row < cellOf.length; row++) {
    if (success[row] !== 0) continue;
    const cell = cellOf[row] as number;
    if (cell < 0) continue;
    const arm = counts[(cells[cell] as { arm: number }).arm] as { count: number; zeroLatency: number };
    arm.count++;
    if (latency !== undefined && latency[row] === 0) arm.zeroLatency++;
  }
  return Object.fromEntries(arms.map((arm, index) => [arm, counts[index] as { count: number; zeroLatency: number }]));
}

/**
 * The key under which records of an arm outside the policy are counted: its name, in quotes where that can't be a key
 * of a JSON object.
 */
export function strangerName(arm: string): string {
  return arm === prototypeKey ? JSON.stringify(arm) : arm;
}

function overall(extents: readonly { readonly first: number; readonly last: number }[]): SummaryQuality["extent"] {
  return extents.length === 0
    ? null
    : { first: Math.min(...extents.map(({ first }) => first)), last: Math.max(...extents.map(({ last }) => last)) };
}

/** Both by key, in the order of the keys. */
function united<Value>(
  a: Readonly<Record<string, Value>>,
  b: Readonly<Record<string, Value>>,
  add: (x: Value, y: Value) => Value,
): Record<string, Value> {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort((x, y) => (x < y ? -1 : 1));
  return Object.fromEntries(
    keys.map((key) => {
      const x = Object.hasOwn(a, key) ? a[key] : undefined;
      const y = Object.hasOwn(b, key) ? b[key] : undefined;
      return [key, x === undefined ? (y as Value) : y === undefined ? x : add(x, y)];
    }),
  );
}
