import { cannot, PolicyError } from "../errors.ts";
import type { Policy } from "../policy/policy.ts";
import type { AnalysisFeatures } from "./all-features.ts";

/**
 * Which methods does this policy need beyond those that a page always has?
 *
 * @param policy - complete, as `definePolicy` returns it.
 * @returns them, loaded, for `analyze` and `trajectory` of `assay/browser`; `null` for most policies: those without an
 * exact guarantee, planned looks and segments.
 * @throws {Error} what the page's module loader throws when a file can't be loaded.
 * @example
 * ```ts
 * const methods = await loadFeatures(policy);
 * ```
 */
export async function loadFeatures(policy: Policy): Promise<AnalysisFeatures | null> {
  return askingField(policy) === undefined ? null : (await import("./all-features.ts")).analysisFeatures;
}

/**
 * Requires that every feature that the policy asks for is loaded: another method would answer another question.
 *
 * @throws {PolicyError} naming the field that asks for a feature that was not loaded.
 */
export function requireFeatures(policy: Policy, methods: AnalysisFeatures | null): void {
  const asking = methods === null ? askingField(policy) : undefined;
  if (asking === undefined) return;
  throw new PolicyError(
    cannot("analyze the summary", asking.field, "a choice whose methods are loaded", asking.value),
    {
      code: "methods-not-loaded",
      ...asking,
      fix: "Pass { methods: await loadFeatures(policy) }",
    },
  );
}

/** The first field that asks for such a method. */
function askingField({
  guarantee,
  monitoring,
  segments,
}: Policy): { readonly field: string; readonly value: unknown } | undefined {
  if (guarantee === "exact") return { field: "guarantee", value: guarantee };
  if (monitoring.kind === "group-sequential") return { field: "monitoring.kind", value: monitoring.kind };
  return segments.length > 0 ? { field: "segments", value: segments } : undefined;
}
