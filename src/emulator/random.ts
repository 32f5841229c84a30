import { murmur3 } from "./murmur3.ts";

/** A source of uniform numbers in [0, 1). */
export type Uniform = () => number;

/**
 * A repeatable source of uniform numbers, independent for every label.
 *
 * @param labels what the stream is for; the same labels give the same numbers in every runtime
 * Source: Steele, Lea and Flood (2014), SplitMix, doi:10.1145/2660193.2660195, in its 32-bit form.
 */
export function seededUniform(...labels: readonly (string | number)[]): Uniform {
  let state = murmur3(labels.join("\n"));
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** A standard normal number (Box and Muller, 1958). */
export function normal(uniform: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** An exponential number with mean 1. */
export function exponential(uniform: Uniform): number {
  return -Math.log(1 - uniform());
}
