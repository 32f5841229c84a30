import { normalLogSurvival } from "../../math/normal.ts";
import { type Arms, armsOf, type RecordVariance } from "./cluster-totals.ts";
import { type NoiseModel, noisePosterior, type NoisePrior, type SliceLevel } from "./noise-models.ts";
import { type ArmSeries, joinNeighbours, sliceLevel, type SliceSeries } from "./slice-series.ts";
import type { VarianceCorrection } from "./variance-correction.ts";

/** What slices of time say about how requests depend on each other. */
export interface SliceCorrection {
  readonly correction: VarianceCorrection;
  /** The noise models and how probable they are, the one without dependence first. */
  readonly models: readonly NoiseModel[];
  /** Slices that hold records. */
  readonly slices: number;
  /** Mean correlation length of the models with dependence, in widths of a slice. */
  readonly length: number;
  /** Whether dependence, if any, is short against the time seen. */
  readonly resolved: boolean;
  /** Whether requests of one arm were found to behave alike within slices. */
  readonly found: boolean;
}

/** How slices are judged. */
export interface SliceOptions {
  /** `events` for a share, whose events (failures, slow requests) are rare; `records` for a mean. */
  readonly counted: "events" | "records";
  /** What is held probable before the slices are seen. */
  readonly prior: NoisePrior;
}

/** With fewer slices nothing can be said of their correlation. */
export const fewestSlices = 8;

/** Fewer records of an arm say nothing of their variance. */
const fewestRecords = 4;

/**
 * How much does dependence within slices of time inflate the variance of an effect?
 *
 * Differences of neighbouring slices, at every width from the narrowest to the widest, show how much more they vary
 * than independent requests would; a grid of noise models is weighed by them. The correction is the mixture of these
 * models. Constants are calibrated by simulation (docs/guarantees.md).
 *
 * @param series - by epoch and slice, in order of time.
 * @param varianceOf - of a single record.
 * @param arms - `both` for an effect, one arm for its level.
 * @param options - what is counted, and what is held probable beforehand.
 * @returns the correction; `null` with fewer than 8 slices or 4 records of an arm, which say nothing.
 *
 * Asymptotic in the number of slices.
 */
export function sliceCorrection(
  series: SliceSeries,
  varianceOf: RecordVariance,
  arms: Arms,
  { counted, prior }: SliceOptions,
): SliceCorrection | null {
  if (armsOf(arms).some((arm) => recordsOf(series[arm]) < fewestRecords)) return null;
  const levels: SliceLevel[] = [];
  const events: number[] = [];
  const allEvents = eventsIn(series, varianceOf, counted);
  for (let own = series; ; own = joinNeighbours(own)) {
    const level = sliceLevel(own, varianceOf, arms);
    if (level === null) break;
    levels.push(level);
    events.push(allEvents / own.key.length);
    if (own.key.length <= fewestSlices) break;
  }
  const first = levels[0];
  if (first === undefined || first.slices < fewestSlices) return null;
  const records = recordsOf(series.control) + recordsOf(series.treatment);
  const models = noisePosterior(levels, prior);
  const dependent = models.slice(1);
  const weight = dependent.reduce((sum, model) => sum + model.weight, 0);
  const longest = [...new Set(dependent.map(({ length }) => length))].sort((a, b) => a - b).slice(-2);
  const long = dependent.reduce((sum, model) => sum + (longest.includes(model.length) ? model.weight : 0), 0);
  return {
    correction: models
      .filter((model, index) => index === 0 || model.weight > leastWeight)
      .map(({ weight: own, factor }) => ({ weight: own, factor, degreesOfFreedom: Infinity })),
    models,
    slices: series.key.length,
    length:
      weight > 0 ? Math.exp(dependent.reduce((sum, own) => sum + own.weight * Math.log(own.length), 0) / weight) : 0,
    resolved: long <= mostUnresolved,
    found: dependenceFound(levels, events, records),
  };
}

/** Models that are less probable than this change no claim at any level that a policy asks for. */
const leastWeight = 1e-12;

/** More weight than this on the two longest correlation lengths: dependence lasts longer than the data can tell. */
const mostUnresolved = 0.25;

/** Records of both arms, or the events among them; the same at every width. */
function eventsIn(
  { epoch, control, treatment }: SliceSeries,
  varianceOf: RecordVariance,
  counted: "events" | "records",
): number {
  return epoch.reduce((sum, own, i) => {
    const [c, t] = [control.n[i] as number, treatment.n[i] as number];
    return sum + (counted === "records" ? c + t : c * varianceOf("control", own) + t * varianceOf("treatment", own));
  }, 0);
}

function recordsOf({ n }: ArmSeries): number {
  return n.reduce((sum, own) => sum + own, 0);
}

/** Fewer events (failures, slow requests) in a slice say nothing of how they come together. */
const fewestEvents = 4;

/** Chance of ever finding dependence where there is none. */
const falseAlarms = 0.01;

/**
 * Do requests of one arm behave alike within slices? The largest excess of variance over all widths, by the chi-square
 * distribution (E. B. Wilson and M. M. Hilferty 1931, doi:10.1073/pnas.17.12.684); alpha is spent over doublings of the
 * number of records, so that looking again costs nothing.
 */
function dependenceFound(levels: readonly SliceLevel[], events: readonly number[], records: number): boolean {
  const doublings = Math.max(1, Math.floor(Math.log2(Math.max(2, records))));
  const tried = levels.filter(
    ({ slices }, index) => index > 0 && slices >= fewestSlices && (events[index] as number) >= fewestEvents,
  );
  const least = Math.min(
    Infinity,
    ...tried.map(({ ratio, degreesOfFreedom }) => normalLogSurvival(wilsonHilferty(ratio, degreesOfFreedom))),
  );
  return least + Math.log(tried.length) < Math.log(falseAlarms / (doublings * (doublings + 1)));
}

function wilsonHilferty(ratio: number, degreesOfFreedom: number): number {
  const step = 2 / (9 * degreesOfFreedom);
  return (Math.cbrt(ratio) - (1 - step)) / Math.sqrt(step);
}
