import type { Analysis, ClaimEvidence, Comparison, GoalEvidence, LimitEvidence, MetricAnalysis, RuleEvidence, SampleRatioCheck } from "../../src/analysis/analysis.ts";
import type { NotComputable } from "../../src/errors.ts";
import { type Policy, definePolicy, safeRollout } from "../../src/index.ts";

/** Analyses written by hand, so that each figure a decision looks at can be set alone. As they stand, they ship. */
export const policy: Policy = definePolicy(safeRollout({ control: "a", treatments: ["b"] }));

export const established: ClaimEvidence = { lnPValue: -7, pValue: Math.exp(-7), alpha: 0.05, established: true, suspected: true, neededGrowth: 1 };
export const suspected: ClaimEvidence = { lnPValue: -1, pValue: Math.exp(-1), alpha: 0.05, established: false, suspected: true, neededGrowth: 3 };
export const refuted: ClaimEvidence = { lnPValue: 0, pValue: 1, alpha: 0.05, established: false, suspected: false, neededGrowth: null };

export const goal = (claim: ClaimEvidence | NotComputable, ruledOut: boolean = false): GoalEvidence => ({ goal: "non-inferior", bound: -0.01, kind: "difference", claim, ruledOut });
export const floor = (claim: ClaimEvidence | NotComputable, ruledOut: boolean = false): LimitEvidence => ({ limit: "floor", bound: 0.9, claim, ruledOut });
export const ceiling = (claim: ClaimEvidence | NotComputable, ruledOut: boolean = false): LimitEvidence => ({ limit: "ceiling", bound: 800, claim, ruledOut });
export const rule = (claim: ClaimEvidence | NotComputable, name: RuleEvidence["rule"] = "worse-by"): RuleEvidence => ({ rule: name, bound: -0.05, kind: name === "worse-by" ? "difference" : "level", claim });

export function metric(over: Partial<MetricAnalysis> = {}): MetricAnalysis {
  return {
    metric: "success_rate", kind: "proportion", role: "primary", better: "higher",
    control: { n: 1000, value: 0.98, interval: [0.97, 0.99] },
    treatment: { n: 1000, value: 0.985, interval: [0.975, 0.995] },
    effect: { kind: "difference", estimate: 0.005, interval: [-0.004, 0.014], level: 0.95, method: "profile-mixture", guarantee: "anytime-asymptotic" },
    anytime: { lnEvidence: 2, pValue: Math.exp(-2), lnPValue: -2 },
    fixedHorizon: { test: "two-proportion-z", statistic: 1, pValue: 0.3, lnPValue: Math.log(0.3), interval: [-0.004, 0.014] },
    goal: goal(established), rules: [rule(refuted)], limits: [], designEffect: null, notes: [],
    ...over,
  };
}

export function comparison(over: Partial<Comparison> = {}): Comparison {
  return { treatment: "b", metrics: [metric()], table: [], segments: [], trends: [], ...over };
}

export const evenSplit: SampleRatioCheck = {
  observed: { a: 1000, b: 1000 }, expected: { a: 1000, b: 1000 }, test: "dirichlet-multinomial", pValue: 1, lnPValue: 0, alpha: 0.001, mismatch: false,
  epochs: [{ from: null, observed: { a: 1000, b: 1000 }, expected: { a: 1000, b: 1000 }, pValue: 1 }],
};

interface Parts {
  readonly comparisons?: readonly Comparison[];
  readonly sampleRatio?: Analysis["checks"]["sampleRatio"];
  readonly sampleSize?: Partial<Analysis["checks"]["sampleSize"]>;
  readonly coverage?: Analysis["checks"]["coverage"];
  readonly quality?: Partial<Analysis["quality"]>;
  readonly look?: Analysis["look"];
}

export function analysis({ comparisons = [comparison()], sampleRatio = evenSplit, sampleSize = {}, coverage = null, quality = {}, look = null }: Parts = {}): Analysis {
  return {
    specVersion: 1, control: "a", comparisons, look,
    checks: {
      sampleRatio, coverage,
      sampleSize: { records: { a: 1000, b: 1000 }, minimum: 500, maximum: null, hours: 10, minimumHours: 0, reachedMinimum: true, reachedMaximum: false, reachedEnd: false, recordsPerHour: 200, ...sampleSize },
    },
    quality: { rows: 2000, accepted: 2000, filtered: 0, subSamples: 0, rejected: {}, samples: [], missing: {}, otherArms: {}, outsideWindow: 0, afterEnd: 0, failures: {}, findings: [], ...quality },
  };
}
