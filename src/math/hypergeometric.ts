import { requireCount, requireNumber } from "../errors.ts";
import { devianceTerm } from "./deviance.ts";
import { productMinus } from "./exact-product.ts";
import { stirlingError } from "./gamma.ts";
import { cdfOf, logCdfOf, logSurvivalOf, survivalOf, type Tail } from "./tail.ts";

const action = "evaluate the hypergeometric distribution";

/** The smallest and the largest number of marked items that a draw can hold. */
export function hypergeometricSupport(
  population: number,
  marked: number,
  drawn: number,
): readonly [smallest: number, largest: number] {
  return [Math.max(0, drawn + marked - population), Math.min(marked, drawn)];
}

/** ln P(X = k) for X marked items among `drawn` from a population with `marked` of them. */
export function hypergeometricLogProbability(k: number, population: number, marked: number, drawn: number): number {
  check(population, marked, drawn);
  const [smallest, largest] = hypergeometricSupport(population, marked, drawn);
  if (!Number.isInteger(k) || k < smallest || k > largest) return -Infinity;
  if (smallest === largest) return 0;
  const unmarked = population - marked;
  const left = population - drawn;
  // Observed minus expected is the same in the four cells of the table, up to its sign.
  const excess = difference(k, population, marked, drawn) / population;
  let ln = 0;
  for (const margin of [marked, unmarked, drawn, left])
    ln += margin === 0 ? 0 : stirlingError(margin) + 0.5 * Math.log(2 * Math.PI * margin);
  ln -= stirlingError(population) + 0.5 * Math.log(2 * Math.PI * population);
  const cells: readonly (readonly [observed: number, row: number, column: number, sign: number])[] = [
    [k, marked, drawn, 1],
    [marked - k, marked, left, -1],
    [drawn - k, unmarked, drawn, -1],
    [unmarked - drawn + k, unmarked, left, 1],
  ];
  for (const [observed, row, column, sign] of cells) {
    ln -= devianceTerm(observed, row * (column / population), -sign * excess);
    if (observed > 0) ln -= stirlingError(observed) + 0.5 * Math.log(2 * Math.PI * observed);
  }
  return ln;
}

/** P(X = k). */
export function hypergeometricProbability(k: number, population: number, marked: number, drawn: number): number {
  return Math.exp(hypergeometricLogProbability(k, population, marked, drawn));
}

/** P(X <= k). */
export function hypergeometricCdf(k: number, population: number, marked: number, drawn: number): number {
  return cdfOf(tailAt(k, population, marked, drawn));
}

/** P(X > k). */
export function hypergeometricSurvival(k: number, population: number, marked: number, drawn: number): number {
  return survivalOf(tailAt(k, population, marked, drawn));
}

/** ln P(X <= k). */
export function hypergeometricLogCdf(k: number, population: number, marked: number, drawn: number): number {
  return logCdfOf(tailAt(k, population, marked, drawn));
}

/** ln P(X > k). */
export function hypergeometricLogSurvival(k: number, population: number, marked: number, drawn: number): number {
  return logSurvivalOf(tailAt(k, population, marked, drawn));
}

/** k population - marked drawn, to the last bit beyond 2^53 too. */
function difference(k: number, population: number, marked: number, drawn: number): number {
  const product = marked * drawn;
  return productMinus(k, population, product) - productMinus(marked, drawn, product);
}

/** The tail on the side of the mode where k lies: its first probability times a sum of ratios, which only fall. */
function tailAt(k: number, population: number, marked: number, drawn: number): Tail {
  check(population, marked, drawn);
  requireNumber(action, "k", "a number", k, () => true);
  const [smallest, largest] = hypergeometricSupport(population, marked, drawn);
  const at = Math.floor(k);
  if (at < smallest) return { lower: true, ln: -Infinity };
  if (at >= largest) return { lower: false, ln: -Infinity };
  const rest = population - marked - drawn;
  const lower = at < ((marked + 1) * (drawn + 1)) / (population + 2);
  let term = 1;
  let total = 1;
  if (lower) {
    for (let x = at; x > smallest && term > 1e-18 * total; x -= 1) {
      term *= (x / (marked - x + 1)) * ((rest + x) / (drawn - x + 1));
      total += term;
    }
  } else {
    for (let x = at + 1; x < largest && term > 1e-18 * total; x += 1) {
      term *= ((marked - x) / (x + 1)) * ((drawn - x) / (rest + x + 1));
      total += term;
    }
  }
  return { lower, ln: hypergeometricLogProbability(lower ? at : at + 1, population, marked, drawn) + Math.log(total) };
}

function check(population: number, marked: number, drawn: number): void {
  requireCount(action, "population", population);
  for (const [field, value] of [
    ["marked", marked],
    ["drawn", drawn],
  ] as const) {
    requireCount(action, field, value);
    requireNumber(action, field, `at most the population of ${population}`, value, (x) => x <= population);
  }
}
