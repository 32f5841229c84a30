/** Where a function is least, and its value there. */
export interface Minimum {
  readonly position: number;
  readonly value: number;
}

/** How far a minimum is resolved. */
export interface MinimumOptions {
  /** Width of the final interval, in the units of the position; default 0, as far as doubles go. */
  readonly tolerance?: number;
  /** Steps before the search ends; each shortens the interval by the factor 0.618. Default 80. */
  readonly maximumSteps?: number;
}

const golden = /* @__PURE__ */ (Math.sqrt(5) - 1) / 2;

/**
 * Finds where a function with a single minimum between `lower` and `upper` is least, by golden-section search (J.
 * Kiefer 1953, doi:10.2307/2032161). Of several minima it finds one.
 *
 * @param f - The function; an end of the interval is never evaluated.
 * @param lower - Lower end of the interval.
 * @param upper - Upper end of the interval.
 * @param options - Resolution and number of steps.
 * @returns The middle of the final interval, and the least of the values there and at the last points tried.
 */
export function findMinimum(
  f: (x: number) => number,
  lower: number,
  upper: number,
  { tolerance = 0, maximumSteps = 80 }: MinimumOptions = {},
): Minimum {
  let [low, high] = [lower, upper];
  let [a, b] = [high - golden * (high - low), low + golden * (high - low)];
  let [fa, fb] = [f(a), f(b)];
  for (let step = 0; step < maximumSteps && high - low > tolerance && a < b; step += 1) {
    if (fa < fb) {
      [high, b, fb] = [b, a, fa];
      a = high - golden * (high - low);
      fa = f(a);
    } else {
      [low, a, fa] = [a, b, fb];
      b = low + golden * (high - low);
      fb = f(b);
    }
  }
  const position = (low + high) / 2;
  return { position, value: Math.min(fa, fb, f(position)) };
}
