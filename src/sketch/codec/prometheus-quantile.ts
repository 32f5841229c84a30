import { type NotComputable, notComputable, requireNumber } from "../../errors.ts";
import { ExplicitHistogram } from "../explicit-histogram.ts";
import type { Histogram } from "../histogram.ts";

/**
 * What would Prometheus' `histogram_quantile(q, ...)` show for this histogram? For comparing with dashboards;
 * `quantile` gives the bracket that is certain.
 *
 * Interpolates inside the bucket: exponentially in base-2 buckets, linearly in the zero bucket and in buckets with
 * chosen boundaries. The outermost buckets count as narrowed to the extremes where those are known.
 *
 * @param q - a number from 0 to 1
 * @throws {RangeError} when q is not from 0 to 1.
 */
export function prometheusQuantile(histogram: Histogram, q: number): number | NotComputable {
  requireNumber("compute a quantile", "q", "a number from 0 to 1", q, (x) => x >= 0 && x <= 1);
  const { count: n } = histogram;
  if (n === 0) return notComputable("no-data", "a quantile of no values");
  const { lower, upper, count } = histogram.bins();
  const fromBelow = q < 0.5;
  const target = fromBelow ? q * n : (1 - q) * n;
  const last = count.length - 1;
  let i = fromBelow ? 0 : last;
  let seen = count[i] as number;
  while (seen < target && (fromBelow ? i < last : i > 0)) {
    i += fromBelow ? 1 : -1;
    seen += count[i] as number;
  }
  const values = count[i] as number;
  const fraction = (fromBelow ? target - (seen - values) : seen - target) / values;
  let from = lower[i] as number;
  let to = upper[i] as number;
  if (histogram instanceof ExplicitHistogram) {
    if (from === -Infinity && to <= 0) return to;
    if (from === -Infinity) from = 0;
    if (to === Infinity) return from;
    return from + (to - from) * fraction;
  }
  if (from <= 0 && to >= 0) {
    if (i === 0 && last > 0) from = 0;
    else if (i === last && last > 0) to = 0;
    return from + (to - from) * fraction;
  }
  return from > 0 ? from * (to / from) ** fraction : to * (from / to) ** (1 - fraction);
}
