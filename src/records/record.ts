import { z } from "zod";

/**
 * One request, in the library's own words. Numeric fields beyond these (time to first token, tokens, cost, score) go by
 * any name; segments are text fields.
 */
export interface RequestRecord {
  /** The version that answered. */
  readonly arm: string;
  /** When the request began: milliseconds since 1970-01-01 UTC, an ISO 8601 text, or a Date. */
  readonly timestamp?: number | string | Date | undefined;
  /** What traffic is split by: the user, tenant or session that sent the request. */
  readonly unit?: string | number | undefined;
  /** What answered the request: pod, host, replica. Requests of one instance behave alike, which is counted. */
  readonly instance?: string | number | undefined;
  readonly requestId?: string | number | undefined;
  /** Whether the request was answered well. */
  readonly success?: boolean | number | null | undefined;
  /** Duration of the whole request in milliseconds. */
  readonly latencyMs?: number | null | undefined;
  readonly [field: string]: string | number | boolean | Date | null | undefined;
}

/** Is this a record? For validating single records at a boundary; files go through the column checks of a batch. */
export const RecordSchema: z.ZodType<RequestRecord> = z
  .object({
    arm: z.string().min(1),
    timestamp: z.union([z.number(), z.iso.datetime({ offset: true }), z.date()]).optional(),
    unit: z.union([z.string().min(1), z.number()]).optional(),
    instance: z.union([z.string().min(1), z.number()]).optional(),
    requestId: z.union([z.string().min(1), z.number()]).optional(),
    success: z.union([z.boolean(), z.literal(0), z.literal(1)]).nullish(),
    latencyMs: z.number().min(0).nullish(),
  })
  .catchall(z.union([z.string(), z.number(), z.boolean(), z.date()]).nullish());
