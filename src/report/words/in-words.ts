import type { DecidedComparison, DecidedMetric } from "../../decision/decision.ts";
import { isNotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";

/**
 * What is different about the treatment, in a few words: "cheaper and faster, but wrong more often". Only differences
 * whose interval excludes none are told.
 *
 * @returns undefined when nothing differs.
 */
export function differenceInWords({ metrics }: DecidedComparison, policy: Policy): string | undefined {
  const said = { better: new Set<string>(), worse: new Set<string>() };
  for (const metric of metrics) {
    const direction = establishedDirection(metric);
    if (direction !== null) said[direction].add(wordFor(metric, direction, policy));
  }
  const better = [...said.better].sort();
  const worse = [...said.worse].sort();
  if (better.length === 0 && worse.length === 0) return undefined;
  return [better, worse]
    .filter((words) => words.length > 0)
    .map(listed)
    .join(", but ");
}

function establishedDirection({ effect, better }: DecidedMetric): "better" | "worse" | null {
  if (isNotComputable(effect)) return null;
  const none = effect.kind === "difference" ? 0 : 1;
  const [lower, upper] = effect.interval;
  if (lower !== null && lower > none) return better === "higher" ? "better" : "worse";
  if (upper !== null && upper < none) return better === "lower" ? "better" : "worse";
  return null;
}

function wordFor({ metric: name, kind }: DecidedMetric, direction: "better" | "worse", policy: Policy): string {
  const metric = policy.metrics.find((one) => one.name === name);
  const field = metric === undefined || !("field" in metric) ? "" : metric.field;
  const words = (good: string, bad: string): string => (direction === "better" ? good : bad);
  if (kind === "cost" || /usd$|cost/iu.test(field) || /cost/iu.test(name)) return words("cheaper", "more expensive");
  if (field === "success") return words("right more often", "wrong more often");
  if (field.endsWith("Ms")) return words("faster", "slower");
  return `${words("better", "worse")} on ${name}`;
}

function listed(words: readonly string[]): string {
  return words.length === 1 ? (words[0] as string) : `${words.slice(0, -1).join(", ")} and ${words.at(-1) as string}`;
}
