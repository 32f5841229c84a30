import type { DataFault } from "../../analysis/analysis.ts";
import { formatCount, formatNumber, formatPValue } from "./format.ts";

/** One fault of the data, in one sentence with its figures and what mends it. */
export function faultText(fault: DataFault, treatment: string, control: string): string {
  const say = sentences[fault.code] as (fault: DataFault, arms: Arms) => string;
  return say(fault, { treatment, control });
}

interface Arms {
  readonly treatment: string;
  readonly control: string;
}

type Sentences = {
  readonly [Code in DataFault["code"]]: (fault: Extract<DataFault, { code: Code }>, arms: Arms) => string;
};

const sentences: Sentences = {
  "rejections-differ": ({ control, treatment, lnPValue }, arms) =>
    `${portion(treatment)} rows of ${arms.treatment} were rejected, of ${arms.control} ${portion(control)} ` +
    `(p = ${formatPValue(lnPValue)}); what is rejected is often what failed, so the arms can't be compared: correct ` +
    "the log or the mapping",
  "missing-values-differ": ({ field, control, treatment, lnPValue }, arms) =>
    `${field} is missing in ${portion(treatment)} requests of ${arms.treatment} beyond its failures, of ` +
    `${arms.control} in ${portion(control)} (p = ${formatPValue(lnPValue)}); the requests without it may be the bad ` +
    "ones, so the arms can't be compared",
  "rows-without-arm": ({ rows, metrics }, { treatment }) =>
    `${formatCount(rows)} rows could not be read as far as their arm; had all of them been bad requests of ` +
    `${treatment}, the goal of ${metrics.join(", ")} would not be reached: repair these rows`,
  "implausible-values": ({ field, arm, problem, limit, value, share }) => {
    if (problem === "typical-below")
      return (
        `${field} of ${arm} is typically ${formatNumber(value)} ms: were seconds taken for milliseconds? ` +
        `Map ${field}=COLUMN*1000, or allow it in the policy: ${allowance(field, "least", 0)}`
      );
    const what = share === null ? "the mean" : `${formatNumber(100 * share)} % of the values`;
    const [side, bound] = problem === "above" ? (["above", "most"] as const) : (["below", "least"] as const);
    const likely = problem === "above" ? instantText(value) : "";
    return (
      `${field} of ${arm}: ${what} ${share === null ? "is" : "are"} ${side} ${formatNumber(limit)}, as far as ` +
      `${formatNumber(value)}${likely}; correct the mapping, or allow it in the policy: ` +
      allowance(field, bound, value)
    );
  },
  "units-differ": ({ field, control, treatment }, arms) =>
    `${field} is typically ${formatNumber(treatment)} for ${arms.treatment} and ${formatNumber(control)} for ` +
    `${arms.control}: the arms were logged in different units; scale one of them`,
  "constant-in-one-arm": ({ field, arm, value }) =>
    `${field} of ${arm} is always ${formatNumber(value)}, of the other arm not: was it measured there?`,
  "nothing-good": ({ metric, share }) =>
    `${metric} is ${formatNumber(100 * share)} % in both arms: the condition or threshold of its field fits no ` +
    "request",
  "unit-not-used": ({ blocks, units, records }) =>
    `a unit is mapped, and ${formatCount(units)} units sent ${formatCount(records)} requests, but the policy names ` +
    `no unit${blocks ? ", and each unit went to one arm: taken as independent, the requests claim too much" : ""}; ` +
    'add a line such as "unit": "user" to the policy',
};

function portion({ count, of }: { readonly count: number; readonly of: number }): string {
  return `${formatCount(count)} of ${formatCount(of)}`;
}

/** The line of a policy that allows a value. */
function allowance(field: string, bound: "least" | "most", value: number): string {
  return `"plausible": ${JSON.stringify({ [field]: { [bound]: value } })}`;
}

/** Instants since 1970 in seconds, milliseconds, microseconds and nanoseconds, from 2001 to 2096. */
const instants = [
  ["seconds", 1],
  ["milliseconds", 1e3],
  ["microseconds", 1e6],
  ["nanoseconds", 1e9],
] as const;

function instantText(value: number): string {
  const unit = instants.find(([, factor]) => value >= 1e9 * factor && value <= 4e9 * factor);
  return unit === undefined ? "" : `, which looks like an instant in ${unit[0]} since 1970`;
}
