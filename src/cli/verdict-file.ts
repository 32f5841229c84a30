import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Decision, DecisionSchema, type Policy } from "../index.ts";
import { writeAtomically } from "../node/atomic-write.ts";
import { sealJson, unsealJson } from "../node/sealed-json.ts";
import { UsageError } from "./cli-context.ts";
import type { FirstVerdict } from "./gate-decision.ts";

/** The file beside a state file that holds the first verdict. */
export function verdictPathOf(state: string): string {
  return `${state}.verdict`;
}

/**
 * Keeps the first verdict to ship or to roll back in a file, so that it stands whatever later data say, also after a
 * restart.
 *
 * @param path - the file; absent until there is a verdict.
 * @param policy - what the verdict must have been made with.
 */
export function verdictFile(path: string, policy: Policy): FirstVerdict {
  const policyHash = createHash("sha256").update(JSON.stringify(policy)).digest("hex");
  let known: Decision | undefined;
  return {
    settle: async (decision) => {
      known ??= await readVerdict(path, policyHash);
      if (known !== undefined) return known;
      if (decision.decision !== "ship" && decision.decision !== "rollback") return decision;
      const text = JSON.stringify({ kind: "assay-verdict", specVersion: 1, policy: policyHash, decision });
      await writeAtomically(path, `${sealJson(text)}\n`, "verdict");
      return (known = decision);
    },
  };
}

async function readVerdict(path: string, policyHash: string): Promise<Decision | undefined> {
  const sealed = await readFile(path, "utf8").catch((cause: { code?: string }) => {
    if (cause.code === "ENOENT") return undefined;
    throw refuse(path, `readable (${cause.code ?? String(cause)})`);
  });
  if (sealed === undefined) return undefined;
  const text = unsealJson(sealed);
  if (text === undefined || text === "damaged") throw refuse(path, "as it was written: its checksum does not hold");
  const { kind, specVersion, policy, decision } = JSON.parse(text) as Record<string, unknown>;
  if (kind !== "assay-verdict" || specVersion !== 1) throw refuse(path, "a verdict of this version of assay");
  if (policy !== policyHash) throw refuse(path, "of the same policy");
  return DecisionSchema.parse(decision) as Decision;
}

function refuse(path: string, requirement: string): UsageError {
  return new UsageError(
    `Cannot keep the first verdict: the file beside --state must be ${requirement}, current value is ` +
      `${JSON.stringify(path)}. Restore it, or give another --state to begin anew`,
  );
}
