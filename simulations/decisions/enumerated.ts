import type { ArmData } from "../../src/analysis/data/arm-data.ts";
// What the canary preset does with the success rate, without chance: summed over all outcomes that two binomial arms
// can have.
import { claim } from "../../src/analysis/evidence/claim.ts";
import { goalAlpha, ruleAlpha } from "../../src/analysis/evidence/goals-and-rules.ts";
import { levelsOfLook } from "../../src/analysis/looks/planned-look.ts";
import { proportionEngine } from "../../src/analysis/metrics/proportion.ts";
import { binomialProbability, binomialQuantile } from "../../src/math/binomial.ts";
import { definePolicy } from "../../src/policy/define.ts";
import type { GroupSequentialMonitoring, Policy } from "../../src/policy/policy.ts";
import { canary } from "../../src/policy/presets.ts";

const looks = 10;
/** Outcomes less likely than this are left out. */
const negligible = 1e-12;

/** Looks at two arms after every tenth of their requests. */
export interface Enumeration {
  /** Of the treatment. */
  readonly requestsPerLook: number;
  /** Requests of the control per request of the treatment, a whole number; default 1. */
  readonly controlWeight?: number;
  /** True failure rates. */
  readonly control: number;
  readonly treatment: number;
  /** The rule rolls back, or the goal of the success rate is shown with the minimum sample reached. */
  readonly claim: "rule" | "goal";
}

/**
 * Chance that the claim is established at one of the looks.
 *
 * The joint distribution of the two arms' failures is carried from look to look, and what has stopped is taken out of
 * it.
 */
export function chanceEstablished({
  requestsPerLook: n,
  controlWeight = 1,
  control,
  treatment,
  claim: which,
}: Enumeration): number {
  const policy = definePolicy(canary({ control: "stable", treatments: ["canary"], requestsPerArm: looks * n }));
  const mostOf = (trials: number, rate: number): number => binomialQuantile(1 - negligible, trials, rate);
  const chancesOf = (trials: number, rate: number): number[] =>
    Array.from({ length: mostOf(trials, rate) + 1 }, (_, k) => binomialProbability(k, trials, rate));
  const [width, height] = [mostOf(looks * n * controlWeight, control) + 1, mostOf(looks * n, treatment) + 1];
  const [ofControl, ofTreatment] = [chancesOf(n * controlWeight, control), chancesOf(n, treatment)];
  let paths: Float64Array[] = [Float64Array.of(1)];
  let sum = 0;
  for (let look = 1; look <= looks; look++) {
    paths = afterRequests(paths, ofControl, ofTreatment, width, height);
    const established = establishedAt(policy, look, n, controlWeight, which);
    let limit = which === "rule" ? 0 : -1;
    paths.forEach((row, kc) => {
      // The more the control fails, the more the treatment may fail before the rule, and until the goal, is
      // established.
      if (which === "rule") while (limit < row.length && !established(kc, limit)) limit++;
      else while (limit + 1 < row.length && established(kc, limit + 1)) limit++;
      const stopped = which === "rule" ? row.subarray(limit) : row.subarray(0, limit + 1);
      sum += stopped.reduce((total, mass) => total + mass, 0);
      stopped.fill(0);
    });
  }
  return sum;
}

/** Adds the failures of as many requests as lie between two looks. */
function afterRequests(
  paths: readonly Float64Array[],
  ofControl: readonly number[],
  ofTreatment: readonly number[],
  width: number,
  height: number,
): Float64Array[] {
  const rows = Math.min(width, paths.length + ofControl.length - 1);
  const columns = Math.min(height, (paths[0] as Float64Array).length + ofTreatment.length - 1);
  const grown = Array.from({ length: rows }, () => new Float64Array(columns));
  paths.forEach((row, kc) => {
    const spread = new Float64Array(columns);
    row.forEach((mass, kt) => {
      if (mass > 0)
        for (let k = 0; k < ofTreatment.length && kt + k < columns; k++)
          spread[kt + k] = (spread[kt + k] as number) + mass * (ofTreatment[k] as number);
    });
    for (let k = 0; k < ofControl.length && kc + k < rows; k++) {
      const into = grown[kc + k] as Float64Array;
      const share = ofControl[k] as number;
      for (let kt = 0; kt < columns; kt++) into[kt] = (into[kt] as number) + share * (spread[kt] as number);
    }
  });
  return grown;
}

/** Whether so many failures of each arm establish the claim at a look, by the same functions as in an analysis. */
function establishedAt(
  policy: Policy,
  look: number,
  n: number,
  controlWeight: number,
  which: Enumeration["claim"],
): (controlFailures: number, treatmentFailures: number) => boolean {
  const monitoring = policy.monitoring as GroupSequentialMonitoring;
  const fractions = Array.from({ length: look }, (_, index) => (index + 1) / looks);
  const final = look === looks;
  const { oneSided } = levelsOfLook(
    { number: look, of: looks, fraction: look / looks, final, fractions, summary: undefined as never, until: null },
    monitoring,
  );
  const alpha = oneSided(which === "rule" ? ruleAlpha(policy) : goalAlpha(policy));
  const arm = (name: string, trials: number, failures: number): ArmData => ({
    arm: name,
    epochs: [{ kind: "count", trials, successes: trials - failures }],
    records: trials,
    clusters: [],
    instances: [],
    slices: [],
    sliceMs: 1000,
    summary: undefined as never,
    statistic: 0,
    latency: null,
  });
  const bound = -0.002;
  return (controlFailures, treatmentFailures) => {
    if (which === "goal" && look * n < policy.minimumSampleSize) return false;
    const engine = proportionEngine(
      arm("stable", look * n * controlWeight, controlFailures),
      arm("canary", look * n, treatmentFailures),
    );
    const { information, prior } = engine;
    return claim(engine.deviance("difference", bound), which === "rule" ? "below" : "above", {
      monitoring: "group-sequential",
      alpha,
      information,
      prior,
    }).established;
  };
}

/** The table, per requests of an interval and baseline. */
export function enumeratedRows(): string[] {
  const chance = (
    requestsPerLook: number,
    controlWeight: number,
    control: number,
    treatment: number,
    claim: Enumeration["claim"],
  ): string => chanceEstablished({ requestsPerLook, controlWeight, control, treatment, claim }).toFixed(4);
  const rows = [20, 50, 100, 500, 1000].flatMap((n) =>
    [1, 9].flatMap((weight) =>
      [0.001, 0.003, 0.01].map(
        (f) =>
          `| ${n} | ${weight} : 1 | ${100 * f} % | ${chance(n, weight, f, f, "rule")} | ` +
          `${chance(n, weight, f, f + 0.002, "rule")} | ${chance(n, weight, f, f + 0.002, "goal")} | ` +
          `${chance(n, weight, f, 5 * f, "rule")} |`,
      ),
    ),
  );
  return [
    "# The canary preset's claims about the success rate, enumerated",
    "",
    "Summed over all outcomes of two arms, ten looks; no simulation. The rule has half of alpha, 0.025, " +
      "because P99 has a rule too; the goal has 0.05, and P99's must be shown with it. The bounds of planned " +
      "looks are those of a normal statistic: with a handful of failures the chance at the bound is mostly below " +
      "the nominal one, and up to 0.3 of it above where it is not.",
    "",
    "| requests per interval | stable : canary | stable fails | no effect, rolled back | exactly at the rule, " +
      "rolled back (nominal 0.0250) | exactly at the margin, goal shown (nominal 0.0500) | five times the " +
      "failures, rolled back |",
    "|---|---|---|---|---|---|---|",
    ...rows,
  ];
}
