import type { Bounds, TableRow } from "../../analysis/analysis.ts";
import type { Policy } from "../../policy/policy.ts";
import { projectCost } from "../../policy/prices.ts";
import { formatNumber, unitOf } from "./format.ts";

/** Levels and improvements of everything that was measured, one sentence each. */
export function comparedLines(table: readonly TableRow[], policy: Policy): string[] {
  return table.map((row) => {
    const { name, measure, control, treatment } = row;
    const unit = measure === "cost" ? "USD" : unitOf(name);
    const level = (value: number | null): string =>
      value === null
        ? "unknown"
        : measure === "share"
          ? `${formatNumber(100 * value)} %`
          : `${formatNumber(value)}${unit === "" ? "" : ` ${unit}`}`;
    const label = measure === "share" || measure === "cost" || measure === "ratio" ? name : `${measure} of ${name}`;
    return (
      `${label}: ${level(control.value)} -> ` +
      `${level(treatment.value)}${improvement(row, unit)}${projection(row, unit, policy)}`
    );
  });
}

/** "85.3 % faster", "+2.5 points", each with its interval. */
function improvement({ measure, better, difference, ratio, improvementPercent }: TableRow, unit: string): string {
  if (measure === "share" && difference !== null) {
    const points = (value: number): string => `${value > 0 ? "+" : ""}${formatNumber(100 * value, 3)}`;
    return `, ${points(difference.estimate)} points ${ends(difference.interval, points)}`;
  }
  if (ratio === null || improvementPercent === null) return "";
  const inBetter = (effect: number): number => 100 * (better === "higher" ? effect - 1 : 1 - effect);
  const [gain, loss] = words(measure, unit);
  // The interval is told on the scale of the word: a loss of 5 to 9 % reads [5.0, 9.0].
  const sign = improvementPercent >= 0 ? 1 : -1;
  const interval = [ratio.interval[0], ratio.interval[1]].map((end) => (end === null ? null : sign * inBetter(end)));
  const ordered = ((sign === 1) === (better === "higher") ? interval : [...interval].reverse()) as unknown as Bounds;
  return (
    `, ${Math.abs(improvementPercent).toFixed(1)} % ${sign === 1 ? gain : loss} ` +
    `${ends(ordered, (value) => value.toFixed(1))}`
  );
}

function words(measure: TableRow["measure"], unit: string): readonly [string, string] {
  if (measure === "cost" || unit === "USD") return ["cheaper", "more expensive"];
  return unit === "ms" ? ["faster", "slower"] : ["better", "worse"];
}

function ends([lower, upper]: Bounds, format: (value: number) => string): string {
  const end = (value: number | null): string => (value === null ? "unbounded" : format(value));
  return `[${end(lower)}, ${end(upper)}]`;
}

/** What a cost per request comes to at the policy's rate. */
function projection({ measure, control, treatment }: TableRow, unit: string, { requestsPerHour }: Policy): string {
  const perRequest = measure === "cost" || (measure === "mean" && unit === "USD");
  if (!perRequest || requestsPerHour === null || control.value === null || treatment.value === null) return "";
  const yearly = (cost: number): string => formatNumber(projectCost(cost, 24 * requestsPerHour).perYear, 6);
  const daily = (cost: number): string => formatNumber(projectCost(cost, 24 * requestsPerHour).perDay, 5);
  return (
    `; a day ${daily(control.value)} -> ${daily(treatment.value)} USD, a year ${yearly(control.value)} -> ` +
    `${yearly(treatment.value)} USD`
  );
}
