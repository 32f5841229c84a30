import { PolicyError, cannot } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import type * as exact from "./exact.ts";
import type * as plannedLooks from "./planned-look.ts";
import type * as segments from "./segments.ts";

/** What only some policies ask for. Pages load it when theirs does; everywhere else it is always there. */
export interface OptionalMethods {
  /** For `guarantee: "exact"`. */
  readonly exact?: typeof exact | undefined;
  /** For `monitoring: { kind: "group-sequential" }`. */
  readonly plannedLooks?: typeof plannedLooks | undefined;
  /** For `segments`. */
  readonly segments?: typeof segments | undefined;
}

/**
 * Which methods does this policy need beyond those that a page always has?
 *
 * @param policy - complete, as `definePolicy` returns it.
 * @returns those methods, loaded; for `analyze` and `trajectory` of `assay/browser`. Empty for most policies.
 * @throws what the page's module loader throws when a file can't be loaded.
 */
export async function methodsFor(policy: Policy): Promise<OptionalMethods> {
  const needed = neededBy(policy);
  return {
    exact: needed.exact === undefined ? undefined : await import("./exact.ts"),
    plannedLooks: needed.plannedLooks === undefined ? undefined : await import("./planned-look.ts"),
    segments: needed.segments === undefined ? undefined : await import("./segments.ts"),
  };
}

/** @throws PolicyError when the policy asks for a method that was not loaded: another one would answer another question. */
export function requireMethods(policy: Policy, methods: OptionalMethods): void {
  for (const [method, asked] of Object.entries(neededBy(policy))) {
    if (asked === undefined || methods[method as keyof OptionalMethods] !== undefined) continue;
    throw new PolicyError(cannot("analyze the summary", asked.field, "a choice whose methods are loaded", asked.value), {
      code: "methods-not-loaded", ...asked, fix: "Pass { methods: await methodsFor(policy) }",
    });
  }
}

/** The field of the policy that asks for each method. */
function neededBy({ guarantee, monitoring, segments: fields }: Policy): Readonly<Record<keyof OptionalMethods, { readonly field: string; readonly value: unknown } | undefined>> {
  return {
    exact: guarantee === "exact" ? { field: "guarantee", value: guarantee } : undefined,
    plannedLooks: monitoring.kind === "group-sequential" ? { field: "monitoring.kind", value: monitoring.kind } : undefined,
    segments: fields.length > 0 ? { field: "segments", value: fields } : undefined,
  };
}
