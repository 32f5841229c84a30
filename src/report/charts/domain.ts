/** The stretch of an axis. */
export type Domain = readonly [low: number, high: number];

/**
 * An axis that shows all of `core` and as much of `wide` as leaves the core legible: at most three times its stretch on
 * either side.
 */
export function domainAround(core: readonly number[], wide: readonly number[] = []): Domain {
  const inside = core.filter(Number.isFinite);
  const low = Math.min(...inside);
  const high = Math.max(...inside);
  if (inside.length === 0) return [-1, 1];
  const stretch = high - low || Math.abs(high) || 1;
  const reach = wide.filter((value) => value >= low - 3 * stretch && value <= high + 3 * stretch);
  const [first, last] = [Math.min(low, ...reach), Math.max(high, ...reach)];
  const room = 0.06 * (last - first || Math.abs(first) || 1);
  return [first - room, last + room];
}
