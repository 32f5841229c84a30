import type { Random } from "../../src/math/random.ts";
import { sampleBeta } from "../../src/math/sampling.ts";
import { mixtureLnEvidence, sharePrior } from "../../src/stats/anytime/mixtures/normal-mixture.ts";
import { nullLine, profileDeviance, profileEstimate } from "../../src/stats/anytime/proportions/profile-deviance.ts";
import { logOddsInformation } from "../../src/stats/anytime/proportions/profile-proportion.ts";
import { clusterCorrection } from "../../src/stats/dependence/cluster-correction.ts";
import type { ClusterContribution, ClusterTotal } from "../../src/stats/dependence/cluster-totals.ts";
import {
  correctedDeviance,
  independent,
  precisionShare,
  type VarianceCorrection,
} from "../../src/stats/dependence/variance-correction.ts";
import { normalDraws, weightedDraws } from "./draws.ts";
import { bucketCount, firstBucket, LatencyCounts } from "./latency.ts";
import type { Experiment, Monitor } from "./monitor.ts";
import { profileLnEvidence } from "./p99.ts";

const threshold = Math.log(20);
/** Hash buckets of users that an arm keeps. */
const userBuckets = 64;

/** One arm: failures and latencies in all, and the same by hash bucket of user. */
interface UserArm {
  requests: number;
  failures: number;
  readonly latencies: LatencyCounts;
  readonly requestsByBucket: Float64Array;
  readonly failuresByBucket: Float64Array;
  /** Latency bucket counts, user bucket after user bucket. */
  readonly latenciesByBucket: Int32Array;
}

/** What can be seen at a look. */
export interface UserLook {
  readonly control: UserArm;
  readonly treatment: UserArm;
}

/** How users behave. */
export interface UserPattern {
  readonly name: string;
  /**
   * `spread`: requests of all users mixed over time; `sessions`: user after user; `heavy`: spread, a few users with
   * most requests.
   */
  readonly traffic: "spread" | "sessions" | "heavy";
  readonly failure: number;
  /** Intraclass correlation of failures within a user. */
  readonly correlation: number;
  /** Standard deviations of ln latency between users and within a user. */
  readonly between: number;
  readonly within: number;
  readonly requestsPerUser: number;
  readonly controlRequests: number;
  readonly treatmentRequests: number;
  readonly periods: number;
}

/** Two arms with the same users' behaviour: nothing to find. */
export function userExperiment(pattern: UserPattern): Experiment<UserLook> {
  return {
    name: pattern.name,
    *looks(random) {
      const control = armTraffic(pattern, pattern.controlRequests, random);
      const treatment = armTraffic(pattern, pattern.treatmentRequests, random);
      for (let period = 1; period <= pattern.periods; period++) {
        control.upTo(Math.round((pattern.controlRequests * period) / pattern.periods));
        treatment.upTo(Math.round((pattern.treatmentRequests * period) / pattern.periods));
        yield { look: { control: control.arm, treatment: treatment.arm }, requests: control.arm.requests };
      }
    },
  };
}

function armTraffic(
  pattern: UserPattern,
  requests: number,
  random: Random,
): { readonly arm: UserArm; upTo(count: number): void } {
  const users = Math.max(2, Math.round(requests / pattern.requestsPerUser));
  const normal = normalDraws(random);
  const spread = (1 - pattern.correlation) / pattern.correlation;
  const failure = new Float64Array(users);
  const lnLatency = new Float64Array(users);
  const volume = new Float64Array(users).fill(1);
  for (let user = 0; user < users; user++) {
    failure[user] = sampleBeta(random, pattern.failure * spread, (1 - pattern.failure) * spread);
    lnLatency[user] = Math.log(100) + pattern.between * normal();
    // Pareto with infinite variance, cut so that no user has more than a tenth of all requests.
    if (pattern.traffic === "heavy") volume[user] = Math.min(users / 10, random() ** (-1 / 1.5));
  }
  const drawUser = weightedDraws(volume);
  const arm: UserArm = {
    requests: 0,
    failures: 0,
    latencies: new LatencyCounts(),
    requestsByBucket: new Float64Array(userBuckets),
    failuresByBucket: new Float64Array(userBuckets),
    latenciesByBucket: new Int32Array(userBuckets * bucketCount),
  };
  return {
    arm,
    upTo(count) {
      for (; arm.requests < count; arm.requests++) {
        const user = pattern.traffic === "sessions" ? Math.floor((arm.requests * users) / requests) : drawUser(random);
        const bucket = user % userBuckets;
        arm.requestsByBucket[bucket] = (arm.requestsByBucket[bucket] as number) + 1;
        if (random() < (failure[user] as number)) {
          arm.failures++;
          arm.failuresByBucket[bucket] = (arm.failuresByBucket[bucket] as number) + 1;
        }
        const latency =
          Math.floor(((lnLatency[user] as number) + pattern.within * normal()) * (128 / Math.LN2)) - firstBucket;
        arm.latencies.add(latency);
        const at = bucket * bucketCount + latency;
        arm.latenciesByBucket[at] = (arm.latenciesByBucket[at] as number) + 1;
      }
    },
  };
}

