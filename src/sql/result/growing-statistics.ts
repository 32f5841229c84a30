import type { StatisticPlan } from "../../summary/plan.ts";
import { emptyStatistic } from "../../summary/statistic.ts";
import type { Statistic } from "../../summary/summary.ts";
import type { StatisticLayout } from "../statement/aggregates.ts";
import type { PartLayout } from "../statement/layout.ts";
import { GrowingCoMoments, GrowingMoments } from "./growing-moments.ts";
import { GrowingSketch } from "./growing-sketch.ts";
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
    for (let index = 0; index < part.statistics.length; index++) {
      const layout = part.statistics[index];
      if (layout !== undefined) addTo(this.#growing[index] as Growing, layout, row);
    }
  }

  /** How many rows each branch counted here: all must agree. */
  rowsByPart(): number[] {
    return [
      this.records,
      ...this.#growing.flatMap((growing) => (growing.kind === "sketch" ? [growing.sketch.rows] : [])),
    ];
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
  if (growing.kind === "count" && layout.kind === "count") {
    growing.trials += values[layout.trials] as number;
    growing.successes += values[layout.successes] as number;
  } else if (growing.kind === "sketch" && layout.kind === "sketch") {
    growing.sketch.add(bin, edge, n, {
      sum: values[layout.sum] as number,
      min: values[layout.min] as number,
      max: values[layout.max] as number,
    });
  } else if (growing.kind === "moments" && layout.kind === "moments") {
    growing.moments.add(values[layout.count] as number, values[layout.sum] as number, values[layout.squares] as number);
  } else if (growing.kind === "comoments" && layout.kind === "comoments") {
    const at = (index: number): number => values[index] as number;
    const sums = {
      sumX: at(layout.sumX),
      sumY: at(layout.sumY),
      squaresX: at(layout.squaresX),
      squaresY: at(layout.squaresY),
      products: at(layout.products),
    };
    growing.comoments.add(at(layout.count), sums);
  }
}
