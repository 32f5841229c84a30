import { z } from "zod";
import type { Scenario } from "../index.ts";
import { UsageError } from "./cli-context.ts";

const law = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("share"), probability: z.number() }),
  z.strictObject({ kind: z.literal("normal"), mean: z.number(), standardDeviation: z.number() }),
  z.strictObject({ kind: z.literal("lognormal"), median: z.number(), sigma: z.number() }),
  z.strictObject({ kind: z.literal("pareto"), minimum: z.number(), shape: z.number() }),
]);

const ScenarioSchema = z.strictObject({
  requestsPerPeriod: z.number(),
  periods: z.number(),
  allocation: z
    .array(z.strictObject({ fromPeriod: z.number(), weights: z.record(z.string(), z.number().min(0)) }))
    .min(1),
  arms: z.record(z.string(), z.record(z.string(), law)),
  drift: z.strictObject({ amplitude: z.number(), periods: z.number() }).optional(),
  units: z.strictObject({ requestsPerUnit: z.number(), deviation: z.number() }).optional(),
  shift: z.strictObject({ fromPeriod: z.number(), failureOdds: z.number(), values: z.number().optional() }).optional(),
});

/** A scenario from a file's text. @throws {UsageError} that names the field that is wrong. */
export function parseScenario(text: string, path: string): Scenario {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(
      `Cannot read the scenario: ${JSON.stringify(path)} must be JSON (${(cause as Error).message})`,
    );
  }
  const result = ScenarioSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new UsageError(
    `Cannot read the scenario: ${issue?.path.join(".") ?? "it"} is not valid (${issue?.message ?? "unknown"}), ` +
      `in ${JSON.stringify(path)}`,
  );
}
