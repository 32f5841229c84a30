import type { Interval } from "./interval.ts";

/** Which parameter values speak for the alternative; effects are treatment - control or treatment / control. */
export type Alternative = "two-sided" | "less" | "greater";

/** How far the stated error rate can be trusted at a fixed sample size, looked at once. */
export type FixedGuarantee = "exact" | "asymptotic";

/** An estimate with its interval. */
export interface IntervalResult {
  readonly computable: true;
  /** Stable id of the method, kebab-case. */
  readonly method: string;
  readonly guarantee: FixedGuarantee;
  /** What must hold for the guarantee, one sentence each. */
  readonly assumptions: readonly string[];
  readonly estimate: number;
  /** Confidence interval of `estimate` at `level`; one-sided alternatives leave one end unbounded. */
  readonly interval: Interval;
  readonly level: number;
  /** Method of the interval, where the test has none of its own. */
  readonly intervalMethod?: string;
}

/** An estimate with its interval and a test of `nullValue`. */
export interface TestResult extends IntervalResult {
  readonly alternative: Alternative;
  /** The value of the parameter under the null hypothesis. */
  readonly nullValue: number;
  readonly statistic: number;
  readonly pValue: number;
  /** Natural logarithm of the p-value, which does not underflow. */
  readonly lnPValue: number;
}

/** A test on Student's t distribution. */
export interface TTestResult extends TestResult {
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/** What every test takes. */
export interface TestOptions {
  /** Default `"two-sided"`. */
  readonly alternative?: Alternative;
  /** Confidence level of the interval, in (0, 1); default 0.95. */
  readonly level?: number;
}
