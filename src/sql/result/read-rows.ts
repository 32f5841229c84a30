import { cannot, DatabaseError } from "../../errors.ts";
import { emptyQuality } from "../../records/quality.ts";
import type { ArmQuality, RejectionCode, RejectionSample } from "../../records/quality.ts";
import { clusterStatistics } from "../../summary/clusters.ts";
import { contradictionIn } from "../../summary/contradiction-in.ts";
import { mergeSummaries } from "../../summary/merge.ts";
import { OtherArms } from "../../summary/other-arms.ts";
import { periodSlot } from "../../summary/periods.ts";
import type { Plan } from "../../summary/plan.ts";
import { emptySummaryQuality, strangerName } from "../../summary/quality-builder.ts";
import type { Cell, Cluster, Extent, Segment, Summary, SummaryQuality, UnitBucket } from "../../summary/summary.ts";
import type { SqlDialect, SqlRow } from "../dialect.ts";
import { splitKey, verdictOf } from "../statement/bins.ts";
import { requireConsistent, requireWhole } from "../statement/consistency.ts";
import type { PartLayout } from "../statement/layout.ts";
import type { SummaryStatement } from "../statement/statement.ts";
import { type Rejection, verdicts } from "../statement/verdict.ts";
import { GrowingStatistics } from "./growing-statistics.ts";
import { requirePlausible } from "./plausible-row.ts";
import { readResultRow, type ResultRow } from "./result-row.ts";

/**
 * What summary do these rows make?
 *
 * @param rows - all rows that the statement returned, as objects by column name; numbers may be numbers, bigints or
 * texts.
 * @param statement - what {@link summaryStatement} gave.
 * @returns the summary that summarizing the same records in this process gives: counts and buckets equal, sums to
 * within the engine's rounding; but for the examples of rejected rows.
 * @throws {DatabaseError} when the rows are not those of the statement, or contradict each other: then part of the
 * answer is missing, or the table changed meanwhile.
 */
export function readRows(
  rows: readonly SqlRow[],
  plan: Plan,
  statement: SummaryStatement,
  dialect: SqlDialect,
): Summary {
  try {
    return summaryOf(rows, plan, statement, dialect);
  } catch (cause) {
    if (cause instanceof DatabaseError) throw cause;
    throw contradicting(dialect, "the result", "one that figures can be made of", (cause as Error).message);
  }
}

function summaryOf(rows: readonly SqlRow[], plan: Plan, statement: SummaryStatement, dialect: SqlDialect): Summary {
  const places = new Places(plan, statement);
  requireWhole(rows, dialect.name);
  for (const raw of rows) {
    const read = readResultRow(raw, statement.columns, dialect.name);
    const part = statement.parts[read.part];
    if (part === undefined) {
      throw new DatabaseError(
        `Cannot read the result: part must be below ${statement.parts.length}, current value is ${read.part}`,
        {
          engine: dialect.name,
          code: "unexpected-result",
          field: "part",
          value: read.part,
          fix: "Return the rows of the statement unchanged",
        },
      );
    }
    requirePlausible(read, part, dialect.name);
    places.add(part.oneKey ? withBin(read) : read, part);
  }
  const summary = places.build();
  requireConsistent(places.totals(), dialect.name);
  const merged = mergeSummaries([summary]);
  const contradiction = contradictionIn(merged);
  if (contradiction === undefined) return merged;
  throw contradicting(dialect, contradiction.field, contradiction.requirement, contradiction.value);
}

/** The error for an answer that can't be true. */
function contradicting(dialect: SqlDialect, field: string, requirement: string, value: unknown): DatabaseError {
  return new DatabaseError(cannot("use the result", field, requirement, value), {
    engine: dialect.name,
    code: "inconsistent-result",
    field,
    value,
    fix: "Run it again on periods that are closed; if it stays, the database's answer can't be true",
  });
}

/** The row with its bucket apart from its code or value. */
function withBin({ part, arm, slot, name, edge: key, n, values }: ResultRow): ResultRow {
  const { bin, edge } = splitKey(key);
  return { part, arm, slot, name, bin, edge, n, values };
}

interface Place {
  readonly epoch: number;
  readonly period: number | null;
  readonly segment: Segment | null;
  readonly arm: string;
  readonly statistics: GrowingStatistics;
}

interface UnitPlace {
  readonly epoch: number;
  readonly arm: string;
  hashed: boolean;
  readonly units: Map<string, GrowingStatistics>;
}

class Places {
  readonly #plan: Plan;
  readonly #statement: SummaryStatement;
  readonly #cells = new Map<string, Place>();
  /** The same by what a row of a branch says of itself, since there are many rows of each. */
  readonly #found = new Map<PartLayout, Map<number, Map<string, GrowingStatistics>>>();
  readonly #units = { unit: new Map<string, UnitPlace>(), instance: new Map<string, UnitPlace>() };
  readonly #rejected: Partial<Record<RejectionCode, number>> = {};
  readonly #samples: RejectionSample[] = [];
  readonly #missing = new Map<string, number>();
  readonly #byArm = new Map<string, { accepted: number; rejected: number; unusable: Record<string, number> }>();
  readonly #otherArms = new OtherArms();
  readonly #failures = new Map<string, { count: number; zeroLatency: number }>();
  readonly #counts = { rows: 0, accepted: 0, filtered: 0, outsideWindow: 0, afterEnd: 0 };
  readonly #extents = new Map<string, Extent>();

