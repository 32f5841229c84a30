import type { z } from "zod";
import { cannot, PolicyError, showValue } from "../errors.ts";
import { contradictionIn } from "./contradictions.ts";
import type { Policy, PolicyInput } from "./policy.ts";
import { pathOfPrototypeKey } from "./prototype-key.ts";
import { PolicySchema } from "./schema.ts";

/**
 * Is this a policy that does not contradict itself, and what is it with all its defaults? For a policy that is written
 * in code: the compiler knows its fields. For JSON there is {@link parsePolicy}.
 *
 * @param policy - the policy; every field that has a default may be left out.
 * @returns the policy with all defaults filled in.
 * @throws {PolicyError} naming the field, its value and the fix, for the first thing that is wrong.
 * @example
 * ```ts
 * const policy = definePolicy({
 *   control: "v1", treatments: ["v2"],
 *   metrics: [{ name: "success_rate", kind: "proportion", field: "success", better: "higher",
 *     role: "primary", goal: "non-inferior", margin: { absolute: 0.005 } }],
 * });
 * ```
 */
export function definePolicy(policy: PolicyInput): Policy {
  return parsePolicy(policy);
}

/**
 * Is this value, whose shape nobody has checked yet, a policy that does not contradict itself?
 *
 * @param value - parsed JSON; the fields are those of {@link PolicyInput}.
 * @returns the policy with all defaults filled in.
 * @throws {PolicyError} naming the field, its value and the fix, for the first thing that is wrong.
 * @example
 * ```ts
 * const policy = parsePolicy(JSON.parse(
 *   `{ "control": "v1", "treatments": ["v2"], "metrics": [{ "name": "latency", "kind": "mean", "field": "latencyMs",
 *      "better": "lower", "role": "primary", "goal": "superior" }] }`,
 * ));
 * policy.alpha; // 0.05
 * ```
 */
export function parsePolicy(value: unknown): Policy {
  const prototype = pathOfPrototypeKey(value);
  if (prototype !== undefined) throw unknownField(prototype, value);
  const result = PolicySchema.safeParse(value);
  if (!result.success) throw shapeError(deepest(result.error.issues), value);
  const contradiction = contradictionIn(result.data);
  if (contradiction !== undefined) {
    const { code, field, requirement, value: found, fix } = contradiction;
    throw new PolicyError(cannot("use the policy", field, requirement, found), { code, field, value: found, fix });
  }
  return result.data;
}

type Issue = z.core.$ZodIssue;

/** The first issue; of a failed union the first issue of the alternative that got furthest. */
function deepest(issues: readonly Issue[]): Issue {
  const issue = issues[0] as Issue;
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const alternatives = issue.errors.map((inner) => deepest(inner)).sort((a, b) => b.path.length - a.path.length);
  const furthest = alternatives[0];
  return furthest === undefined || furthest.path.length === 0
    ? issue
    : { ...furthest, path: [...issue.path, ...furthest.path] };
}

function shapeError(issue: Issue, root: unknown): PolicyError {
  if (issue.code === "unrecognized_keys") return unknownField([...issue.path, issue.keys[0] as string], root);
  const field = issue.path.length === 0 ? "the policy" : pathText(issue.path);
  const value = valueAt(root, issue.path);
  const what = issue.message.replace(/^Invalid input: /, "");
  const message = `Cannot use the policy: ${field} is not valid (${what}), current value is ${showValue(value)}`;
  return new PolicyError(message, {
    code: "invalid-field",
    field,
    value,
    fix: value === undefined ? `Add ${field}` : `Correct ${field}`,
  });
}

function unknownField(path: readonly PropertyKey[], root: unknown): PolicyError {
  const field = pathText(path);
  const value = valueAt(root, path);
  const message = `Cannot use the policy: ${field} is not a field of a policy, current value is ${showValue(value)}`;
  return new PolicyError(message, { code: "unknown-field", field, value, fix: "Remove it or correct its name" });
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? String(key) : `.${String(key)}`))
    .join("");
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
