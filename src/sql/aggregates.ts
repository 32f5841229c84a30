import type { Plan, StatisticPlan } from "../summary/plan.ts";
import type { SqlDialect } from "./dialect.ts";
import { named } from "./verdict.ts";

/** Means around which sums are taken, by arm and field, so that squares lose no digits. Any numbers do; 0 where there is none. */
export type Centres = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Where in a row of the result the figures of one statistic stand. */
export type StatisticLayout =
  | { readonly kind: "count"; readonly trials: number; readonly successes: number }
  /** `infinite`: whether infinite values are among those that count. */
  | { readonly kind: "sketch"; readonly sum: number; readonly min: number; readonly max: number; readonly infinite: boolean }
  | { readonly kind: "moments"; readonly count: number; readonly sum: number; readonly squares: number }
  | { readonly kind: "comoments"; readonly count: number; readonly sumX: number; readonly sumY: number; readonly squaresX: number; readonly squaresY: number; readonly products: number };

/** The aggregates of one branch of the statement; the same expression is computed once. */
export class Aggregates {
  readonly #dialect: SqlDialect;
  readonly #expressions: string[] = [];

  constructor(dialect: SqlDialect) {
    this.#dialect = dialect;
  }

  get expressions(): readonly string[] {
    return this.#expressions;
  }

  /** The position of an aggregate among the columns `a0`, `a1`, …. */
  add(expression: string): number {
    const known = this.#expressions.indexOf(expression);
    return known >= 0 ? known : this.#expressions.push(expression) - 1;
  }

  count(column: string): number {
    return this.add(`count(${column})`);
  }

  /** Rows that meet a condition. */
  countWhere(condition: string): number {
    return this.add(`sum(CASE WHEN ${condition} THEN 1 ELSE 0 END)`);
  }

  /** The aggregates of a statistic other than a sketch. */
  statistic(plan: Exclude<StatisticPlan, { readonly kind: "sketch" }>, used: (field: string) => string, centred: (field: string) => string): StatisticLayout {
    const { sum } = this.#dialect;
    if (plan.kind === "count" || plan.kind === "count-above") {
      const column = used(plan.field);
      const threshold = plan.kind === "count" ? 0.5 : plan.threshold;
      const boolean = plan.kind === "count" && plan.field === "success";
      const successes = boolean ? this.add(`sum(${column})`) : this.countWhere(`${column} > ${this.#dialect.number(threshold)}`);
      return { kind: "count", trials: this.count(column), successes };
    }
    if (plan.kind === "moments") {
      const d = centred(plan.field);
      return { kind: "moments", count: this.count(used(plan.field)), sum: this.add(sum(d)), squares: this.add(sum(`${d} * ${d}`)) };
    }
    const [x, y] = [centred(plan.x), centred(plan.y)];
    const both = (expression: string): string => sum(`CASE WHEN ${used(plan.x)} IS NOT NULL AND ${used(plan.y)} IS NOT NULL THEN ${expression} END`);
    return {
      kind: "comoments",
      count: this.countWhere(`${used(plan.x)} IS NOT NULL AND ${used(plan.y)} IS NOT NULL`),
      sumX: this.add(both(x)),
      sumY: this.add(both(y)),
      squaresX: this.add(both(`${x} * ${x}`)),
      squaresY: this.add(both(`${y} * ${y}`)),
      products: this.add(both(`${x} * ${y}`)),
    };
  }
}

/** A field as it counts under the plan's rule for the latency of failed requests. */
export function usedSql(field: string, plan: Plan, mapped: ReadonlySet<string>, dialect: SqlDialect): string {
  const raw = dialect.identifier(named.number(field));
  if (!isReplaced(field, plan, mapped)) return raw;
  const failed = `${dialect.identifier(named.number("success"))} = ${dialect.number(0)}`;
  return plan.latencyOfFailures === "exclude" ? `CASE WHEN ${failed} THEN NULL ELSE ${raw} END` : `CASE WHEN ${failed} THEN ${dialect.infinity} ELSE ${raw} END`;
}

/** Whether failed requests have another value of this field than the recorded one. */
export function isReplaced(field: string, plan: Plan, mapped: ReadonlySet<string>): boolean {
  return field === "latencyMs" && plan.latencyOfFailures !== "as-recorded" && mapped.has("success");
}
