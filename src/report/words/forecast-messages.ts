import type { DecidedComparison, Forecast } from "../../decision/decision.ts";
import { isNotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import { formatCount, formatDuration } from "./format.ts";

/**
 * What more records would bring, in one sentence; undefined where nothing is open, or before a planned look, which
 * promises nothing.
 */
export function nextSentence(comparison: DecidedComparison, policy: Policy): string | undefined {
  const { decision, forecast, treatment, metrics, reasons, sample } = comparison;
  if (decision !== "keep-running" && decision !== "inconclusive") return undefined;
  if (sample.treatment === 0 || reasons.some(({ code }) => code === "planned-look-not-reached")) return undefined;
  if (forecast === null) {
    const way = wayOut(metrics, treatment);
    if (way !== undefined) return way;
    const against = metrics.filter(({ role }) => role !== "secondary").filter((metric) => !mayReachGoal(metric));
    const names = against.map(({ metric }) => metric).join(", ");
    return `as things stand ${treatment} never ships${names === "" ? "" : `: the estimates of ${names} miss the goal`}`;
  }
  if (forecast.beyondPlan !== null && decision === "keep-running")
    return (
      `as things stand it will end inconclusive: shipping needs about ${formatCount(forecast.records)} records of ` +
      `both arms, ${planText(forecast.beyondPlan, policy)}`
    );
  return (
    `if the estimates stay as they are, ${treatment} may ship at about ${formatCount(forecast.records)} records of ` +
    `both arms${timeText(forecast)}`
  );
}

/** What to do where requests depend on each other, so that nothing can be claimed yet; undefined elsewhere. */
function wayOut(metrics: DecidedComparison["metrics"], treatment: string): string | undefined {
  const deciding = metrics.filter(({ role }) => role !== "secondary");
  const reasons = new Set(deciding.flatMap(({ effect }) => (isNotComputable(effect) ? [effect.reason] : [])));
  if (reasons.has("arms-not-side-by-side"))
    return "run both arms at the same time; for arms that take turns, set assignment to time-slot in the policy";
  if (reasons.has("version-not-separable"))
    return `run ${treatment} and the control on at least two instances or runs each, better on five`;
  if (!reasons.has("dependence-not-resolved")) return undefined;
  return (
    "wait, or find what made one arm differ from itself over time (an incident, a slow instance, a cold start); map " +
    "instance if requests are answered by several"
  );
}

/** When suspected harm would be established. */
export function harmSentence(forecast: Forecast, policy: Policy): string {
  const beyond = forecast.beyondPlan === null ? "" : `; ${planText(forecast.beyondPlan, policy)}`;
  return (
    `if the estimates stay as they are, harm is established at about ${formatCount(forecast.records)} records of ` +
    `both arms${timeText(forecast)}${beyond}`
  );
}

function timeText({ hours }: Forecast): string {
  return hours === null ? "" : `, in ${formatDuration(hours)}`;
}

function planText(end: "maximum-sample" | "end", { maximumSampleSize, end: instant }: Policy): string {
  return end === "maximum-sample"
    ? `the plan ends at ${formatCount(maximumSampleSize ?? 0)} per arm`
    : `the plan ends at ${instant ?? "its end"}`;
}

function mayReachGoal({ goal, limits }: DecidedComparison["metrics"][number]): boolean {
  return [...(goal === null ? [] : [goal]), ...limits].every(
    ({ claim, ruledOut }) => !ruledOut && "neededGrowth" in claim && claim.neededGrowth !== null,
  );
}
