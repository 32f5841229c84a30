/** Assumptions that several methods share, in the words that reports print. */
export const independentRequests = "requests are independent";
export const fixedLook = "sample sizes were fixed in advance and the data are looked at once";
export const largeCounts = "about 10 successes and 10 failures or more in each arm";
export const independentUnits = "units are independent; requests of one unit need not be";
export const independentPairs = "pairs are independent";
export const finiteVariance = "values have a finite variance, and samples are large or near normal";
export const sameShape = "for the shift estimate: both distributions have the same shape";
