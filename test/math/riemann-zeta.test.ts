import { expect, it } from "vitest";
import { riemannZeta } from "../../src/math/riemann-zeta.ts";

it.each([
  [1 + 2 ** -10, 1024.5772867695046],
  [1.4, 3.105547277977581],
  [2, Math.PI ** 2 / 6],
  [4, Math.PI ** 4 / 90],
  [12, (691 * Math.PI ** 12) / 638512875],
  [60, 1],
])("zeta(%d) to relative 1e-14", (s, value) => {
  expect(Math.abs(riemannZeta(s) / value - 1)).toBeLessThanOrEqual(1e-14);
});

it.each([1, 0.5, Number.NaN])("refuses s = %d", (s) => {
  expect(() => riemannZeta(s)).toThrow(/s must be above 1/);
});
