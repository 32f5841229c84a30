import { logSumExp } from "../../math/log-sum-exp.ts";

/** The slices of one width. */
export interface SliceLevel {
  /** Variance between slices over what independence predicts. */
  readonly ratio: number;
  /** Effective number of slices. */
  readonly slices: number;
  readonly degreesOfFreedom: number;
}

/** Noise of one arm that requests share for a while. */
export interface NoiseModel {
  /** Posterior probability. */
  readonly weight: number;
  /** Variance of the effect over what independence predicts, at least 1. */
  readonly factor: number;
  /** How long noise lasts, in widths of the narrowest slice; 0 for the model without any. */
  readonly length: number;
}

/** What is held probable before the slices are seen. */
export interface NoisePrior {
  /** Probability that requests are independent. */
  readonly independent: number;
  /**
   * What another metric of the same requests showed, and how probable it is that this one is spared what that one
   * suffers.
   */
  readonly pilot?: { readonly models: readonly NoiseModel[]; readonly spared: number } | undefined;
}

/** Long-run excess variances of the grid, and how probable they are relative to each other. */
const excesses = Array.from({ length: 11 }, (_, k) => 0.5 * 2 ** k);
const excessWeights = excesses.map((excess) => excess ** -0.25);
const excessTotal = excessWeights.reduce((sum, own) => sum + own, 0);

/** Share of noise of length 1 that is left in the mean over a time x. */
function remaining(x: number): number {
  return x < 1e-4 ? x / 2 : 1 - -Math.expm1(-x) / x;
}

interface Contrast {
  readonly degreesOfFreedom: number;
  readonly ratio: number;
}

/**
 * How probable is each noise model?
 *
 * What slices of one width vary more than those of twice the width gives, for each width, a nearly independent ratio of
 * variances; its likelihood under a model is that of a chi-square variable. A model is noise with exponentially fading
 * correlation: a length on a grid of doublings up to an eighth of the time seen, and a long-run excess of variance.
 *
 * @param levels - narrowest slices first, each next of twice the width.
 * @param prior - before the slices are seen; lengths that another metric showed may be taken over.
 * @returns the models, the one without dependence first; weights add up to 1.
 */
export function noisePosterior(levels: readonly SliceLevel[], prior: NoisePrior): NoiseModel[] {
  const slices = (levels[0] as SliceLevel).slices;
  const contrasts = contrastsOf(levels);
  const lengths = lengthsOf(slices);
  const { none, ofLength } = priorWeights(prior, lengths);
  const flat = contrasts.reduce((sum, { degreesOfFreedom, ratio }) => sum + degreesOfFreedom * ratio, 0);
  const found = [{ ln: Math.log(none) - 0.5 * flat, factor: 1, length: 0 }];
  for (const [index, exponent] of lengths.entries()) {
    // How much of the long-run excess the difference of two neighbours shows, at each width.
    const shown = contrasts.map(
      (_, level) => 2 * remaining(2 ** (level - exponent)) - remaining(2 ** (level - exponent + 1)),
    );
    const left = remaining(slices / 2 ** exponent);
    for (const [at, excess] of excesses.entries()) {
      let misfit = 0;
      for (let level = 0; level < contrasts.length; level++) {
        const { degreesOfFreedom, ratio } = contrasts[level] as Contrast;
        if (degreesOfFreedom === 0) continue;
        const expected = 1 + excess * (shown[level] as number);
        misfit += degreesOfFreedom * (Math.log(expected) + ratio / expected);
      }
      const share = (excessWeights[at] as number) / excessTotal;
      found.push({
        ln: Math.log(ofLength[index] as number) + Math.log(share) - 0.5 * misfit,
        factor: 1 + excess * left,
        length: 2 ** exponent,
      });
    }
  }
  const total = logSumExp(found.map(({ ln }) => ln));
  return found.map(({ ln, factor, length }) => ({ weight: Math.exp(ln - total), factor, length }));
}

/** Exponents of 2 of the correlation lengths, in widths of a slice. */
function lengthsOf(slices: number): number[] {
  const longest = Math.max(-1, Math.floor(Math.log2(slices) - 3));
  return Array.from({ length: longest + 2 }, (_, i) => i - 1);
}

function priorWeights(
  { independent, pilot }: NoisePrior,
  lengths: readonly number[],
): { readonly none: number; readonly ofLength: readonly number[] } {
  const even = (1 - independent) / lengths.length;
  if (pilot === undefined) return { none: independent, ofLength: lengths.map(() => even) };
  const { models, spared } = pilot;
  const none = models[0]?.weight ?? 1;
  // Lengths that the other metric saw and this one has no place for count as the nearest.
  const [least, most] = [lengths[0] as number, lengths.at(-1) as number];
  const seen = lengths.map(() => 0);
  for (const { weight, length } of models.slice(1)) {
    const exponent = Math.min(most, Math.max(least, Math.round(Math.log2(length))));
    seen[exponent - least] = (seen[exponent - least] as number) + weight;
  }
  return {
    none: none * independent + (1 - none) * spared,
    ofLength: seen.map((weight) => none * even + weight * (1 - spared)),
  };
}

function contrastsOf(levels: readonly SliceLevel[]): Contrast[] {
  return levels.map((level, index) => {
    const wider = levels[index + 1];
    if (wider === undefined) return { degreesOfFreedom: level.degreesOfFreedom, ratio: level.ratio };
    const degreesOfFreedom = level.degreesOfFreedom - wider.degreesOfFreedom;
    if (degreesOfFreedom < 0.5) return { degreesOfFreedom: 0, ratio: 1 };
    const excess = level.ratio * level.degreesOfFreedom - wider.ratio * wider.degreesOfFreedom;
    return { degreesOfFreedom, ratio: Math.max(0, excess / degreesOfFreedom) };
  });
}
