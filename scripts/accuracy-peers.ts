/** The same functions by other JavaScript libraries, each in the form that loses least. */
import { createRequire } from "node:module";
import jStat from "jstat";
import * as simple from "simple-statistics";
import type { Candidate } from "./accuracy-core.ts";

/** Candidates of one library by the name of the comparison. */
export type Peer = Readonly<Record<string, Candidate>>;

export const jstat: Peer = {
  normalCdf: (z) => jStat.normal.cdf(z, 0, 1),
  normalSurvival: (z) => jStat.normal.cdf(-z, 0, 1),
  normalQuantile: (p) => jStat.normal.inv(p, 0, 1),
  erf: (x) => jStat.erf(x),
  erfc: (x) => jStat.erfc(x),
  lnGamma: (x) => jStat.gammaln(x),
  lnBeta: (a, b) => jStat.betaln(a, b),
  betaCdf: (a, b, x) => jStat.ibeta(x, a, b),
  betaSurvival: (a, b, x) => jStat.ibeta(1 - x, b, a),
  betaQuantile: (a, b, p) => jStat.ibetainv(p, a, b),
  studentTCdf: (df, t) => jStat.studentt.cdf(t, df),
  studentTSurvival: (df, t) => jStat.studentt.cdf(-t, df),
  studentTQuantile: (df, p) => jStat.studentt.inv(p, df),
  chiSquareCdf: (df, x) => jStat.chisquare.cdf(x, df),
  chiSquareSurvival: (df, x) => 1 - jStat.chisquare.cdf(x, df),
  binomialCdf: (n, p, k) => jStat.binomial.cdf(k, n, p),
  binomialSurvival: (n, p, k) => 1 - jStat.binomial.cdf(k, n, p),
  hypergeometricCdf: (N, K, n, k) => jStat.hypgeom.cdf(k, N, K, n),
  hypergeometricSurvival: (N, K, n, k) => 1 - jStat.hypgeom.cdf(k, N, K, n),
  "Clopper-Pearson lower": (n, k, tail) => (k === 0 ? 0 : jStat.ibetainv(tail, k, n - k + 1)),
  "Clopper-Pearson upper": (n, k, tail) => (k === n ? 1 : jStat.ibetainv(1 - tail, k + 1, n - k)),
};

export const simpleStatistics: Peer = {
  normalCdf: (z) => simple.cumulativeStdNormalProbability(z),
  normalSurvival: (z) => simple.cumulativeStdNormalProbability(-z),
  normalQuantile: (p) => simple.probit(p),
  erf: (x) => simple.errorFunction(x),
  erfc: (x) => 1 - simple.errorFunction(x),
  lnGamma: (x) => simple.gammaln(x),
};

/** @stdlib lives in bench/peers, because it brings 230 packages; undefined where it is not installed. */
export function loadStdlib(): Peer | undefined {
  const require = createRequire(new URL("../bench/peers/package.json", import.meta.url));
  try {
    const betainc = require("@stdlib/math-base-special-betainc");
    const erfc = require("@stdlib/math-base-special-erfc");
    const gammainc = require("@stdlib/math-base-special-gammainc");
    const betaincinv = require("@stdlib/math-base-special-kernel-betaincinv");
    const hypergeometric = require("@stdlib/stats-base-dists-hypergeometric-cdf");
    const tCdf = require("@stdlib/stats-base-dists-t-cdf");
    return {
      normalCdf: (z) => 0.5 * erfc(-z * Math.SQRT1_2),
      normalSurvival: (z) => 0.5 * erfc(z * Math.SQRT1_2),
      normalQuantile: (p) => require("@stdlib/stats-base-dists-normal-quantile")(p, 0, 1),
      erfc,
      lnGamma: require("@stdlib/math-base-special-gammaln"),
      lnBeta: require("@stdlib/math-base-special-betaln"),
      betaCdf: (a, b, x) => betainc(x, a, b, true, false),
      betaSurvival: (a, b, x) => betainc(x, a, b, true, true),
      betaQuantile: (a, b, p) => betaincinv(a, b, p, 1 - p)[0],
      "betaSurvivalQuantile (1 - x)": (a, b, p) => betaincinv(a, b, p, 1 - p)[1],
      studentTCdf: (df, t) => tCdf(t, df),
      studentTSurvival: (df, t) => tCdf(-t, df),
      studentTQuantile: (df, p) => require("@stdlib/stats-base-dists-t-quantile")(p, df),
      chiSquareCdf: (df, x) => gammainc(x / 2, df / 2, true, false),
      chiSquareSurvival: (df, x) => gammainc(x / 2, df / 2, true, true),
      binomialCdf: (n, p, k) => (k >= n ? 1 : betainc(p, k + 1, n - k, true, true)),
      binomialSurvival: (n, p, k) => (k >= n ? 0 : betainc(p, k + 1, n - k, true, false)),
      hypergeometricCdf: (N, K, n, k) => hypergeometric(k, N, K, n),
      hypergeometricSurvival: (N, K, n, k) => 1 - hypergeometric(k, N, K, n),
      "Clopper-Pearson lower": (n, k, tail) => (k === 0 ? 0 : betaincinv(k, n - k + 1, tail, 1 - tail)[0]),
      "Clopper-Pearson upper": (n, k, tail) => (k === n ? 1 : betaincinv(k + 1, n - k, 1 - tail, tail)[0]),
    };
  } catch {
    return undefined;
  }
}
