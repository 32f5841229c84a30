import { millisecondsPerHour } from "../time.ts";
import type { Contradiction } from "./contradiction.ts";
import { effectKindOf } from "./margin.ts";
import { plausibleContradiction } from "./plausible.ts";
import type { Margin, Metric, Policy } from "./policy.ts";

/** The first contradiction in a policy of valid shape, or undefined. */
export function contradictionIn(policy: Policy): Contradiction | undefined {
  return (
    armContradiction(policy) ??
    extentContradiction(policy) ??
    monitoringContradiction(policy) ??
    allocationContradiction(policy) ??
    metricsContradiction(policy.metrics) ??
    pricesContradiction(policy) ??
    plausibleContradiction(policy)
  );
}

function armContradiction({ control, treatments }: Policy): Contradiction | undefined {
  const again = treatments.findIndex((arm, index) => arm === control || treatments.indexOf(arm) !== index);
  if (again < 0) return undefined;
  return problem(
    "arm-named-twice",
    `treatments[${again}]`,
    "an arm that is named only once",
    treatments[again],
    "Name each arm once",
  );
}

function extentContradiction(policy: Policy): Contradiction | undefined {
  const { minimumSampleSize, maximumSampleSize, start, end, minimumDurationHours } = policy;
  if (maximumSampleSize !== null && maximumSampleSize < minimumSampleSize) {
    return problem(
      "never-enough-records",
      "maximumSampleSize",
      `at least minimumSampleSize (${minimumSampleSize})`,
      maximumSampleSize,
      "Raise maximumSampleSize or lower minimumSampleSize",
    );
  }
  const { cycleHours, minimumCycles, periodHours } = policy;
  if (cycleHours === null && minimumCycles > 0)
    return problem(
      "cycles-of-no-length",
      "cycleHours",
      "given when minimumCycles is above 0",
      cycleHours,
      "State the length of a cycle, e.g. 168 for a week",
    );
  if (cycleHours !== null && minimumCycles > 0 && periodHours > cycleHours)
    return problem(
      "period-beyond-cycle",
      "periodHours",
      `at most cycleHours (${cycleHours})`,
      periodHours,
      "Shorten the period",
    );
  if (start === null || end === null) return undefined;
  const hours = (Date.parse(end) - Date.parse(start)) / millisecondsPerHour;
  if (hours <= 0) return problem("ends-before-start", "end", `after start (${start})`, end, "Correct start or end");
  if (hours < minimumDurationHours) {
    return problem(
      "never-long-enough",
      "minimumDurationHours",
      `at most the ${hours} hours between start and end`,
      minimumDurationHours,
      "Move end or lower minimumDurationHours",
    );
  }
  if (hours < minimumCycles * (cycleHours ?? 0)) {
    return problem(
      "never-long-enough",
      "minimumCycles",
      `at most the ${Math.floor(hours / (cycleHours ?? 1))} whole cycles between start and end`,
      minimumCycles,
      "Move end or lower minimumCycles",
    );
  }
  return undefined;
}

/** Monitoring, exactness and the end of the experiment must go together. */
function monitoringContradiction(policy: Policy): Contradiction | undefined {
  const { monitoring, guarantee, unit, maximumSampleSize, metrics } = policy;
  if (monitoring.kind === "group-sequential") {
    if (maximumSampleSize === null)
      return problem(
        "looks-of-no-sample",
        "maximumSampleSize",
        "given under group-sequential monitoring, whose looks are shares of it",
        maximumSampleSize,
        "State the planned requests per arm; assay plan computes them",
      );
    const looks = typeof monitoring.looks === "number" ? [1] : monitoring.looks;
    const unordered = looks.findIndex((look, index) => look <= (looks[index - 1] ?? 0));
    if (unordered >= 0)
      return problem(
        "looks-out-of-order",
        `monitoring.looks[${unordered}]`,
        "later than the look before it",
        looks[unordered],
        "Order the looks",
      );
    if (looks.at(-1) !== 1)
      return problem(
        "looks-without-end",
        `monitoring.looks[${looks.length - 1}]`,
        "1, the whole of maximumSampleSize",
        looks.at(-1),
        "End the looks at 1",
      );
  }
  if (guarantee === "asymptotic") return undefined;
  if (unit !== null)
    return problem(
      "exact-with-units",
      "guarantee",
      '"asymptotic" when requests come in units: exact methods need independent requests',
      guarantee,
      "Drop unit only if every request is assigned on its own, or use the asymptotic guarantee",
    );
  if (monitoring.kind !== "anytime")
    return problem(
      "exact-at-looks",
      "guarantee",
      '"asymptotic" unless monitoring is anytime',
      guarantee,
      "Use anytime monitoring or the asymptotic guarantee",
    );
  const inexact = metrics.findIndex(
    ({ kind, role }) => role !== "secondary" && (kind === "mean" || kind === "ratio" || kind === "cost"),
  );
  if (inexact >= 0)
    return problem(
      "exact-not-possible",
      `metrics[${inexact}].kind`,
      "proportion, exceedance or quantile under the exact guarantee",
      metrics[inexact]?.kind,
      "Make the metric secondary, or use the asymptotic guarantee",
    );
  return undefined;
}

