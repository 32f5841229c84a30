import { z } from "zod";
import {
  ExperimentCreatedSchema,
  ExperimentInputSchema,
  ExperimentPatchSchema,
  ExperimentSchema,
} from "./experiment.ts";
import { ErrorBodySchema } from "./http/error-body.ts";
import { ModelVersionInputSchema, ModelVersionSchema } from "./model-version.ts";
import { ExperimentResultsSchema } from "./results/results-payload.ts";

/** Every body of the experiments API by name. */
export const apiSchemas: Readonly<Record<string, z.ZodType>> = {
  "model-version-input": ModelVersionInputSchema,
  "model-version": ModelVersionSchema,
  "experiment-input": ExperimentInputSchema,
  "experiment-patch": ExperimentPatchSchema,
  "experiment-created": ExperimentCreatedSchema,
  experiment: ExperimentSchema,
  "experiment-results": ExperimentResultsSchema,
  error: ErrorBodySchema,
};

/**
 * What does each body of the API look like, for other languages and validators?
 *
 * @returns JSON Schema (draft 2020-12) documents by name; rules across fields (the percentages add to 100) are not
 * expressible there
 * @example
 * ```ts
 * Object.keys(apiJsonSchemas()).includes("experiment-input"); // true
 * ```
 */
export function apiJsonSchemas(): Record<string, Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(apiSchemas).map(([name, schema]) => [
      name,
      { title: name, ...z.toJSONSchema(schema, { io: "input" }) },
    ]),
  );
}
