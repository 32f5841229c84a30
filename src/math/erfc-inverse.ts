import { requireNumber } from "../errors.ts";
import { normalLogQuantile, normalQuantile } from "./normal.ts";

/** The x with erfc(x) = y, for y in [0, 2]; exact for every tiny y that a double holds. */
export function erfcInverse(y: number): number {
  requireNumber("invert erfc", "y", "in [0, 2]", y, (value) => value >= 0 && value <= 2);
  return -Math.SQRT1_2 * (y < 0.25 ? normalLogQuantile(Math.log(y) - Math.LN2) : normalQuantile(y / 2));
}
