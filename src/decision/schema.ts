import { z } from "zod";
import { pathOfPrototypeKey, prototypeKey } from "../policy/prototype-key.ts";
import type { Decision } from "./decision.ts";
import { fault } from "./fault-schema.ts";
import { finding } from "./finding-schema.ts";

const count = z.int().min(0);
const number = z.number();
const end = z.number().nullable();
const bounds = z.tuple([end, end]);
const pValue = z.number().min(0).max(1);
const lnPValue = z.number().max(0);
const counts = z.record(z.string(), count);
const NotComputableSchema = z.strictObject({ computable: z.literal(false), reason: z.string(), detail: z.string() });
const orNotComputable = <Shape extends z.ZodType>(shape: Shape): z.ZodUnion<[Shape, typeof NotComputableSchema]> =>
  z.union([shape, NotComputableSchema]);

const verdict = z.enum(["ship", "rollback", "keep-running", "inconclusive", "invalid"]);
const rule = z.enum(["worse-by", "below", "above"]);
const scale = z.enum(["difference", "ratio"]);
const arm = z.strictObject({ n: count, value: end, interval: bounds });
const limit = z.enum(["floor", "ceiling"]);
const later = z.enum(["rollback-rule", "goal-ruled-out", "goal-reached"]);
const look = z
  .strictObject({ number: z.int().min(1), of: z.int().min(1), fraction: number, final: z.boolean() })
  .nullable();
const effect = { estimate: number, interval: bounds };
const forecast = z
  .strictObject({
    records: count,
    remaining: count,
    hours: z.number().nullable(),
    beyondPlan: z.enum(["maximum-sample", "end"]).nullable(),
  })
  .nullable();
const claim = orNotComputable(
  z.strictObject({
    lnPValue,
    pValue,
    alpha: z.number().gt(0).max(0.5),
    established: z.boolean(),
    suspected: z.boolean(),
    neededGrowth: z.number().min(1).nullable(),
  }),
);

const confidence = z
  .strictObject({ side: z.enum(["lower", "upper"]), value: end, level: z.number().gt(0).lt(1) })
  .nullable();

const reason = z.discriminatedUnion("code", [
  z.strictObject({ code: z.literal("rollback-rule-established"), metric: z.string(), treatment: z.string(), rule }),
  z.strictObject({ code: z.literal("no-data-yet"), treatment: z.string() }),
  z.strictObject({ code: z.literal("sample-ratio-mismatch") }),
  z.strictObject({ code: z.literal("data-fault"), treatment: z.string(), fault }),
  z.strictObject({ code: z.literal("goals-reached"), treatment: z.string(), metrics: z.array(z.string()) }),
  z.strictObject({ code: z.literal("goal-not-reached"), metric: z.string(), treatment: z.string() }),
  z.strictObject({ code: z.literal("goal-ruled-out"), metric: z.string(), treatment: z.string() }),
  z.strictObject({ code: z.literal("limit-not-shown"), metric: z.string(), treatment: z.string(), limit }),
  z.strictObject({ code: z.literal("limit-ruled-out"), metric: z.string(), treatment: z.string(), limit }),
  z.strictObject({
    code: z.literal("minimum-cycles-not-reached"),
    cycles: count.nullable(),
    minimum: count,
    cycleHours: number,
  }),
  z.strictObject({
    code: z.literal("goal-not-computable"),
    metric: z.string(),
    treatment: z.string(),
    reason: z.string(),
    detail: z.string(),
  }),
  z.strictObject({
    code: z.literal("rule-not-computable"),
    metric: z.string(),
    treatment: z.string(),
    rule,
    reason: z.string(),
    detail: z.string(),
  }),
  z.strictObject({ code: z.literal("minimum-sample-not-reached"), arm: z.string(), records: count, minimum: count }),
  z.strictObject({ code: z.literal("minimum-duration-not-reached"), hours: z.number().nullable(), minimum: number }),
  z.strictObject({ code: z.literal("planned-look-not-reached") }),
  z.strictObject({ code: z.literal("end-reached"), what: z.enum(["end", "maximum-sample", "planned-look"]) }),
]);

