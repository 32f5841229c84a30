import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A source of randomness: every call gives a number uniform in [0, 1) with 53 random bits. */
export type Random = () => number;

/**
 * A seeded source: the same seed gives the same sequence on every platform (xoroshiro128+ of `pure-rand`), and
 * neighbouring seeds give unrelated ones.
 */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(scattered(seed));
  return () => ((generator.next() >>> 5) * 67108864 + (generator.next() >>> 6)) / 9007199254740992;
}

/**
 * The generator is linear in its seed, so streams of neighbouring seeds would be correlated: this is the finaliser of
 * MurmurHash3 (Austin Appleby, 2011), a bijection of 32 bits.
 */
function scattered(seed: number): number {
  let bits = seed | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
