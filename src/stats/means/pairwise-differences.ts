/**
 * The k-th smallest (k from 1) of all differences treatment - control of two sorted samples, without forming them:
 * bisects the value and counts by two pointers, then takes the difference that is nearest from below.
 */
export function pairwiseDifference(control: Float64Array, treatment: Float64Array, k: number): number {
  let low = (treatment[0] as number) - (control[control.length - 1] as number);
  let high = (treatment[treatment.length - 1] as number) - (control[0] as number);
  if (countUpTo(control, treatment, low).count >= k) return low;
  for (let step = 0; step < 1100; step += 1) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) break;
    const { count, largest } = countUpTo(control, treatment, middle);
    if (count >= k) high = largest;
    else low = middle;
  }
  return high;
}

/** How many differences are at most `bound`, and the largest of them. */
function countUpTo(
  control: Float64Array,
  treatment: Float64Array,
  bound: number,
): { readonly count: number; readonly largest: number } {
  let count = 0;
  let largest = -Infinity;
  // For larger treatments fewer controls are too small: the pointer only moves up.
  let first = 0;
  for (const value of treatment) {
    while (first < control.length && value - (control[first] as number) > bound) first += 1;
    count += control.length - first;
    if (first < control.length) largest = Math.max(largest, value - (control[first] as number));
  }
  return { count, largest };
}
