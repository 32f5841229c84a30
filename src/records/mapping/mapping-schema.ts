import { z } from "zod";
import type { FieldMapping } from "./fields.ts";

/** The shape of a mapping. */
export const MappingSchema: z.ZodType<FieldMapping> = z.strictObject({
  fields: z.record(z.string().min(1), z.string().min(1)),
  where: z.array(z.string().min(1)).optional(),
  optional: z.array(z.string().min(1)).optional(),
  missingUnit: z.enum(["reject", "keep"]).optional(),
  rows: z.string().min(1).optional(),
  columns: z.array(z.string().min(1)).min(1).optional(),
  subSamples: z.literal("jmeter").optional(),
  logFormat: z.string().min(1).optional(),
  zeroIsMissing: z.array(z.string().min(1)).optional(),
  armOfFile: z.record(z.string().min(1), z.string().min(1)).optional(),
  constants: z.record(z.string().min(1), z.string()).optional(),
});
