import type { Verdict } from "../decision/decision.ts";
import type { EffectPicture } from "./pictures/effect-scale.ts";

/** A decision in words and figures, ready to be set as text, Markdown or HTML. */
export interface Report {
  readonly decision: Verdict;
  readonly comparisons: readonly ComparisonReport[];
  /** What the intervals promise. */
  readonly promise: string;
  readonly checks: readonly string[];
  readonly warnings: readonly string[];
}

/** One treatment against the control. */
export interface ComparisonReport {
  readonly decision: Verdict;
  readonly control: string;
  readonly treatment: string;
  /** One sentence that says what to do. */
  readonly headline: string;
  /** Why, one sentence each, most important first. */
  readonly because: readonly string[];
  readonly rows: readonly MetricRow[];
  /** Levels and improvements of everything that was measured, one sentence each. */
  readonly compared: readonly string[];
  /** What more data would bring, or undefined. */
  readonly next: string | undefined;
}

/** One metric. */
export interface MetricRow {
  readonly metric: string;
  readonly control: string;
  readonly treatment: string;
  readonly effect: string;
  /** Two-sided, at the level of the promise. */
  readonly interval: string;
  /** The one-sided bound that decides, against what is allowed; empty for a metric that decides nothing. */
  readonly decides: string;
  readonly verdict: string;
  /** The same effect as numbers, to be drawn; undefined when it could not be computed. */
  readonly picture?: EffectPicture | undefined;
  /**
   * The effect at the end of each period, where the trajectory is known; a point that could not be computed is
   * undefined.
   */
  readonly sequence?: readonly (EffectPicture | undefined)[] | undefined;
}
