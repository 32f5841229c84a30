import type { Margin, Metric, Policy } from "./policy.ts";

/**
 * What does this policy promise, in plain words?
 *
 * @param policy - from `definePolicy`.
 * @returns sentences: who is compared, when it ships, when it rolls back, when it ends, and with what error.
 * @example
 * ```ts
 * const policy = definePolicy(canary({ control: "stable", treatments: ["canary"] }));
 * explainPolicy(policy)[0]; // "canary wants to replace stable."
 * ```
 */
export function explainPolicy(policy: Policy): string[] {
  const { control, treatments, metrics, alpha } = policy;
  const deciding = metrics.filter(({ role }) => role !== "secondary");
  const secondary = metrics.filter(({ role }) => role === "secondary").map(({ name }) => name);
  const rules = metrics.flatMap(rulesOf);
  return [
    `${listed(treatments)} want${treatments.length === 1 ? "s" : ""} to replace ${control}.`,
    `Ships only when all of this is shown: ${deciding.flatMap(goalsOf).join("; ")}.`,
    ...shippingNeeds(policy),
    rules.length === 0
      ? "Never rolls back by itself: no metric has a rollback rule."
      : `Rolls back as soon as one of this is shown: ${rules.join("; ")}. This waits for no minimum sample.`,
    monitoringText(policy),
    endText(policy),
    `The chance of ever shipping a treatment that truly misses a goal is at most ${percent(alpha)}, and so is ` +
      `the chance of ever rolling back one that truly meets no rule${multiplicityText(policy)}.`,
    policy.guarantee === "exact"
      ? "This holds exactly, at every sample size, if requests are independent."
      : policy.unit === null
        ? "This holds in the limit of many requests, " +
          (policy.dependence === "detect"
            ? "also if requests depend on each other for a time that is short against the experiment"
            : "if requests are independent") +
          "; docs/guarantees.md has the measured errors."
        : `This holds in the limit of many requests; requests of one ${policy.unit} may depend on each other.`,
    policy.allocation === null
      ? "The split of traffic is not checked, because the policy does not say how it was meant to be (allocation)."
      : "Traffic that is not split as planned makes the result invalid (chance of a false alarm " +
        `${percent(policy.sampleRatioAlpha)}).`,
    ...(secondary.length === 0
      ? []
      : [
          `${listed(secondary)} ${secondary.length === 1 ? "is" : "are"} shown and ` +
            `decide${secondary.length === 1 ? "s" : ""} nothing.`,
        ]),
  ];
}

function goalsOf(metric: Metric): string[] {
  const { name, better, goal, margin, floor, ceiling } = metric;
  const goals: string[] = [];
  if (goal === "superior") goals.push(`${name} is ${better} than the control's`);
  if (goal === "non-inferior" && margin !== undefined)
    goals.push(
      `${name} is not more than ${distance(margin, metric)} ${better === "higher" ? "lower" : "higher"} than ` +
        "the control's",
    );
  if (floor !== undefined) goals.push(`${name} of the treatment is at least ${level(floor, metric)}`);
  if (ceiling !== undefined) goals.push(`${name} of the treatment is at most ${level(ceiling, metric)}`);
  return goals;
}

function rulesOf(metric: Metric): string[] {
  const { worseBy, below, above } = metric.rollbackWhen ?? {};
  const direction = metric.better === "higher" ? "lower" : "higher";
  return [
    ...(worseBy === undefined
      ? []
      : [
          sizeOf(worseBy) === 0
            ? `${metric.name} is ${direction} than the control's`
            : `${metric.name} is more than ${distance(worseBy, metric)} ${direction} than the control's`,
        ]),
    ...(below === undefined ? [] : [`${metric.name} of the treatment is below ${level(below, metric)}`]),
    ...(above === undefined ? [] : [`${metric.name} of the treatment is above ${level(above, metric)}`]),
  ];
}

function shippingNeeds({ minimumSampleSize, minimumDurationHours, minimumCycles, cycleHours }: Policy): string[] {
  const needs = [
    ...(minimumSampleSize === 0 ? [] : [`${minimumSampleSize.toLocaleString("en")} requests in each arm`]),
    ...(minimumDurationHours === 0 ? [] : [`${minimumDurationHours} hours of data`]),
    ...(minimumCycles === 0 ? [] : [`${minimumCycles} whole cycles of ${cycleHours ?? 0} hours`]),
  ];
  return needs.length === 0 ? [] : [`Before that it needs ${listed(needs)}.`];
}

function monitoringText({ monitoring, maximumSampleSize }: Policy): string {
  switch (monitoring.kind) {
    case "anytime":
      return "You may look at the data, and act on them, as often as you like.";
    case "fixed":
      return "You may act once only: when the planned sample size or end is reached.";
    case "group-sequential": {
      const looks =
        typeof monitoring.looks === "number"
          ? `${monitoring.looks} planned looks, equally spaced`
          : `${monitoring.looks.length} planned looks, at ` +
            `${monitoring.looks.map((share) => `${Math.round(100 * share)} %`).join(", ")}`;
      return (
        `You may act at ${looks} of ${(maximumSampleSize ?? 0).toLocaleString("en")} requests per arm; alpha is ` +
        `spent by ${monitoring.spending.kind}.`
      );
    }
  }
}

function endText({ maximumSampleSize, end }: Policy): string {
  if (maximumSampleSize === null && end === null) return "It has no end: it keeps running until something is shown.";
  const ends = [
    ...(maximumSampleSize === null ? [] : [`at ${maximumSampleSize.toLocaleString("en")} requests per arm`]),
    ...(end === null ? [] : [`on ${end}`]),
  ];
  return `It ends ${listed(ends, "or")}; if nothing is shown by then, it is inconclusive.`;
}

function multiplicityText({ multiplicity, treatments, metrics }: Policy): string {
  const rules = metrics.reduce((sum, metric) => sum + rulesOf(metric).length, 0);
  if (treatments.length * rules <= 1) return "";
  return multiplicity === "none"
    ? ", for each treatment and rule on its own"
    : ", over all treatments and rules together";
}

function distance(margin: Margin, metric: Metric): string {
  if ("relative" in margin) return percent(margin.relative);
  return metric.kind === "proportion" || metric.kind === "exceedance"
    ? `${plain(100 * margin.absolute)} percentage points`
    : plain(margin.absolute);
}

function level(value: number, metric: Metric): string {
  return metric.kind === "proportion" || metric.kind === "exceedance" ? percent(value) : plain(value);
}

function sizeOf(margin: Margin): number {
  return "absolute" in margin ? margin.absolute : margin.relative;
}

function percent(share: number): string {
  return `${plain(100 * share)} %`;
}

function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function listed(parts: readonly string[], word = "and"): string {
  return parts.length <= 1 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${word} ${parts.at(-1) as string}`;
}