  constructor(plan: Plan, statement: SummaryStatement) {
    this.#plan = plan;
    this.#statement = statement;
  }

  add(row: ResultRow, part: PartLayout): void {
    if (part.facet.kind === "units") {
      this.#unit(row, part, this.#units[part.facet.of]).add(row, part);
      return;
    }
    if (part.facet.kind === "all" && part.scalars) {
      const verdict = verdictOf(row.edge);
      if (verdict !== undefined) {
        this.#noteUnused(verdict, row, part);
        return;
      }
      this.#noteUsed(row, part);
    }
    this.#cell(row, part).add(row, part);
  }

  build(): Summary {
    const cells = [...this.#cells.values()].map(({ statistics, ...place }): Cell => ({
      ...place,
      records: statistics.records,
      statistics: statistics.build(),
    }));
    const { rows, accepted, filtered, outsideWindow, afterEnd } = this.#counts;
    const main = this.#statement.parts[0] as PartLayout;
    const failures =
      main.failures === null || accepted === 0
        ? {}
        : Object.fromEntries(
            this.#plan.arms.map((arm) => [arm, this.#failures.get(arm) ?? { count: 0, zeroLatency: 0 }]),
          );
    const quality: SummaryQuality = {
      ...emptySummaryQuality,
      records: {
        ...emptyQuality,
        rows,
        accepted,
        filtered,
        rejected: this.#rejected,
        samples: this.#samples,
        missing: Object.fromEntries(this.#missing),
      },
      byArm: Object.fromEntries<ArmQuality>(this.#byArm),
      otherArms: this.#otherArms.build(),
      outsideWindow,
      afterEnd,
      failures,
      extents: Object.fromEntries(this.#extents),
      extent: [...this.#extents.values()].reduce<Extent | null>(
        (all, extent) => (all === null ? extent : wider(all, extent)),
        null,
      ),
      requestIds: null,
      unitArms: null,
    };
    return {
      plan: this.#plan,
      cells,
      clusters: clustersOf(this.#units.unit),
      instances: clustersOf(this.#units.instance),
      slices: null,
      quality,
    };
  }

  /** What each branch counted in each place, to compare. */
  totals(): Map<string, readonly number[]> {
    const totals = new Map<string, readonly number[]>();
    const perPlace = new Map<string, number>();
    for (const { epoch, arm, segment, period, statistics } of this.#cells.values()) {
      totals.set(JSON.stringify([epoch, period, arm, segment]), statistics.rowsByPart());
      if (segment === null)
        perPlace.set(`${epoch} ${arm}`, (perPlace.get(`${epoch} ${arm}`) ?? 0) + statistics.records);
    }
    const named = this.#statement.parts.flatMap(({ facet }) => (facet.kind === "units" ? [facet.of] : []));
    for (const of of new Set(named)) {
      const places = this.#units[of];
      for (const [key, records] of perPlace) {
        const own = places.get(key);
        const all = [...(own?.units.values() ?? [])].reduce((sum, statistics) => sum + statistics.records, 0);
        totals.set(`${of}s of ${key}`, [records, all]);
        for (const [name, statistics] of own?.units ?? [])
          totals.set(`${of} ${name} of ${key}`, statistics.rowsByPart());
      }
      for (const key of places.keys()) if (!perPlace.has(key)) totals.set(`${of}s of ${key}`, [0, 1]);
    }
    return totals;
  }

  #noteUnused(verdict: number, row: ResultRow, part: PartLayout): void {
    const rejection = this.#statement.rejections[verdict - verdicts.firstRejection];
    if (rejection !== undefined) this.#reject(rejection, row, part);
    else if (verdict === verdicts.filtered) {
      this.#counts.rows += row.n;
      this.#counts.filtered += row.n;
    } else {
      this.#noteAccepted(row, part);
      if (verdict === verdicts.otherArm) {
        this.#otherArms.add(strangerName(row.arm), row.n);
      } else {
        this.#counts.outsideWindow += row.n;
        if (verdict === verdicts.afterEnd) this.#counts.afterEnd += row.n;
      }
    }
  }

  #reject(rejection: Rejection, row: ResultRow, part: PartLayout): void {
    const { code, field } = rejection;
    this.#counts.rows += row.n;
    this.#rejected[code] = (this.#rejected[code] ?? 0) + row.n;
    const arm = this.#armQuality(row.arm);
    if (arm !== undefined) arm.rejected += row.n;
    this.#samples.push({
      code,
      source: this.#statement.table,
      line: 0,
      field: field.field,
      value: offendingValue(part.offending[this.#statement.rejections.indexOf(rejection)], row),
    });
  }

  /** The counts of an arm of the plan; `undefined` for other arms. */
  #armQuality(name: string): { accepted: number; rejected: number; unusable: Record<string, number> } | undefined {
    return this.#plan.arms.includes(name)
      ? entry(this.#byArm, name, () => ({ accepted: 0, rejected: 0, unusable: {} }))
      : undefined;
  }

  #noteAccepted({ arm: name, n, values }: ResultRow, { present, unusable }: PartLayout): void {
    this.#counts.rows += n;
    this.#counts.accepted += n;
    const arm = this.#armQuality(name);
    if (arm !== undefined) {
      arm.accepted += n;
      for (const [field, index] of unusable) {
        const count = values[index] as number;
        if (count > 0) arm.unusable[field] = (arm.unusable[field] ?? 0) + count;
      }
    }
    for (const [field, index] of present) {
      const missing = n - (values[index] as number);
      if (missing > 0) this.#missing.set(field, (this.#missing.get(field) ?? 0) + missing);
    }
  }

  #noteUsed(row: ResultRow, part: PartLayout): void {
    const { arm, edge, values } = row;
    const { extent, failures } = part;
    this.#noteAccepted(row, part);
    if (extent !== null) {
      const found = { first: values[extent.first] as number, last: values[extent.last] as number };
      const known = this.#extents.get(arm);
      this.#extents.set(arm, known === undefined ? found : wider(known, found));
    }
    if (failures === null) return;
    const known = this.#failures.get(arm) ?? { count: 0, zeroLatency: 0 };
    this.#failures.set(arm, known);
    const failed = (values[failures.trials] as number) - (values[failures.successes] as number);
    known.count += failed;
    if (failures.zeroLatency === "edge") known.zeroLatency += edge === 0 ? failed : 0;
    else known.zeroLatency += failures.zeroLatency === null ? 0 : (values[failures.zeroLatency] as number);
  }

  #cell(row: ResultRow, part: PartLayout): GrowingStatistics {
    const slots = entry(this.#found, part, () => new Map<number, Map<string, GrowingStatistics>>());
    const places = entry(slots, row.slot, () => new Map<string, GrowingStatistics>());
    return entry(places, row.name === "" ? row.arm : `${row.arm.length} ${row.arm}${row.name}`, () =>
      this.#newCell(row, part),
    );
  }

  #newCell(row: ResultRow, part: PartLayout): GrowingStatistics {
    if (!this.#plan.arms.includes(row.arm)) throw unknownArm(row.arm, this.#plan);
    const { epoch, period } = this.#statement.timed ? periodSlot(this.#plan, row.slot) : { epoch: 0, period: null };
    const segment = part.facet.kind === "segment" ? { field: part.facet.field, value: row.name } : null;
    const key = JSON.stringify([epoch, period, segment, row.arm]);
    let place = this.#cells.get(key);
    if (place === undefined) {
      place = {
        epoch,
        period,
        segment,
        arm: row.arm,
        statistics: new GrowingStatistics(this.#plan.statistics, this.#centreOf(row.arm)),
      };
      this.#cells.set(key, place);
    }
    return place.statistics;
  }

  #centreOf(arm: string): (field: string) => number {
    return (field) => this.#statement.centres.get(arm)?.get(field) ?? 0;
  }

  #unit(row: ResultRow, part: PartLayout, places: Map<string, UnitPlace>): GrowingStatistics {
    if (!this.#plan.arms.includes(row.arm)) throw unknownArm(row.arm, this.#plan);
    const epoch = row.slot;
    const key = `${epoch} ${row.arm}`;
    let place = places.get(key);
    if (place === undefined) {
      place = { epoch, arm: row.arm, hashed: false, units: new Map() };
      places.set(key, place);
    }
    place.hashed ||= row.values[part.hashed as number] === 1;
    let statistics = place.units.get(row.name);
    if (statistics === undefined) {
      statistics = new GrowingStatistics(clusterStatistics(this.#plan.statistics), this.#centreOf(row.arm));
      place.units.set(row.name, statistics);
    }
    return statistics;
  }
}

function clustersOf(places: ReadonlyMap<string, UnitPlace>): Cluster[] {
  return [...places.values()].map(({ epoch, arm, hashed, units }) => ({
    epoch,
    arm,
    identified: !hashed,
    buckets: [...units].flatMap(([key, statistics]): UnitBucket[] =>
      // Requests that do not tell their instance.
      key === "" ? [] : [{ key, records: statistics.records, statistics: statistics.build() }],
    ),
  }));
}

function unknownArm(arm: string, { arms }: Plan): RangeError {
  return new RangeError(`${JSON.stringify(arm)} is none of the arms ${JSON.stringify(arms)}`);
}

/** What a map holds under a key, made when it is asked for first. */
function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** An example of a rejected value: the smallest of its kind. */
function offendingValue(index: number | undefined, { values }: ResultRow): string {
  const found = index === undefined ? Number.NaN : (values[index] as number);
  return Number.isNaN(found) ? "NULL" : String(found);
}

function wider(a: Extent, b: Extent): Extent {
  return { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
}
