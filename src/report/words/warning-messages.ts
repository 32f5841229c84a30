import type { Warning } from "../../decision/reasons.ts";
import type { EffectKind } from "../../stats/effect.ts";
import { faultText } from "./fault-messages.ts";
import { findingText } from "./finding-messages.ts";
import { formatCount, formatDuration, formatNumber, formatPValue } from "./format.ts";

/** One warning, in one sentence. */
export function warningText(warning: Warning): string {
  const say = (sentences as Readonly<Record<string, ((warning: never) => string) | undefined>>)[warning.code];
  return say === undefined ? findingText(warning as Parameters<typeof findingText>[0]) : say(warning as never);
}

/** What the quality of the records says has sentences of its own. */
type OwnCode = Exclude<Warning["code"], Parameters<typeof findingText>[0]["code"]>;

type Sentences = { readonly [Code in OwnCode]: (warning: Extract<Warning, { code: Code }>) => string };

const sentences: Sentences = {
  "dependence-found": ({ metric, seconds, factor }) =>
    `${metric}: requests of one arm behave alike within about ${formatDuration(seconds / 3600)}; they count as if ` +
    `there were ${formatNumber(factor)} times fewer of them`,
  "harm-suspected": ({ metric, treatment, pValue }) =>
    `${metric}: ${treatment} may meet the rollback rule (${p(pValue)}), which is not established yet`,
  "quantile-unbounded": ({ metric, arm, records, needed }) =>
    `${metric}: ${formatCount(records)} records of ${arm} can't bound the quantile; about ${formatCount(needed)} are ` +
    "needed",
  "latency-of-failures-matters": ({ metric, failures, changes }) => {
    const counts = Object.entries(failures).map(([arm, count]) => `${arm} ${formatCount(count)}`);
    const what = changes.map((one) =>
      one === "goal" ? "whether the goal is established" : "whether the rollback rule is",
    );
    return (
      `${metric}: failed requests (${counts.join(", ")}) make a difference: counted as slower than all others they ` +
      `would change ${what.join(" and ")}; see latencyOfFailures`
    );
  },
  "segment-harmed": ({ metric, treatment, field, value, estimate, kind, adjustedPValue, overall }) =>
    `${metric}: ${treatment} is worse where ${field} is ${value} (${effect(estimate, kind)}, adjusted ` +
    `${p(adjustedPValue)})${overall === "better" ? ", although better on average" : ""}`,
  "segments-differ": ({ metric, treatment, field, pValue }) =>
    `${metric}: the effect of ${treatment} differs by ${field} (${p(pValue)} at this look)`,
  "effect-drifts": ({ metric, treatment, direction, first, last, kind, pValue }) =>
    `${metric}: the effect of ${treatment} is ${direction} over time, from ${effect(first, kind)} to ` +
    `${effect(last, kind)} (${p(pValue)} at this look)`,
  "cycle-not-covered": ({ covered, slots, cycleHours }) =>
    `the data cover ${covered} of the ${slots} periods of a cycle of ${formatNumber(cycleHours)} hours; other times ` +
    "may behave differently",
  "failures-with-zero-latency": ({ arm, zeroLatency, failures }) =>
    `${arm}: ${formatCount(zeroLatency)} of ${formatCount(failures)} failed requests carry latency 0, which makes ` +
    "the arm look faster; see latencyOfFailures",
  "later-records-contradict": ({ metric, treatment, what, records }) =>
    `${metric}: ${formatCount(records)} records came after the end of the plan and did not decide, but they ` +
    `contradict the verdict: in them ${treatment} ${contradictions[what]}. Look into it before you act`,
  "stray-records": ({ records, first, last }) =>
    `${formatCount(records)} records lie far from all others in time (between ${instant(first)} and ` +
    `${instant(last)}): they count neither as duration nor as cycles; check their timestamps`,
  "unplanned-records": ({ arm, from, records }) =>
    `${arm} has ${formatCount(records)} records while the plan gave it no traffic ` +
    `(${from === null ? "from the beginning" : `from ${from}`}); so few are left out of the sample ratio`,
  "sample-ratio-not-checked": ({ detail }) => `the sample ratio was not checked: ${detail}`,
  "missing-values": ({ metric, arm, count }) => `${metric}: ${formatCount(count)} records of ${arm} have no value`,
  "rejected-rows": ({ count, rows, byArm }) => {
    const arms = Object.entries(byArm ?? {}).map(
      ([arm, own]) => `${arm} ${formatCount(own.rejected)} of ${formatCount(own.rows)}`,
    );
    const unknown = count - Object.values(byArm ?? {}).reduce((sum, { rejected }) => sum + rejected, 0);
    const rest = arms.length > 0 && unknown > 0 ? [`of unknown arm ${formatCount(unknown)}`] : [];
    const shown = arms.length === 0 ? "" : `: ${[...arms, ...rest].join(", ")}`;
    return `${formatCount(count)} of ${formatCount(rows)} rows were rejected${shown}`;
  },
  "data-fault": ({ fault, treatment }) => faultText(fault, treatment, "the control"),
  "other-arms-left-out": ({ arms }) => {
    const counts = Object.entries(arms).map(([arm, count]) => `${arm} (${formatCount(count)})`);
    return `records of arms that the policy does not name were left out: ${counts.join(", ")}`;
  },
  "outside-window": ({ count }) =>
    `${formatCount(count)} records lie outside the experiment's start and end and were left out`,
};

const contradictions = {
  "rollback-rule": "meets its rollback rule",
  "goal-ruled-out": "misses its goal",
  "goal-reached": "reaches its goal",
} as const;

function p(pValue: number): string {
  return `p = ${formatPValue(Math.log(pValue))}`;
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(".000Z", "Z");
}

/** An effect without its unit: percent for a ratio, the plain difference otherwise. */
function effect(value: number, kind: EffectKind): string {
  const shown = kind === "ratio" ? 100 * (value - 1) : value;
  const sign = shown > 0 ? "+" : shown < 0 ? "-" : "";
  return `${sign}${formatNumber(Math.abs(shown), 3)}${kind === "ratio" ? " %" : ""}`;
}
