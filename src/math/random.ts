import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

/** A source of randomness: every call gives a number uniform in [0, 1) with 53 random bits. */
export type Random = () => number;

/** A seeded source: the same seed gives the same sequence on every platform (xoroshiro128+ of `pure-rand`). */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  return () => ((generator.next() >>> 5) * 67108864 + (generator.next() >>> 6)) / 9007199254740992;
}
