import { requireNumber } from "../errors.ts";

/** Where to evaluate, and how much each value counts. */
export interface QuadratureRule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/**
 * The Gauss-Legendre rule with n points on [-1, 1], nodes ascending: exact for polynomials of degree 2n - 1. Nodes by
 * Newton's method on the Legendre recurrence.
 */
export function gaussLegendre(n: number): QuadratureRule {
  requireNumber(
    "build a Gauss-Legendre rule",
    "n",
    "an integer from 1 to 10000",
    n,
    (x) => Number.isInteger(x) && x >= 1 && x <= 10_000,
  );
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; 2 * i < n; i += 1) {
    let x = 2 * i + 1 === n ? 0 : Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 1;
    for (let step = 0; step < 10; step += 1) {
      let current = x;
      let before = 1;
      for (let k = 2; k <= n; k += 1) [before, current] = [current, ((2 * k - 1) * x * current - (k - 1) * before) / k];
      slope = (n * (x * current - before)) / (x * x - 1);
      const move = current / slope;
      x -= move;
      if (Math.abs(move) < 1e-15) break;
    }
    nodes[i] = -x;
    nodes[n - 1 - i] = x;
    weights[i] = weights[n - 1 - i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}