const warning = z.discriminatedUnion("code", [
  z.strictObject({
    code: z.literal("dependence-found"),
    metric: z.string(),
    treatment: z.string(),
    seconds: z.number().min(0),
    factor: z.number().min(1),
  }),
  z.strictObject({ code: z.literal("harm-suspected"), metric: z.string(), treatment: z.string(), rule, pValue }),
  z.strictObject({
    code: z.literal("quantile-unbounded"),
    metric: z.string(),
    arm: z.string(),
    records: count,
    needed: count,
  }),
  z.strictObject({
    code: z.literal("failures-with-zero-latency"),
    arm: z.string(),
    failures: count,
    zeroLatency: count,
  }),
  z.strictObject({
    code: z.literal("latency-of-failures-matters"),
    metric: z.string(),
    treatment: z.string(),
    failures: counts,
    changes: z.array(z.enum(["goal", "rollback-rule"])),
  }),
  z.strictObject({
    code: z.literal("segment-harmed"),
    metric: z.string(),
    treatment: z.string(),
    field: z.string(),
    value: z.string(),
    estimate: number,
    kind: scale,
    adjustedPValue: pValue,
    overall: z.enum(["better", "worse"]),
  }),
  z.strictObject({
    code: z.literal("segments-differ"),
    metric: z.string(),
    treatment: z.string(),
    field: z.string(),
    pValue,
  }),
  z.strictObject({
    code: z.literal("effect-drifts"),
    metric: z.string(),
    treatment: z.string(),
    direction: z.enum(["fading", "growing", "reversing"]),
    first: number,
    last: number,
    kind: scale,
    pValue,
  }),
  z.strictObject({ code: z.literal("cycle-not-covered"), cycleHours: number, covered: count, slots: count }),
  z.strictObject({
    code: z.literal("later-records-contradict"),
    metric: z.string(),
    treatment: z.string(),
    what: later,
    records: count,
  }),
  z.strictObject({ code: z.literal("stray-records"), records: count, first: number, last: number }),
  z.strictObject({
    code: z.literal("unplanned-records"),
    arm: z.string(),
    from: z.string().nullable(),
    records: count,
  }),
  z.strictObject({ code: z.literal("sample-ratio-not-checked"), detail: z.string() }),
  z.strictObject({ code: z.literal("missing-values"), metric: z.string(), arm: z.string(), count }),
  z.strictObject({
    code: z.literal("rejected-rows"),
    count,
    rows: count,
    byArm: z.record(z.string(), z.strictObject({ rejected: count, rows: count })).optional(),
  }),
  z.strictObject({ code: z.literal("data-fault"), treatment: z.string(), fault }),
  z.strictObject({ code: z.literal("other-arms-left-out"), arms: counts }),
  z.strictObject({ code: z.literal("outside-window"), count }),
]);

const metric = z.strictObject({
  metric: z.string(),
  kind: z.enum(["proportion", "exceedance", "quantile", "mean", "ratio", "cost"]),
  role: z.enum(["primary", "guardrail", "secondary"]),
  better: z.enum(["higher", "lower"]),
  control: arm,
  treatment: arm,
  effect: orNotComputable(
    z.strictObject({
      kind: scale,
      estimate: number,
      interval: bounds,
      level: z.number().gt(0).lt(1),
      method: z.string(),
      guarantee: z.enum(["anytime-exact", "anytime-asymptotic", "fixed-asymptotic", "planned-looks-asymptotic"]),
    }),
  ),
  anytime: orNotComputable(z.strictObject({ lnEvidence: number, pValue, lnPValue })),
  fixedHorizon: orNotComputable(
    z.strictObject({ test: z.string(), statistic: number, pValue, lnPValue, interval: bounds }),
  ),
  goal: z
    .strictObject({
      goal: z.enum(["superior", "non-inferior"]),
      bound: number,
      kind: scale,
      claim,
      ruledOut: z.boolean(),
      confidence,
    })
    .nullable(),
  limits: z.array(z.strictObject({ limit, bound: number, claim, ruledOut: z.boolean(), confidence })),
  rules: z.array(
    z.strictObject({
      rule,
      bound: number,
      kind: z.enum(["difference", "ratio", "level"]),
      claim,
      confidence,
      since: z.number().optional(),
    }),
  ),
  designEffect: z.strictObject({ control: z.number().min(1), treatment: z.number().min(1) }).nullable(),
  dependence: z
    .strictObject({
      factor: z.number().min(1),
      slices: z
        .strictObject({ count, seconds: z.number().min(0), resolved: z.boolean(), found: z.boolean() })
        .nullable(),
      overlap: z.number().min(0).max(1).nullable(),
    })
    .nullable(),
  notes: z.array(
    z.discriminatedUnion("code", [
      z.strictObject({ code: z.literal("dependence-found"), seconds: z.number().min(0), factor: z.number().min(1) }),
      z.strictObject({ code: z.literal("quantile-unbounded"), arm: z.string(), n: count, needed: count }),
      z.strictObject({ code: z.literal("missing-values"), arm: z.string(), count }),
      z.strictObject({
        code: z.literal("failures-change-latency"),
        failures: counts,
        changes: z.array(z.enum(["goal", "rollback-rule"])),
      }),
    ]),
  ),
  verdict: z.strictObject({
    goal: z.enum(["reached", "not-reached", "not-computable", "waiting", "none"]),
    rollbackRule: z.enum(["established", "suspected", "not-established", "not-computable", "waiting", "none"]),
  }),
});

