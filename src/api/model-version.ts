import { z } from "zod";

/** What a model version can do. Both parts are required by the API. */
export interface ModelVersionMetadata {
  /** ISO 8601 date of the end of training. */
  readonly training_date?: string | undefined;
  /** Largest number of tokens the model takes. */
  readonly context_window: number;
  readonly capabilities: readonly string[];
}

/** How a version is deployed. */
export interface DeploymentConfig {
  readonly min_instances?: number | undefined;
  readonly max_instances?: number | undefined;
  readonly auto_scaling?: boolean | undefined;
  /** Target of the 99th percentile of latency, in milliseconds. */
  readonly target_latency_p99?: number | undefined;
}

/** The body of `POST /models/versions`. */
export interface ModelVersionInput {
  readonly model_id: string;
  readonly version: string;
  readonly description: string;
  readonly metadata: ModelVersionMetadata;
  readonly deployment_config?: DeploymentConfig | undefined;
}

/** A registered version as the server returns it; unknown fields are kept. */
export interface ModelVersion {
  readonly model_id: string;
  readonly version: string;
  readonly description?: string | undefined;
  readonly metadata?:
    { readonly [Field in keyof ModelVersionMetadata]?: ModelVersionMetadata[Field] | undefined } | undefined;
  readonly deployment_config?: DeploymentConfig | undefined;
  readonly created_at?: string | undefined;
}

const text = z.string().trim().min(1);

const deployment = z.looseObject({
  min_instances: z.int().min(0).optional(),
  max_instances: z.int().min(1).optional(),
  auto_scaling: z.boolean().optional(),
  target_latency_p99: z.number().positive().optional(),
});

/** Accepts the body of `POST /models/versions`; unknown fields are kept. */
export const ModelVersionInputSchema: z.ZodType<ModelVersionInput> = z.looseObject({
  model_id: text,
  version: text,
  description: text,
  metadata: z.looseObject({
    training_date: z.union([z.iso.date(), z.iso.datetime({ offset: true })]).optional(),
    context_window: z.int().min(1),
    capabilities: z.array(text),
  }),
  deployment_config: deployment.optional(),
});

/** Reads a server's answer about a version: only the identity is required. */
export const ModelVersionSchema: z.ZodType<ModelVersion> = z.looseObject({
  model_id: z.string(),
  version: z.string(),
  description: z.string().optional(),
  metadata: z
    .looseObject({
      training_date: z.string().optional(),
      context_window: z.number().optional(),
      capabilities: z.array(z.string()).optional(),
    })
    .optional(),
  deployment_config: deployment.optional(),
  created_at: z.string().optional(),
});
