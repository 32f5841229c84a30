import type { StatisticPlan } from "../summary/plan.ts";
import { emptyStatistic } from "../summary/statistic.ts";
import type { Statistic } from "../summary/summary.ts";
import type { StatisticLayout } from "./aggregates.ts";
import { GrowingCoMoments, GrowingMoments } from "./growing-moments.ts";
import { GrowingSketch } from "./growing-sketch.ts";
import type { PartLayout } from "./layout.ts";
import type { ResultRow } from "./result-row.ts";

type Growing =
  | { readonly kind: "count"; trials: number; successes: number }
  | { readonly kind: "sketch"; readonly sketch: GrowingSketch }
  | { readonly kind: "moments"; readonly moments: GrowingMoments }
  | { readonly kind: "comoments"; readonly comoments: GrowingCoMoments };

/** The statistics of one place, while rows of the result come in. */
export class GrowingStatistics {
  readonly #plans: readonly StatisticPlan[];
  readonly #growing: readonly Growing[];
  records = 0;

  /** @param centreOf - around what the place's sums of a field were taken. */
  constructor(plans: readonly StatisticPlan[], centreOf: (field: string) => number) {
    this.#plans = plans;
    this.#growing = plans.map((plan) => start(plan, centreOf));
  }

  add(row: ResultRow, part: PartLayout): void {
    if (part.scalars) this.records += row.n;
    for (const [index, layout] of part.statistics.entries()) if (layout !== undefined) addTo(this.#growing[index] as Growing, layout, row);
  }

  /** How many rows each branch counted here: all must agree. */
  rowsByPart(): number[] {
    return [this.records, ...this.#growing.flatMap((growing) => (growing.kind === "sketch" ? [growing.sketch.rows] : []))];
  }

  build(): Statistic[] {
    return this.#growing.map((growing, index): Statistic => {
      switch (growing.kind) {
        case "count":
          return this.records === 0 ? emptyStatistic(this.#plans[index] as StatisticPlan) : growing;
        case "sketch":
          return { kind: "sketch", sketch: growing.sketch.build() };
        case "moments":
          return { kind: "moments", moments: growing.moments.build() };
        case "comoments":
          return { kind: "comoments", comoments: growing.comoments.build() };
      }
    });
  }
}

function start(plan: StatisticPlan, centreOf: (field: string) => number): Growing {
  switch (plan.kind) {
    case "count":
    case "count-above":
      return { kind: "count", trials: 0, successes: 0 };
    case "sketch":
      return { kind: "sketch", sketch: new GrowingSketch(plan.scale) };
    case "moments":
      return { kind: "moments", moments: new GrowingMoments(centreOf(plan.field)) };
    case "comoments":
      return { kind: "comoments", comoments: new GrowingCoMoments(centreOf(plan.x), centreOf(plan.y)) };
  }
}

function addTo(growing: Growing, layout: StatisticLayout, { bin, edge, n, values }: ResultRow): void {
  const at = (index: number): number => values[index] as number;
  if (growing.kind === "count" && layout.kind === "count") {
    growing.trials += at(layout.trials);
    growing.successes += at(layout.successes);
  } else if (growing.kind === "sketch" && layout.kind === "sketch") {
    growing.sketch.add(bin, edge, n, { sum: at(layout.sum), min: at(layout.min), max: at(layout.max) });
  } else if (growing.kind === "moments" && layout.kind === "moments") {
    growing.moments.add(at(layout.count), at(layout.sum), at(layout.squares));
  } else if (growing.kind === "comoments" && layout.kind === "comoments") {
    const sums = { sumX: at(layout.sumX), sumY: at(layout.sumY), squaresX: at(layout.squaresX), squaresY: at(layout.squaresY), products: at(layout.products) };
    growing.comoments.add(at(layout.count), sums);
  }
}
