import { z } from "zod";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const extent = z.strictObject({ first: z.number(), last: z.number() });

/** What looks wrong in the records. */
export const finding: z.ZodType = z.discriminatedUnion("code", [
  z.strictObject({ code: z.literal("duplicate-requests"), records: count, share, exact: z.boolean() }),
  z.strictObject({ code: z.literal("units-in-several-arms"), units: count, share, exact: z.boolean() }),
  z.strictObject({ code: z.literal("late-records"), count }),
  z.strictObject({
    code: z.literal("arm-missing-for-part"),
    arm: z.string(),
    first: z.number(),
    last: z.number(),
    overall: extent,
  }),
  z.strictObject({ code: z.literal("gaps-in-periods"), arm: z.string(), periods: count, of: count }),
  z.strictObject({ code: z.literal("constant-field"), field: z.string(), arm: z.string(), value: z.number() }),
  z.strictObject({
    code: z.literal("values-piled-up"),
    field: z.string(),
    arm: z.string(),
    lower: z.number(),
    upper: z.number(),
    share,
  }),
  z.strictObject({ code: z.literal("dominant-unit"), arm: z.string(), unit: z.string().nullable(), share }),
  z.strictObject({ code: z.literal("condition-always-met"), field: z.string(), expression: z.string() }),
  z.strictObject({ code: z.literal("too-many-segment-values"), field: z.string(), records: count }),
]);
