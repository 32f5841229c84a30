/**
 * A running sum that keeps the rounding error of every addition, so that the order and the size of the terms don't
 * matter (A. Neumaier 1974, doi:10.1002/zamm.19740540106).
 */
export class CompensatedSum {
  #total = 0;
  #lost = 0;

  add(value: number): void {
    const next = this.#total + value;
    // An infinite total has no rounding error; computing one would give NaN.
    if (Number.isFinite(next)) {
      this.#lost += Math.abs(this.#total) >= Math.abs(value) ? this.#total - next + value : value - next + this.#total;
    }
    this.#total = next;
  }

  get value(): number {
    return this.#total + this.#lost;
  }
}

/** The sum of `values`, compensated; 0 for no values. */
export function sum(values: Iterable<number>): number {
  const total = new CompensatedSum();
  for (const value of values) total.add(value);
  return total.value;
}