const interval = z.strictObject(effect).nullable();
const table = z.strictObject({
  name: z.string(),
  measure: z.enum(["share", "mean", "p50", "p90", "p99", "ratio", "cost"]),
  better: z.enum(["higher", "lower"]),
  control: arm,
  treatment: arm,
  difference: interval,
  ratio: interval,
  improvementPercent: end,
});
const segmented = z.strictObject({
  metric: z.string(),
  field: z.string(),
  kind: scale,
  segments: z.array(
    z.strictObject({ value: z.string(), ...effect, control: arm, treatment: arm, pValue, adjustedPValue: pValue }),
  ),
  notComputable: z.array(z.string()),
  heterogeneity: z.strictObject({ statistic: number, degreesOfFreedom: count, pValue }).nullable(),
});
const trend = z.strictObject({
  metric: z.string(),
  slopePerDay: number,
  kind: scale,
  pValue,
  first: number,
  last: number,
});

/** Refuses a key that the objects below would lose without a word. */
const withoutPrototypeKey = z.unknown().check(({ value, issues }) => {
  const path = pathOfPrototypeKey(value);
  if (path !== undefined)
    issues.push({
      code: "unrecognized_keys",
      keys: [prototypeKey],
      path: path.slice(0, -1),
      input: value as Record<string, unknown>,
    });
});

const decision = z.strictObject({
  specVersion: z.literal(1),
  decision: verdict,
  reasons: z.array(reason),
  control: z.string(),
  comparisons: z.array(
    z.strictObject({
      treatment: z.string(),
      sample: z.strictObject({
        control: count,
        treatment: count,
        laterRecords: count,
        hours: z.number().nullable(),
        wholeCycles: count.nullable(),
        reachedMinimum: z.boolean(),
        reachedMaximum: z.boolean(),
        sampleRatioMismatch: z.boolean(),
        look,
      }),
      decision: verdict,
      reasons: z.array(reason),
      metrics: z.array(metric),
      table: z.array(table),
      segments: z.array(segmented),
      trends: z.array(trend),
      later: z.array(z.strictObject({ metric: z.string(), what: later })),
      dataFaults: z.array(fault).optional(),
      forecast,
      harmForecast: forecast,
      against: z
        .strictObject({ metric: z.string(), direction: z.enum(["better", "worse"]), lnPValue, pValue })
        .nullable(),
    }),
  ),
  checks: z.strictObject({
    sampleRatio: orNotComputable(
      z.strictObject({
        observed: counts,
        expected: z.record(z.string(), number),
        test: z.enum(["chi-square", "dirichlet-multinomial"]),
        pValue,
        lnPValue,
        alpha: number,
        mismatch: z.boolean(),
        epochs: z.array(
          z.strictObject({
            from: z.string().nullable(),
            observed: counts,
            expected: z.record(z.string(), number),
            pValue,
          }),
        ),
        unplanned: z.array(z.strictObject({ arm: z.string(), from: z.string().nullable(), records: count })),
      }),
    ),
    sampleSize: z.strictObject({
      records: counts,
      minimum: count,
      maximum: count.nullable(),
      hours: z.number().nullable(),
      minimumHours: number,
      reachedMinimum: z.boolean(),
      reachedMaximum: z.boolean(),
      reachedEnd: z.boolean(),
      stray: z.strictObject({ records: count, first: number, last: number }).nullable(),
      recordsPerHour: z.number().nullable(),
    }),
    coverage: z
      .strictObject({ cycleHours: number, covered: count, slots: count, wholeCycles: count, minimumCycles: count })
      .nullable(),
  }),
  quality: z.strictObject({
    rows: count,
    accepted: count,
    filtered: count,
    subSamples: count,
    rejected: counts,
    samples: z.array(
      z.strictObject({ code: z.string(), source: z.string(), line: count, field: z.string(), value: z.string() }),
    ),
    missing: counts,
    byArm: z.record(z.string(), z.strictObject({ accepted: count, rejected: count, unusable: counts })).default({}),
    otherArms: counts,
    outsideWindow: count,
    afterEnd: count,
    failures: z.record(z.string(), z.strictObject({ count, zeroLatency: count })),
    extent: z.strictObject({ first: number, last: number }).nullable().default(null),
    findings: z.array(finding),
  }),
  look,
  warnings: z.array(z.union([warning, finding])),
});

/** The shape of a decision: what `assay analyze --format json` prints. */
export const DecisionSchema: z.ZodType<Decision> = withoutPrototypeKey.pipe(decision) as unknown as z.ZodType<Decision>;
