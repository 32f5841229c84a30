/** jstat has no types; what the accuracy script, the tests and the bench call. */
declare module "jstat" {
  interface Distribution {
    cdf(x: number, ...parameters: number[]): number;
    inv(p: number, ...parameters: number[]): number;
  }
  const jStat: Readonly<Record<"normal" | "beta" | "studentt" | "chisquare" | "binomial" | "hypgeom", Distribution>> &
    Readonly<Record<"erf" | "erfc" | "gammaln" | "betaln" | "ibeta" | "ibetainv", (...inputs: number[]) => number>>;
  // eslint-disable-next-line no-restricted-syntax
  export default jStat;
}
