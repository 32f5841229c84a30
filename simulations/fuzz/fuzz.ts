import { createRandom } from "../../src/math/random.ts";
import type { Target } from "./targets.ts";

/** What a round of fuzzing came to. */
export interface FuzzResult {
  readonly target: string;
  readonly cases: number;
  readonly slowestMs: number;
}

/** A case may take so long. */
const limitMs = 1000;

/**
 * Attacks a parser with seeded cases; the first that crashes it, or takes over a second, is thrown with its seed.
 */
export async function fuzz(target: Target, cases: number, firstSeed: number): Promise<FuzzResult> {
  let slowestMs = 0;
  for (let i = 0; i < cases; i++) {
    const seed = firstSeed + i;
    const began = performance.now();
    try {
      await target.run(createRandom(seed));
    } catch (error) {
      throw new Error(`${target.name}: seed ${seed} fails: ${(error as Error).message}`, { cause: error });
    }
    const took = performance.now() - began;
    if (took > limitMs && (await again(target, seed)) > limitMs)
      throw new Error(`${target.name}: seed ${seed} takes ${Math.round(took)} ms`);
    slowestMs = Math.max(slowestMs, took);
  }
  return { target: target.name, cases, slowestMs };
}

/** A second measurement, so that a busy machine is not taken for a slow parser. */
async function again(target: Target, seed: number): Promise<number> {
  const began = performance.now();
  await target.run(createRandom(seed));
  return performance.now() - began;
}