function pricesContradiction({ metrics, control, treatments }: Policy): Contradiction | undefined {
  for (const [index, metric] of metrics.entries()) {
    if (metric.kind !== "cost") continue;
    const missing = [control, ...treatments].find((arm) => !Object.hasOwn(metric.prices, arm));
    if (missing !== undefined)
      return problem(
        "arm-without-price",
        `metrics[${index}].prices`,
        `a price for each arm, also for ${JSON.stringify(missing)}`,
        metric.prices,
        "Add its price per million tokens",
      );
  }
  return undefined;
}

function allocationContradiction({ allocation, control, treatments }: Policy): Contradiction | undefined {
  if (allocation === null) return undefined;
  const arms = [control, ...treatments];
  for (const [index, epoch] of allocation.entries()) {
    const field = `allocation[${index}]`;
    const missing = arms.find((arm) => !Object.hasOwn(epoch.weights, arm));
    if (missing !== undefined)
      return problem(
        "arm-without-weight",
        `${field}.weights`,
        `a weight for each arm, also for ${JSON.stringify(missing)}`,
        epoch.weights,
        "Add its weight, 0 if it got no traffic",
      );
    const stranger = Object.keys(epoch.weights).find((arm) => !arms.includes(arm));
    if (stranger !== undefined)
      return problem(
        "weight-without-arm",
        `${field}.weights`,
        "weights of the policy's arms only",
        stranger,
        "Remove it, or name the arm in treatments",
      );
    const before = allocation[index - 1]?.from ?? null;
    if (index > 0 && (epoch.from === null || (before !== null && Date.parse(epoch.from) <= Date.parse(before)))) {
      return problem(
        "epochs-out-of-order",
        `${field}.from`,
        "later than the epoch before it",
        epoch.from,
        "Order the epochs by their start",
      );
    }
  }
  return undefined;
}

function metricsContradiction(metrics: readonly Metric[]): Contradiction | undefined {
  for (const [index, metric] of metrics.entries()) {
    if (metrics.findIndex((other) => other.name === metric.name) !== index) {
      return problem(
        "metric-named-twice",
        `metrics[${index}].name`,
        "unique",
        metric.name,
        "Give each metric a name of its own",
      );
    }
    const found = metricContradiction(metric, `metrics[${index}]`);
    if (found !== undefined) return found;
  }
  if (metrics.every((metric) => metric.role === "secondary")) {
    return problem(
      "nothing-decides",
      "metrics",
      "such that at least one is primary or guardrail",
      metrics.map((metric) => metric.role),
      "Give one metric the role primary",
    );
  }
  return undefined;
}

function metricContradiction(metric: Metric, path: string): Contradiction | undefined {
  const { role, goal, margin, better, rollbackWhen } = metric;
  if (role !== "secondary" && goal === undefined) {
    return problem(
      "goal-missing",
      `${path}.goal`,
      `"superior" or "non-inferior" for a ${role} metric`,
      goal,
      `Add a goal, or make the metric secondary`,
    );
  }
  if (role === "guardrail" && goal === "superior") {
    return problem(
      "guardrail-superior",
      `${path}.goal`,
      `"non-inferior" for a guardrail`,
      goal,
      "Make the metric primary, or its goal non-inferior",
    );
  }
  if (goal === "non-inferior" && margin === undefined) {
    return problem(
      "margin-missing",
      `${path}.margin`,
      "given for the goal non-inferior",
      margin,
      "State how much worse is still acceptable",
    );
  }
  if (goal !== "non-inferior" && margin !== undefined) {
    return problem(
      "margin-without-use",
      `${path}.margin`,
      "absent unless the goal is non-inferior",
      margin,
      "Remove the margin or change the goal",
    );
  }
  const limited = limitContradiction(metric, path);
  if (limited !== undefined) return limited;
  const share = metric.kind === "proportion" || metric.kind === "exceedance";
  for (const [name, value] of [
    ["margin", margin],
    ["rollbackWhen.worseBy", rollbackWhen?.worseBy],
  ] as const) {
    if (value === undefined) continue;
    const size = "absolute" in value ? value.absolute : value.relative;
    if (size >= 1 && ((share && "absolute" in value) || (better === "higher" && "relative" in value))) {
      return problem(
        "margin-impossible",
        `${path}.${name}`,
        "below 1, since nothing can be worse by more",
        value,
        "State it as a fraction: 0.01 is one percent or one percentage point",
      );
    }
  }
  return rollbackWhen === undefined ? undefined : rulesContradiction(metric, path);
}

