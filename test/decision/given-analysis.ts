import type {
  ClaimEvidence,
  Comparison,
  ComparisonSample,
  GoalEvidence,
  LimitEvidence,
  MetricAnalysis,
  RuleEvidence,
  SampleRatioCheck,
  SampleSizeCheck,
} from "../../src/analysis/analysis.ts";
import type { Decision } from "../../src/decision/decision.ts";
import {
  isNotComputable,
  type NotComputable,
  type NotComputableReason,
  notComputable as outcome,
} from "../../src/errors.ts";
import { type Analysis, decide, definePolicy, type Policy, type PolicyInput } from "../../src/index.ts";

/**
 * An analysis said field by field, so that a decision can be asked about any of them: one treatment that reaches
 * everything.
 */
export const policy: Policy = definePolicy({
  control: "a",
  treatments: ["b"],
  minimumSampleSize: 100,
  metrics: [
    {
      name: "success",
      kind: "proportion",
      field: "success",
      better: "higher",
      role: "primary",
      goal: "non-inferior",
      margin: { absolute: 0.01 },
      rollbackWhen: { worseBy: { absolute: 0.02 } },
    },
  ],
} satisfies PolicyInput);

export function notComputable(reason: NotComputableReason): NotComputable {
  return outcome(reason, `because of ${reason}`);
}

export function claim(over: Partial<ClaimEvidence> = {}): ClaimEvidence {
  return {
    lnPValue: Math.log(0.5),
    pValue: 0.5,
    alpha: 0.05,
    established: false,
    suspected: false,
    neededGrowth: 3,
    ...over,
  };
}

export const reached: ClaimEvidence = claim({
  lnPValue: Math.log(0.001),
  pValue: 0.001,
  established: true,
  suspected: true,
  neededGrowth: 1,
});

export function goal(over: Partial<GoalEvidence> = {}): GoalEvidence {
  return {
    goal: "non-inferior",
    bound: -0.01,
    kind: "difference",
    claim: reached,
    ruledOut: false,
    confidence: null,
    ...over,
  };
}

export function rule(over: Partial<RuleEvidence> = {}): RuleEvidence {
  return {
    rule: "worse-by",
    bound: -0.02,
    kind: "difference",
    claim: claim({ neededGrowth: null }),
    confidence: null,
    ...over,
  };
}

export function limit(over: Partial<LimitEvidence> = {}): LimitEvidence {
  return { limit: "floor", bound: 0.99, claim: reached, ruledOut: false, confidence: null, ...over };
}

export function metric(over: Partial<MetricAnalysis> = {}): MetricAnalysis {
  const arm = { n: 200, value: 0.9, interval: [0.8, 1] as const };
  return {
    metric: "success",
    kind: "proportion",
    role: "primary",
    better: "higher",
    control: arm,
    treatment: arm,
    effect: {
      kind: "difference",
      estimate: 0.001,
      interval: [-0.01, 0.012],
      level: 0.95,
      method: "any",
      guarantee: "anytime-asymptotic",
    },
    anytime: { lnEvidence: 0, pValue: 1, lnPValue: 0 },
    fixedHorizon: { test: "any", statistic: 0, pValue: 1, lnPValue: 0, interval: [-0.01, 0.012] },
    goal: goal(),
    rules: [rule()],
    limits: [],
    designEffect: null,
    dependence: null,
    notes: [],
    ...over,
  };
}

export function comparison(over: Partial<Comparison> = {}): Comparison {
  return {
    treatment: "b",
    sample: sample(),
    metrics: [metric()],
    table: [],
    segments: [],
    trends: [],
    later: [],
    ...over,
  };
}

export function sample(over: Partial<ComparisonSample> = {}): ComparisonSample {
  return {
    control: 200,
    treatment: 200,
    laterRecords: 0,
    hours: 10,
    wholeCycles: null,
    reachedMinimum: true,
    reachedMaximum: false,
    sampleRatioMismatch: false,
    look: null,
    ...over,
  };
}

/** The sample of a comparison that the given checks are about. */
function sampleOf(comparison: Comparison, checks: Analysis["checks"], look: Analysis["look"]): ComparisonSample {
  const { sampleSize: size, sampleRatio: ratio, coverage } = checks;
  return {
    ...comparison.sample,
    control: size.records["a"] ?? 0,
    treatment: size.records[comparison.treatment] ?? size.records["b"] ?? 0,
    hours: size.hours,
    wholeCycles: coverage?.wholeCycles ?? null,
    reachedMinimum: size.reachedMinimum,
    reachedMaximum: size.reachedMaximum,
    sampleRatioMismatch: !isNotComputable(ratio) && ratio.mismatch,
    look,
  };
}

export function sampleSize(over: Partial<SampleSizeCheck> = {}): SampleSizeCheck {
  return {
    records: { a: 200, b: 200 },
    minimum: 100,
    maximum: null,
    hours: 10,
    minimumHours: 0,
    reachedMinimum: true,
    reachedMaximum: false,
    reachedEnd: false,
    stray: null,
    recordsPerHour: 40,
    ...over,
  };
}

export function sampleRatio(over: Partial<SampleRatioCheck> = {}): SampleRatioCheck {
  return {
    observed: { a: 200, b: 200 },
    expected: { a: 200, b: 200 },
    test: "dirichlet-multinomial",
    pValue: 1,
    lnPValue: 0,
    alpha: 0.001,
    mismatch: false,
    epochs: [],
    unplanned: [],
    ...over,
  };
}

export interface Given {
  readonly comparisons?: readonly Comparison[];
  readonly checks?: Partial<Analysis["checks"]>;
  readonly quality?: Partial<Analysis["quality"]>;
  readonly look?: Analysis["look"];
  readonly under?: Partial<Policy>;
}

/** What is decided when all is as above but for what is given. */
export function decided({
  comparisons = [comparison()],
  checks = {},
  quality = {},
  look = null,
  under = {},
}: Given = {}): Decision {
  const whole = { sampleRatio: sampleRatio(), sampleSize: sampleSize(), coverage: null, ...checks };
  return decide(
    {
      specVersion: 1,
      control: "a",
      comparisons: comparisons.map((one) => ({ ...one, sample: sampleOf(one, whole, look) })),
      checks: whole,
      quality: {
        rows: 400,
        accepted: 400,
        filtered: 0,
        subSamples: 0,
        rejected: {},
        samples: [],
        missing: {},
        byArm: {},
        otherArms: {},
        outsideWindow: 0,
        afterEnd: 0,
        failures: {},
        extent: null,
        findings: [],
        ...quality,
      },
      look,
    },
    { ...policy, ...under },
  );
}

/** The decision about metrics of one treatment. */
export function ofMetrics(metrics: readonly MetricAnalysis[], given: Given = {}): Decision {
  return decided({ ...given, comparisons: [comparison({ metrics })] });
}
