import { MAX_SCALE, MIN_SCALE } from "./bucket-index.ts";
import { BucketWindow } from "./bucket-window.ts";
import { ExactSum } from "./exact-sum.ts";

/** Room for normal latencies at scale 7: 32 doublings, from a microsecond to an hour. */
export const DEFAULT_MAX_BUCKETS = 4096;
/** At the coarsest scale every double fits in 3 buckets. */
export const LEAST_MAX_BUCKETS = 4;
export const GREATEST_MAX_BUCKETS: number = 2 ** 20;

/** The contents of a sketch, which its operations share. */
export interface SketchState {
  scale: number;
  maxBuckets: number;
  positive: BucketWindow;
  /** Buckets of the magnitudes of negative values. */
  negative: BucketWindow;
  zeroCount: number;
  /**
   * The zero bucket holds the values of at most this magnitude; 0 unless the sketch was decoded from a format that has
   * a wider one.
   */
  zeroThreshold: number;
  infinityCount: number;
  negativeInfinityCount: number;
  count: number;
  /** Infinity when empty. */
  min: number;
  /** -Infinity when empty. */
  max: number;
  extremesExact: boolean;
  /** Sum of the finite values; undefined when a source had none. */
  sum: ExactSum | undefined;
}

export function emptyState(scale: number, maxBuckets: number): SketchState {
  return {
    scale,
    maxBuckets,
    positive: new BucketWindow(),
    negative: new BucketWindow(),
    zeroCount: 0,
    zeroThreshold: 0,
    infinityCount: 0,
    negativeInfinityCount: 0,
    count: 0,
    min: Infinity,
    max: -Infinity,
    extremesExact: true,
    sum: new ExactSum(),
  };
}

export function cloneState(state: SketchState): SketchState {
  return { ...state, positive: state.positive.clone(), negative: state.negative.clone(), sum: state.sum?.clone() };
}

export function isScale(scale: number): boolean {
  return Number.isInteger(scale) && scale >= MIN_SCALE && scale <= MAX_SCALE;
}

export function isMaxBuckets(maxBuckets: number): boolean {
  return Number.isInteger(maxBuckets) && maxBuckets >= LEAST_MAX_BUCKETS && maxBuckets <= GREATEST_MAX_BUCKETS;
}

/** Makes a sketch coarser; exact, because each bucket lies in one bucket of every coarser scale. */
export function scaleDownTo(state: SketchState, scale: number): void {
  const steps = state.scale - scale;
  if (steps === 0) return;
  state.positive = state.positive.coarser(steps);
  state.negative = state.negative.coarser(steps);
  state.scale = scale;
}
