import { z } from "zod";

const count = z.int().min(0);
const share = z.number().min(0).max(1);
const countOf = z.strictObject({ count, of: count });
const blocks = z.boolean();
const lnPValue = z.number().max(0);

/** Something in the data that figures can't be trusted with. */
export const fault: z.ZodType = z.discriminatedUnion("code", [
  z.strictObject({ code: z.literal("rejections-differ"), blocks, control: countOf, treatment: countOf, lnPValue }),
  z.strictObject({
    code: z.literal("missing-values-differ"),
    blocks,
    field: z.string(),
    control: countOf,
    treatment: countOf,
    lnPValue,
  }),
  z.strictObject({ code: z.literal("rows-without-arm"), blocks, rows: count, metrics: z.array(z.string()) }),
  z.strictObject({
    code: z.literal("implausible-values"),
    blocks,
    field: z.string(),
    arm: z.string(),
    problem: z.enum(["above", "below", "typical-below"]),
    limit: z.number(),
    value: z.number(),
    share: share.nullable(),
  }),
  z.strictObject({
    code: z.literal("units-differ"),
    blocks,
    field: z.string(),
    control: z.number(),
    treatment: z.number(),
  }),
  z.strictObject({
    code: z.literal("constant-in-one-arm"),
    blocks,
    field: z.string(),
    arm: z.string(),
    value: z.number(),
  }),
  z.strictObject({ code: z.literal("nothing-good"), blocks, metric: z.string(), share }),
  z.strictObject({ code: z.literal("unit-not-used"), blocks, units: count, records: count }),
]);
