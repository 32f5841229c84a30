import { cannot } from "../../../errors.ts";

/**
 * A null hypothesis about two proportions that is a straight line: treatment = control + difference, or treatment =
 * ratio x control.
 */
export type NullLine = { readonly difference: number } | { readonly ratio: number };

/**
 * The line of a null hypothesis in the square of two proportions, parametrised by the control's proportion x:
 * the treatment's is `slope * x + intercept`, for x in (lower, upper).
 */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * Checks a null hypothesis and turns it into a line. @throws {RangeError} for a difference outside (-1, 1) or a ratio
 * that is not positive.
 */
export function lineOf(action: string, nullEffect: NullLine): Line {
  if ("difference" in nullEffect) {
    const d = nullEffect.difference;
    if (!(Math.abs(d) < 1))
      throw new RangeError(cannot(action, "nullEffect.difference", "strictly between -1 and 1", d));
    return { slope: 1, intercept: d, lower: Math.max(0, -d), upper: Math.min(1, 1 - d) };
  }
  const r = nullEffect.ratio;
  if (!(r > 0 && Number.isFinite(r)))
    throw new RangeError(cannot(action, "nullEffect.ratio", "a positive finite number", r));
  return { slope: r, intercept: 0, lower: 0, upper: Math.min(1, 1 / r) };
}

/**
 * The point of the line at which the two arms together have the proportion `pooled`; kept a millionth inside the
 * square.
 */
export function basePoint(line: Line, pooled: number, treatmentShare: number): number {
  const margin = Math.min(1e-6, (line.upper - line.lower) / 4);
  const x = (pooled - treatmentShare * line.intercept) / (1 - treatmentShare + treatmentShare * line.slope);
  return Math.min(Math.max(x, line.lower + margin), line.upper - margin);
}

/**
 * The Kullback-Leibler projection of a pair of proportions onto the line: the control proportion x that maximises the
 * expected log-likelihood of `controlTrials` and `treatmentTrials` requests.
 */
export function projectOntoLine(
  line: Line,
  control: number,
  controlTrials: number,
  treatment: number,
  treatmentTrials: number,
): number {
  const { slope, intercept, lower, upper } = line;
  const trials = controlTrials + treatmentTrials;
  if (intercept === 0) {
    if (slope === 1) return (controlTrials * control + treatmentTrials * treatment) / trials;
    const successes = controlTrials * control + treatmentTrials * treatment;
    const b = successes * (1 + slope) + controlTrials * (1 - control) + treatmentTrials * (1 - treatment) * slope;
    return Math.min(upper, (2 * successes) / (b + Math.sqrt(Math.max(0, b * b - 4 * trials * slope * successes))));
  }
  if (scoreAt(lower, intercept, control, controlTrials, treatment, treatmentTrials) <= 0) return lower;
  if (scoreAt(upper, intercept, control, controlTrials, treatment, treatmentTrials) >= 0) return upper;
  // Slope 1: Newton steps on the score, which decreases in x, kept inside a shrinking bracket.
  let low = lower;
  let high = upper;
  let x = (controlTrials * control + treatmentTrials * (treatment - intercept)) / trials;
  for (let step = 0; step < 100; step++) {
    if (!(x > low && x < high)) x = (low + high) / 2;
    const y = x + intercept;
    const inControl = x * (1 - x);
    const inTreatment = y * (1 - y);
    const score = (controlTrials * (control - x)) / inControl + (treatmentTrials * (treatment - y)) / inTreatment;
    if (score > 0) low = x;
    else high = x;
    const slopeOfScore =
      -controlTrials * (1 / inControl + ((control - x) * (1 - 2 * x)) / (inControl * inControl)) -
      treatmentTrials * (1 / inTreatment + ((treatment - y) * (1 - 2 * y)) / (inTreatment * inTreatment));
    const next = x - score / slopeOfScore;
    // Newton converges quadratically: a step this small lands on the root to the last digits.
    if (Math.abs(next - x) <= 1e-8 * Math.min(inControl, inTreatment) || high - low <= 4e-16 * high) {
      return next > lower && next < upper ? next : x;
    }
    x = next;
  }
  return x > low && x < high ? x : (low + high) / 2;
}

/** Slope of the expected log-likelihood along a line of slope 1, also at the edges of the square. */
function scoreAt(
  x: number,
  intercept: number,
  control: number,
  controlTrials: number,
  treatment: number,
  treatmentTrials: number,
): number {
  return (
    over(controlTrials * control, x) -
    over(controlTrials * (1 - control), 1 - x) +
    over(treatmentTrials * treatment, x + intercept) -
    over(treatmentTrials * (1 - treatment), 1 - x - intercept)
  );
}

/** Share of the score: nothing where there are no counts, also at the edge of the square. */
function over(count: number, proportion: number): number {
  return count === 0 ? 0 : count / Math.max(0, proportion);
}
