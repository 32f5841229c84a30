import { createRandom } from "../index.ts";
import type { Random } from "../index.ts";
import { murmur3 } from "./murmur3.ts";

/**
 * A repeatable source of uniform numbers, independent for every label.
 *
 * @param labels - what the stream is for; the same labels give the same numbers in every runtime
 */
export function labelledRandom(...labels: readonly (string | number)[]): Random {
  return createRandom(murmur3(labels.join("\n")));
}

/** A standard normal number: Box and Muller (1958), much faster than inverting the distribution function. */
export function fastNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
