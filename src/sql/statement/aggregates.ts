import type { Plan, StatisticPlan } from "../../summary/plan.ts";
import type { SqlDialect } from "../dialect.ts";
import { named } from "./verdict.ts";

/**
 * Means around which sums are taken, by arm and field, so that squares lose no digits. Any numbers do; 0 where there is
 * none.
 */
export type Centres = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Where in a row of the result the figures of one statistic stand. */
export type StatisticLayout =
  | { readonly kind: "count"; readonly trials: number; readonly successes: number }
  /** `infinite`: whether infinite values are among those that count. */
  | {
      readonly kind: "sketch";
      readonly sum: number;
      readonly min: number;
      readonly max: number;
      readonly infinite: boolean;
    }
  | { readonly kind: "moments"; readonly count: number; readonly sum: number; readonly squares: number }
  | {
      readonly kind: "comoments";
      readonly count: number;
      readonly sumX: number;
      readonly sumY: number;
      readonly squaresX: number;
      readonly squaresY: number;
      readonly products: number;
    };

/** One figure of a branch: computed over the rows of each group, and then over the groups that are returned as one. */
interface Aggregate {
  /** Over rows; `null` where the keys of the groups tell it. */
  readonly rows: string | null;
  readonly groups: (column: string) => string;
}

/** The aggregates of one branch of the statement; the same expression is computed once. */
export class Aggregates {
  readonly #dialect: SqlDialect;
  readonly #aggregates: (Aggregate & { readonly key: string })[] = [];

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect;
  }

  get size(): number {
    return this.#aggregates.length;
  }

  /** What is computed over the rows of a group, by position. */
  get ofRows(): readonly (string | null)[] {
    return this.#aggregates.map(({ rows }) => rows);
  }

  /**
   * What is computed over groups at a position among the columns `a0`, `a1`, …. @param column - the column with what
   * was computed over rows.
   */
  ofGroups(index: number, column: string): string {
    const aggregate = this.#aggregates[index];
    return aggregate === undefined ? this.#dialect.number(0) : this.#dialect.aggregate(aggregate.groups(column));
  }

  /** The position of an aggregate among the columns `a0`, `a1`, …. */
  #add(rows: string | null, groups: (column: string) => string): number {
    const key = JSON.stringify([rows, groups("")]);
    const known = this.#aggregates.findIndex((aggregate) => aggregate.key === key);
    return known >= 0 ? known : this.#aggregates.push({ rows, groups, key }) - 1;
  }

  sum(x: string): number {
    return this.#add(`sum(${x})`, (column) => `sum(${column})`);
  }

  /** A sum of doubles whose digits matter. */
  #exactSum(x: string): number {
    const { sum } = this.#dialect;
    return this.#add(sum(x), sum);
  }

  /** @param read - what to make of the least, such as a number of an instant. */
  min(x: string, read = (least: string): string => least): number {
    return this.#add(`min(${x})`, (column) => read(`min(${column})`));
  }

  max(x: string, read = (greatest: string): string => greatest): number {
    return this.#add(`max(${x})`, (column) => read(`max(${column})`));
  }

  count(column: string): number {
    return this.#add(`count(${column})`, (counts) => `sum(${counts})`);
  }

  /** Rows that meet a condition. */
  countWhere(condition: string): number {
    return this.sum(`CASE WHEN ${condition} THEN 1 ELSE 0 END`);
  }

  /** Rows of the groups that meet a condition. @param rows - the column that says how many each group has. */
  countGroupsWhere(condition: string, rows: string): number {
    return this.#add(null, () => `sum(CASE WHEN ${condition} THEN ${rows} ELSE 0 END)`);
  }

  /** The aggregates of a statistic other than a sketch. */
  statistic(
    plan: Exclude<StatisticPlan, { readonly kind: "sketch" }>,
    used: (field: string) => string,
    centred: (field: string) => string,
  ): StatisticLayout {
    if (plan.kind === "count" || plan.kind === "count-above") {
      const column = used(plan.field);
      const threshold = plan.kind === "count" ? 0.5 : plan.threshold;
      const boolean = plan.kind === "count" && plan.field === "success";
      const successes = boolean ? this.sum(column) : this.countWhere(`${column} > ${this.#dialect.number(threshold)}`);
      return { kind: "count", trials: this.count(column), successes };
    }
    if (plan.kind === "moments") {
      const d = centred(plan.field);
      return {
        kind: "moments",
        count: this.count(used(plan.field)),
        sum: this.#exactSum(d),
        squares: this.#exactSum(`${d} * ${d}`),
      };
    }
    const [x, y] = [centred(plan.x), centred(plan.y)];
    const both = (expression: string): number =>
      this.#exactSum(`CASE WHEN ${used(plan.x)} IS NOT NULL AND ${used(plan.y)} IS NOT NULL THEN ${expression} END`);
    return {
      kind: "comoments",
      count: this.countWhere(`${used(plan.x)} IS NOT NULL AND ${used(plan.y)} IS NOT NULL`),
      sumX: both(x),
      sumY: both(y),
      squaresX: both(`${x} * ${x}`),
      squaresY: both(`${y} * ${y}`),
      products: both(`${x} * ${y}`),
    };
  }
}

/** A field as it counts under the plan's rule for the latency of failed requests. */
export function usedSql(field: string, plan: Plan, mapped: ReadonlySet<string>, dialect: SqlDialect): string {
  const raw = dialect.identifier(named.number(field));
  if (!isReplaced(field, plan, mapped)) return raw;
  const failed = `${dialect.identifier(named.number("success"))} = ${dialect.number(0)}`;
  return plan.latencyOfFailures === "exclude"
    ? `CASE WHEN ${failed} THEN NULL ELSE ${raw} END`
    : `CASE WHEN ${failed} THEN ${dialect.infinity} ELSE ${raw} END`;
}

/** Whether failed requests have another value of this field than the recorded one. */
export function isReplaced(field: string, plan: Plan, mapped: ReadonlySet<string>): boolean {
  return field === "latencyMs" && plan.latencyOfFailures !== "as-recorded" && mapped.has("success");
}