/** A floor or ceiling must be on the good side, be reachable, and not ship what rolls back. */
function limitContradiction(metric: Metric, path: string): Contradiction | undefined {
  const { better, floor, ceiling, role, rollbackWhen } = metric;
  if (floor !== undefined && better === "lower")
    return problem("limit-against-direction", `${path}.floor`, "absent when lower is better", floor, "Use ceiling");
  if (ceiling !== undefined && better === "higher")
    return problem("limit-against-direction", `${path}.ceiling`, "absent when higher is better", ceiling, "Use floor");
  const limit = floor ?? ceiling;
  if (limit === undefined) return undefined;
  const name = floor === undefined ? "ceiling" : "floor";
  if (role === "secondary")
    return problem(
      "secondary-limits",
      `${path}.${name}`,
      "absent for a secondary metric",
      limit,
      "Make the metric a guardrail",
    );
  if ((metric.kind === "proportion" || metric.kind === "exceedance") && (limit <= 0 || limit >= 1)) {
    return problem(
      "level-impossible",
      `${path}.${name}`,
      "strictly between 0 and 1 for a share",
      limit,
      "State it as a fraction: 0.99 is 99 %",
    );
  }
  const { below, above } = rollbackWhen ?? {};
  if (floor !== undefined && below !== undefined && below > floor)
    return problem(
      "rolls-back-what-ships",
      `${path}.rollbackWhen.below`,
      `at most the floor (${floor}), or the same level could both ship and roll back`,
      below,
      "Lower it or raise the floor",
    );
  if (ceiling !== undefined && above !== undefined && above < ceiling)
    return problem(
      "rolls-back-what-ships",
      `${path}.rollbackWhen.above`,
      `at least the ceiling (${ceiling}), or the same level could both ship and roll back`,
      above,
      "Raise it or lower the ceiling",
    );
  return undefined;
}

function rulesContradiction(metric: Metric, path: string): Contradiction | undefined {
  const { better, margin, role } = metric;
  const { worseBy, below, above } = metric.rollbackWhen ?? {};
  const field = `${path}.rollbackWhen`;
  if (worseBy === undefined && below === undefined && above === undefined) {
    return problem(
      "rule-empty",
      field,
      "one of worseBy, below, above",
      metric.rollbackWhen,
      "Add a rule or remove rollbackWhen",
    );
  }
  if (role === "secondary")
    return problem(
      "secondary-rolls-back",
      field,
      "absent for a secondary metric",
      metric.rollbackWhen,
      "Make the metric a guardrail",
    );
  if (below !== undefined && better === "lower")
    return problem("rule-against-direction", `${field}.below`, `absent when lower is better`, below, "Use above");
  if (above !== undefined && better === "higher")
    return problem("rule-against-direction", `${field}.above`, `absent when higher is better`, above, "Use below");
  const level = below ?? above;
  if (
    level !== undefined &&
    (metric.kind === "proportion" || metric.kind === "exceedance") &&
    (level <= 0 || level >= 1)
  ) {
    return problem(
      "level-impossible",
      `${field}.${below === undefined ? "above" : "below"}`,
      "strictly between 0 and 1 for a share",
      level,
      "State it as a fraction: 0.99 is 99 %",
    );
  }
  if (worseBy !== undefined && margin !== undefined && effectKindOf(worseBy) === effectKindOf(margin)) {
    const size = (distance: Margin): number => ("absolute" in distance ? distance.absolute : distance.relative);
    if (size(worseBy) < size(margin)) {
      return problem(
        "rolls-back-what-ships",
        `${field}.worseBy`,
        `at least the margin (${JSON.stringify(margin)}), or the same effect could both ship and roll back`,
        worseBy,
        "Raise worseBy or lower the margin",
      );
    }
  }
  return undefined;
}

function problem(code: string, field: string, requirement: string, value: unknown, fix: string): Contradiction {
  return { code, field, requirement, value, fix };
}
