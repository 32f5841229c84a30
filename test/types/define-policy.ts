/** Calls that must compile, and calls that must not: the type check holds both. Nothing here is run. */
import { assess, definePolicy, parsePolicy, type Policy, safeRollout } from "../../src/index.ts";

const score = {
  name: "score",
  kind: "mean",
  field: "score",
  better: "higher",
  role: "primary",
  goal: "superior",
} as const;

export const least: Policy = definePolicy({ control: "v1", treatments: ["v2"], metrics: [score] });
export const again: Policy = definePolicy(least);
export const preset: Policy = definePolicy(safeRollout({ control: "v1", treatments: ["v2"] }));
export const unknownShape: Policy = parsePolicy(JSON.parse("{}"));
export const looks: Policy = definePolicy({
  control: "v1",
  treatments: ["v2"],
  metrics: [score],
  monitoring: { kind: "group-sequential", looks: 5 },
  maximumSampleSize: 10_000,
  allocation: { v1: 1, v2: 1 },
});

// @ts-expect-error JSON of unknown shape goes to parsePolicy
definePolicy(JSON.parse("{}") as unknown);
// @ts-expect-error a policy needs metrics
definePolicy({ control: "v1", treatments: ["v2"] });
// @ts-expect-error the field is called alpha
definePolicy({ control: "v1", treatments: ["v2"], metrics: [score], alfa: 0.05 });
// @ts-expect-error there is no such monitoring
definePolicy({ control: "v1", treatments: ["v2"], metrics: [score], monitoring: { kind: "any-time" } });
// @ts-expect-error a metric is better higher or lower
definePolicy({ control: "v1", treatments: ["v2"], metrics: [{ ...score, better: "more" }] });
// @ts-expect-error a quantile needs a probability
definePolicy({ control: "v1", treatments: ["v2"], metrics: [{ ...score, kind: "quantile" }] });
// @ts-expect-error a policy is more than its arms
assess([], { control: "v1", treatments: ["v2"] });
// @ts-expect-error treatments is a list
safeRollout({ control: "v1", treatments: "v2" });
