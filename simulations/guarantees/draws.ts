import type { Random } from "../../src/math/random.ts";

/**
 * Events among `trials` of probability `p`, by inversion: fast while few events are expected (trials x p below about
 * 50).
 */
export function drawEvents(random: Random, trials: number, p: number): number {
  const odds = p / (1 - p);
  let probability = Math.exp(trials * Math.log1p(-p));
  let u = random() - probability;
  let events = 0;
  while (u >= 0 && events < trials) {
    probability *= ((trials - events) / (events + 1)) * odds;
    events++;
    u -= probability;
  }
  return events;
}

/** Standard normal deviates by the polar method (G. Marsaglia, T. Bray 1964, doi:10.1137/1006063). */
export function normalDraws(random: Random): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const x = 2 * random() - 1;
      const y = 2 * random() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      spare = y * scale;
      return x * scale;
    }
  };
}

/** Draws positions with given weights in constant time (A. Walker 1977, doi:10.1145/355744.355749). */
export function weightedDraws(weights: Float64Array): (random: Random) => number {
  const size = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = weights.map((weight) => (weight * size) / total);
  const alias = new Int32Array(size);
  const small: number[] = [];
  const large: number[] = [];
  share.forEach((value, i) => (value < 1 ? small : large).push(i));
  while (small.length > 0 && large.length > 0) {
    const less = small.pop() as number;
    const more = large[large.length - 1] as number;
    alias[less] = more;
    share[more] = (share[more] as number) + (share[less] as number) - 1;
    if ((share[more] as number) < 1) small.push(large.pop() as number);
  }
  for (const i of [...small, ...large]) share[i] = 1;
  return (random) => {
    const u = random() * size;
    const i = Math.floor(u);
    return u - i < (share[i] as number) ? i : (alias[i] as number);
  };
}
