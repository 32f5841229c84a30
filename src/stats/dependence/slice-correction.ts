import { normalLogSurvival } from "../../math/normal.ts";
import { type Arms, armsOf, type ClusterContribution, deviationsOf, type RecordVariance } from "./cluster-totals.ts";
import { type NoiseModel, noisePosterior, type NoisePrior, type SliceLevel } from "./noise-models.ts";
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
 * @param contributions - by epoch and slice, keys whole numbers that ascend with time.
 * @param varianceOf - of a single record.
 * @param arms - `both` for an effect, one arm for its level.
 * @param options - what is counted, and what is held probable beforehand.
 * @returns the correction; `null` with fewer than 8 slices or 4 records of an arm, which say nothing.
 *
 * Asymptotic in the number of slices.
 */
export function sliceCorrection(
  contributions: readonly ClusterContribution[],
  varianceOf: RecordVariance,
  arms: Arms,
  { counted, prior }: SliceOptions,
): SliceCorrection | null {
  if (armsOf(arms).some((arm) => contributions.reduce((sum, own) => sum + own[arm].n, 0) < fewestRecords)) return null;
  const levels: SliceLevel[] = [];
  const events: number[] = [];
  for (let own = contributions; ; own = joinNeighbours(own)) {
    const level = levelOf(own, varianceOf, arms);
    if (level === null) break;
    levels.push(level);
    events.push(eventsIn(own, varianceOf, counted) / own.length);
    if (own.length <= fewestSlices) break;
  }
  const first = levels[0];
  if (first === undefined || first.slices < fewestSlices) return null;
  const records = contributions.reduce((sum, { control, treatment }) => sum + control.n + treatment.n, 0);
  const models = noisePosterior(levels, prior);
  const dependent = models.slice(1);
  const weight = dependent.reduce((sum, model) => sum + model.weight, 0);
  const longest = [...new Set(dependent.map(({ length }) => length))].sort((a, b) => a - b).slice(-2);
  const long = dependent.reduce((sum, model) => sum + (longest.includes(model.length) ? model.weight : 0), 0);
  return {
    correction: models.map(({ weight: own, factor }) => ({ weight: own, factor, degreesOfFreedom: Infinity })),
    models,
    slices: contributions.length,
    length:
      weight > 0 ? Math.exp(dependent.reduce((sum, own) => sum + own.weight * Math.log(own.length), 0) / weight) : 0,
    resolved: long <= mostUnresolved,
    found: dependenceFound(levels, events, records),
  };
}

/** More weight than this on the two longest correlation lengths: dependence lasts longer than the data can tell. */
const mostUnresolved = 0.25;

function levelOf(
  contributions: readonly ClusterContribution[],
  varianceOf: RecordVariance,
  arms: Arms,
): SliceLevel | null {
  const { clusters, expected } = deviationsOf(contributions, varianceOf, arms);
  if (clusters.length < 2 || !(expected > 0)) return null;
  const squares = clusters.reduce((sum, { deviation }) => sum + deviation ** 2, 0);
  const variance = clusters.reduce((sum, own) => sum + own.variance, 0);
  const varianceSquares = clusters.reduce((sum, own) => sum + own.variance ** 2, 0);
  const slices = variance ** 2 / varianceSquares;
  if (!Number.isFinite(squares / expected) || !Number.isFinite(slices)) return null;
  const epochs = new Set(contributions.map(({ epoch }) => epoch)).size * (arms === "apart" ? 2 : 1);
  return { ratio: squares / expected, slices, degreesOfFreedom: Math.max(0, slices - epochs) };
}

function eventsIn(
  contributions: readonly ClusterContribution[],
  varianceOf: RecordVariance,
  counted: "events" | "records",
): number {
  return contributions.reduce(
    (sum, { epoch, control, treatment }) =>
      sum +
      (counted === "records"
        ? control.n + treatment.n
        : control.n * varianceOf("control", epoch) + treatment.n * varianceOf("treatment", epoch)),
    0,
  );
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

/** Slices joined in pairs, within each epoch. */
export function joinNeighbours(contributions: readonly ClusterContribution[]): ClusterContribution[] {
  const wide: ClusterContribution[] = [];
  for (const slice of contributions) {
    const key = Math.floor((slice.key as number) / 2);
    const last = wide[wide.length - 1];
    if (last === undefined || last.key !== key || last.epoch !== slice.epoch) {
      wide.push({ ...slice, key });
      continue;
    }
    wide[wide.length - 1] = {
      epoch: slice.epoch,
      key,
      control: { n: last.control.n + slice.control.n, total: last.control.total + slice.control.total },
      treatment: { n: last.treatment.n + slice.treatment.n, total: last.treatment.total + slice.treatment.total },
    };
  }
  return wide;
}
