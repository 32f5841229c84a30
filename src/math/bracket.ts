/**
 * The first of start, start x factor, start x factor^2, ... at which a condition holds.
 *
 * @param holds - The condition, false up to some point and true beyond it.
 * @param start - The first point, not 0.
 * @param options - `factor`: above 1 to grow (default 2), between 0 and 1 to shrink; `limit`: points beyond it are not
 * tried, default none.
 * @returns The point, or `null` when the condition holds at none up to the limit.
 */
export function scaleUntil(
  holds: (x: number) => boolean,
  start: number,
  { factor = 2, limit = factor > 1 ? Infinity : 0 }: { readonly factor?: number; readonly limit?: number } = {},
): number | null {
  let x = start;
  while (!holds(x)) {
    x *= factor;
    const beyond = factor > 1 ? Math.abs(x) > limit : Math.abs(x) < limit;
    if (beyond || x === 0 || Math.abs(x) === Infinity) return null;
  }
  return x;
}

/** Two neighbouring points between which a condition becomes true. */
export interface Bracket {
  /** The last point at which the condition does not hold. */
  readonly near: number;
  /** The first point at which it holds. */
  readonly far: number;
}

/**
 * Walks from `start` with strides that double (step, 2 step, 4 step, ...) until a condition holds.
 *
 * @param holds - The condition, false at the start and true from some point on.
 * @param start - Where the walk begins; the condition is not tried there.
 * @param step - The first stride; a negative one walks down.
 * @param options - `strides`: how many to try, default 60; `limit`: no point beyond it is tried, default none.
 * @returns The stride in which the condition becomes true, or `null` when it holds at none of the points.
 */
export function walkUntil(
  holds: (x: number) => boolean,
  start: number,
  step: number,
  options: { readonly strides?: number; readonly limit?: number } = {},
): Bracket | null {
  const { strides = 60, limit = Math.sign(step) * Infinity } = options;
  let near = start;
  for (let k = 0, stride = step; k < strides; k += 1, stride *= 2) {
    const far = step < 0 ? Math.max(limit, near + stride) : Math.min(limit, near + stride);
    if (holds(far)) return { near, far };
    if (far === limit) return null;
    near = far;
  }
  return null;
}
