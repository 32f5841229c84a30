import { solveIncreasing } from "../../math/root.ts";
import { failures, type ProportionCounts } from "./counts.ts";

/** Success and failure rates of one arm, each to full relative accuracy. */
export interface FittedRates {
  readonly success: number;
  readonly failure: number;
}

/** The most likely rates of both arms under a constraint. */
export interface ConstrainedFit {
  readonly control: FittedRates;
  readonly treatment: FittedRates;
}

/** Fits both arms under "treatment - control = difference", |difference| < 1. */
export function fitUnderDifference(
  control: ProportionCounts,
  treatment: ProportionCounts,
  difference: number,
): ConstrainedFit {
  const [smaller, larger] = difference >= 0 ? [control, treatment] : [treatment, control];
  const d = Math.abs(difference);
  const total = smaller.trials + larger.trials;
  if (d === 0) {
    const successes = smaller.successes + larger.successes;
    const common = { success: successes / total, failure: (total - successes) / total };
    return { control: common, treatment: common };
  }
  const [xs, fs, xl, fl] = [smaller.successes, failures(smaller), larger.successes, failures(larger)];
  const width = 1 - d;
  // The smaller success rate and the larger arm's failure rate share 1 - d; unknown is the logit of how.
  const fit = (low: number, lowFailure: number): ConstrainedFit => {
    const small = { success: low, failure: lowFailure + d };
    const large = { success: low + d, failure: lowFailure };
    return difference >= 0 ? { control: small, treatment: large } : { control: large, treatment: small };
  };
  if (xs === 0 && xl / d <= fs + fl / width) return fit(0, width);
  if (fl === 0 && fs / d <= xl + xs / width) return fit(width, 0);
  const logit = solveIncreasing(
    (t) => {
      const a = width * logistic(t);
      const b = width * logistic(-t);
      const value = fl * a + (fs * a * b) / (b + d) - xs * b - (xl * a * b) / (a + d);
      const slope =
        (a * b * a * b * (xs / (a * a) + fs / ((b + d) * (b + d)) + xl / ((a + d) * (a + d)) + fl / (b * b))) / width;
      return [value, slope];
    },
    start(xs + xl + 0.5, fs + fl + 0.5),
  );
  return fit(width * logistic(logit), width * logistic(-logit));
}

/** Fits both arms under "treatment / control = ratio", ratio > 0. */
export function fitUnderRatio(control: ProportionCounts, treatment: ProportionCounts, ratio: number): ConstrainedFit {
  const [smaller, larger] = ratio <= 1 ? [treatment, control] : [control, treatment];
  const r = ratio <= 1 ? ratio : 1 / ratio;
  const gap = ratio <= 1 ? 1 - ratio : (ratio - 1) / ratio;
  const successes = smaller.successes + larger.successes;
  const [fs, fl] = [failures(smaller), failures(larger)];
  const fit = (high: number, highFailure: number): ConstrainedFit => {
    const small = { success: r * high, failure: gap + r * highFailure };
    const large = { success: high, failure: highFailure };
    return ratio <= 1 ? { control: large, treatment: small } : { control: small, treatment: large };
  };
  if (successes === 0) return fit(0, 1);
  if (fl === 0 && (gap === 0 ? fs === 0 : (fs * r) / gap <= successes)) return fit(1, 0);
  const logit = solveIncreasing(
    (t) => {
      const u = logistic(t);
      const q = logistic(-t);
      const qs = gap + r * q;
      const value = fl * u + (fs * r * u * q) / qs - successes * q;
      const slope = u * q * u * q * (successes / (u * u) + fl / (q * q) + (fs * r * r) / (qs * qs));
      return [value, slope];
    },
    start(successes + 0.5, fl + fs + 0.5),
  );
  return fit(logistic(logit), logistic(-logit));
}

/** Fits both arms under "odds of treatment / odds of control = exp(lnOddsRatio)": the margins stay as observed. */
export function fitUnderOddsRatio(
  control: ProportionCounts,
  treatment: ProportionCounts,
  lnOddsRatio: number,
): ConstrainedFit {
  const successes = control.successes + treatment.successes;
  const failed = failures(control) + failures(treatment);
  if (successes === 0) return same({ success: 0, failure: 1 });
  if (failed === 0) return same({ success: 1, failure: 0 });
  const logit = solveIncreasing(
    (t) => {
      const c = { p: logistic(t), q: logistic(-t) };
      const u = { p: logistic(t + lnOddsRatio), q: logistic(-t - lnOddsRatio) };
      const slope = control.trials * c.p * c.q + treatment.trials * u.p * u.q;
      // Expected minus observed successes; each arm counts from the side where its rate is small, so that nothing
      // cancels.
      const whole = (c.p < 0.5 ? 0 : control.trials) + (u.p < 0.5 ? 0 : treatment.trials) - successes;
      const value = whole + control.trials * (c.p < 0.5 ? c.p : -c.q) + treatment.trials * (u.p < 0.5 ? u.p : -u.q);
      return [value, slope];
    },
    start(successes, failed),
  );
  return {
    control: { success: logistic(logit), failure: logistic(-logit) },
    treatment: { success: logistic(logit + lnOddsRatio), failure: logistic(-logit - lnOddsRatio) },
  };
}

function same(rates: FittedRates): ConstrainedFit {
  return { control: rates, treatment: rates };
}

function start(successes: number, failed: number): number {
  return Math.log(successes / failed);
}

function logistic(t: number): number {
  return t < 0 ? Math.exp(t) / (1 + Math.exp(t)) : 1 / (1 + Math.exp(-t));
}
