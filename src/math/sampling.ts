import { requireCount, requireNumber } from "../errors.ts";
import { requirePositive, requireUnitInterval } from "./domain.ts";
import { normalQuantile } from "./normal.ts";
import type { Random } from "./random.ts";

/** A standard normal deviate. */
export function sampleNormal(random: Random): number {
  return normalQuantile(openUniform(random));
}

/** An exponential deviate of mean 1. */
export function sampleExponential(random: Random): number {
  return -Math.log(openUniform(random));
}

/** A gamma deviate of scale 1 (G. Marsaglia and W. W. Tsang 2000, doi:10.1145/358407.358414). */
export function sampleGamma(random: Random, shape: number): number {
  requirePositive("sample a gamma deviate", "shape", shape);
  if (shape < 1) return sampleGamma(random, shape + 1) * openUniform(random) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = sampleNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(openUniform(random)) < 0.5 * x * x + d * (1 - v + Math.log(v))) return d * v;
  }
}

/** A beta deviate. */
export function sampleBeta(random: Random, a: number, b: number): number {
  const x = sampleGamma(random, a);
  return x / (x + sampleGamma(random, b));
}

/**
 * The successes among `trials` of probability `p`. Large counts are halved at the median order statistic of uniforms,
 * which is beta (L. Devroye 1986, "Non-uniform random variate generation", X.4.3): exact, in O(log trials).
 */
export function sampleBinomial(random: Random, trials: number, p: number): number {
  requireCount("sample a binomial deviate", "trials", trials);
  requireUnitInterval("sample a binomial deviate", "p", p);
  let left = trials;
  let probability = p;
  let successes = 0;
  while (left > 40) {
    const middle = Math.floor(left / 2) + 1;
    const median = sampleBeta(random, middle, left + 1 - middle);
    if (median <= probability) {
      successes += middle;
      left -= middle;
      probability = (probability - median) / (1 - median);
    } else {
      left = middle - 1;
      probability = Math.min(1, probability / median);
    }
  }
  for (let i = 0; i < left; i += 1) if (random() < probability) successes += 1;
  return successes;
}

/**
 * A Poisson deviate. Large means are cut at a gamma waiting time (J. H. Ahrens and U. Dieter 1974,
 * doi:10.1007/BF02293108).
 */
export function samplePoisson(random: Random, mean: number): number {
  requireNumber(
    "sample a Poisson deviate",
    "mean",
    "a non-negative finite number",
    mean,
    (x) => x >= 0 && x < Infinity,
  );
  let left = mean;
  let count = 0;
  while (left > 20) {
    const events = Math.floor(0.875 * left);
    const time = sampleGamma(random, events);
    if (time > left) return count + sampleBinomial(random, events - 1, left / time);
    count += events;
    left -= time;
  }
  for (let time = sampleExponential(random); time < left; time += sampleExponential(random)) count += 1;
  return count;
}

/** Uniform in (0, 1): the centres of the 2^53 cells, or what rounds to them, never 0. */
function openUniform(random: Random): number {
  return random() + 2 ** -54;
}