/** How users inflate the variance of the effect, by the function that analyses use. */
function correctionOf(look: UserLook, countedOf: (arm: UserArm) => ArrayLike<number>): VarianceCorrection {
  const counted = { control: countedOf(look.control), treatment: countedOf(look.treatment) };
  const total = (arm: "control" | "treatment", bucket: number): ClusterTotal => ({
    n: look[arm].requestsByBucket[bucket] as number,
    total: counted[arm][bucket] as number,
  });
  const contributions = Array.from({ length: userBuckets }, (_, key): ClusterContribution => ({
    epoch: 0,
    key,
    control: total("control", key),
    treatment: total("treatment", key),
  }));
  const variance = (arm: "control" | "treatment"): number => {
    const share = Array.from(counted[arm]).reduce((sum, own) => sum + own, 0) / look[arm].requests;
    return share * (1 - share);
  };
  const variances = { control: variance("control"), treatment: variance("treatment") };
  const found = clusterCorrection(contributions, (arm) => variances[arm], "both");
  return found === null ? independent : [found];
}

function successEvidence({ control, treatment }: UserLook, correction: VarianceCorrection): number {
  const counts = (arm: UserArm): { successes: number; trials: number } => ({
    successes: arm.requests - arm.failures,
    trials: arm.requests,
  });
  const strata = [{ control: counts(control), treatment: counts(treatment) }];
  const estimate = profileEstimate(strata, "difference");
  const deviance = profileDeviance(strata, nullLine("difference", 0), nullLine("difference", estimate));
  return mixtureLnEvidence(
    correctedDeviance(deviance, correction),
    logOddsInformation(strata) * precisionShare(correction),
    sharePrior,
  );
}

function slowByBucket(arm: UserArm): Float64Array {
  const from = arm.latencies.bucketFromAbove(arm.requests * 0.01) + 1;
  return Float64Array.from({ length: userBuckets }, (_, bucket) => {
    let slow = 0;
    for (let i = from; i <= arm.latencies.last; i++) slow += arm.latenciesByBucket[bucket * bucketCount + i] as number;
    return slow;
  });
}

/** Success rate, units declared: evidence corrected by the variance between them. */
export const successByUser: Monitor<UserLook> = {
  name: "success rate, users declared (default)",
  promise: "asymptotic",
  start: () => (look) =>
    successEvidence(
      look,
      correctionOf(look, (arm) => arm.failuresByBucket),
    ) >= threshold,
};

/** Success rate as if requests were independent. */
export const successByRequest: Monitor<UserLook> = {
  name: "success rate, users not declared",
  promise: "none",
  start: () => (look) => successEvidence(look, independent) >= threshold,
};

/** P99, units declared. */
export const p99ByUser: Monitor<UserLook> = {
  name: "P99, users declared (default)",
  promise: "asymptotic",
  start: () => (look) =>
    profileLnEvidence(
      [{ control: look.control.latencies, treatment: look.treatment.latencies }],
      1,
      correctionOf(look, slowByBucket),
    ) >= threshold,
};

/** P99 as if requests were independent. */
export const p99ByRequest: Monitor<UserLook> = {
  name: "P99, users not declared",
  promise: "none",
  start:
    () =>
    ({ control, treatment }) =>
      profileLnEvidence([{ control: control.latencies, treatment: treatment.latencies }], 1) >= threshold,
};

/** The z-test that takes requests for independent, peeked. */
export const naiveByRequest: Monitor<UserLook> = {
  name: "z-test of success, peeked",
  promise: "none",
  start:
    () =>
    ({ control, treatment }) => {
      const pooled = (control.failures + treatment.failures) / (control.requests + treatment.requests);
      const z =
        (treatment.failures / treatment.requests - control.failures / control.requests) /
        Math.sqrt(pooled * (1 - pooled) * (1 / control.requests + 1 / treatment.requests));
      return Math.abs(z) > 1.959963984540054;
    },
};
