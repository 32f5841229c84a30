import { describe, expect, it } from "vitest";
import { createRandom, type Random } from "../../src/math/random.ts";
import {
  sampleBeta,
  sampleBinomial,
  sampleExponential,
  sampleGamma,
  sampleNormal,
  samplePoisson,
} from "../../src/math/sampling.ts";
import { closeTo } from "../helpers/close-to.ts";

// Distributions are compared in tools.test.ts. Here: the same seed gives the same deviates, in every version and
// runtime.
describe("deviates of seed 42", () => {
  it.each([
    ["normal", sampleNormal, [1.835712353249768, 0.46701627591737294, 0.1275750383080084, 1.0133442958628367]],
    [
      "exponential",
      sampleExponential,
      [0.03376373874415428, 0.3860215404286712, 0.5964609354523168, 0.16894881373037235],
    ],
    [
      "gamma(0.4)",
      (random) => sampleGamma(random, 0.4),
      [0.9697197191714002, 1.2224093215412357, 0.0006676856974637822, 0.021581131344484916],
    ],
    [
      "gamma(1)",
      (random) => sampleGamma(random, 1),
      [3.5694047017151656, 0.776350563792611, 0.7410803962912526, 2.3364788756816592],
    ],
    [
      "gamma(9)",
      (random) => sampleGamma(random, 9),
      [15.271963342979035, 9.047688662469389, 8.928149464455764, 12.973577342691204],
    ],
    [
      "beta(2, 5)",
      (random) => sampleBeta(random, 2, 5),
      [0.518939679038802, 0.18248562799856607, 0.08647542311987028, 0.3454090528583338],
    ],
    ["binomial(40, 0.3)", (random) => sampleBinomial(random, 40, 0.3), [14, 10, 14, 9]],
    ["binomial(41, 0.3)", (random) => sampleBinomial(random, 41, 0.3), [10, 16, 11, 13]],
    ["binomial(1e6, 0.003)", (random) => sampleBinomial(random, 1e6, 0.003), [3131, 2983, 3026, 3039]],
    ["binomial(1e6, 0.9)", (random) => sampleBinomial(random, 1e6, 0.9), [900_453, 900_316, 899_784, 899_882]],
    ["Poisson(0)", (random) => samplePoisson(random, 0), [0, 0, 0, 0]],
    ["Poisson(3)", (random) => samplePoisson(random, 3), [7, 0, 0, 3]],
    ["Poisson(20)", (random) => samplePoisson(random, 20), [19, 23, 25, 23]],
    ["Poisson(20.5)", (random) => samplePoisson(random, 20.5), [13, 14, 18, 20]],
    ["Poisson(4000)", (random) => samplePoisson(random, 4000), [3885, 4038, 3915, 4011]],
  ] as const satisfies readonly (readonly [string, (random: Random) => number, readonly number[]])[])(
    "%s",
    (_, draw, expected) => {
      const random = createRandom(42);
      for (const value of expected) closeTo(draw(random), value, 1e-12);
    },
  );

  it("means and shapes outside their range are refused", () => {
    const random = createRandom(42);
    for (const mean of [-1, NaN, Infinity])
      expect(() => samplePoisson(random, mean)).toThrow("mean must be a non-negative finite number");
    for (const shape of [0, -1, NaN, Infinity])
      expect(() => sampleGamma(random, shape)).toThrow("shape must be a positive finite number");
    expect(() => sampleBinomial(random, 3, 1.1)).toThrow("p must be a probability in [0, 1]");
    expect(sampleBinomial(random, 100, 0)).toBe(0);
    expect(sampleBinomial(random, 100, 1)).toBe(100);
  });
});
