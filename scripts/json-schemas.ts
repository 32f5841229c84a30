// Writes the JSON Schema of every document that Assay reads or prints to dist/schemas, for editors and other languages.
import { mkdirSync, writeFileSync } from "node:fs";
import { z } from "zod";
import { apiJsonSchemas } from "../src/api/index.ts";
import { DecisionSchema, MappingSchema, PolicySchema, RecordSchema } from "../src/index.ts";

const folder = new URL("../dist/schemas/", import.meta.url);
mkdirSync(folder, { recursive: true });

const documents: Record<string, unknown> = {
  policy: z.toJSONSchema(PolicySchema, { io: "input", unrepresentable: "any" }),
  mapping: z.toJSONSchema(MappingSchema, { io: "input" }),
  project: {
    type: "object",
    properties: {
      $schema: { type: "string" },
      files: { type: "array", items: { type: "string", minLength: 1 } },
      mapping: z.toJSONSchema(MappingSchema, { io: "input" }),
      policy: z.toJSONSchema(PolicySchema, { io: "input", unrepresentable: "any" }),
    },
    required: ["mapping", "policy"],
    additionalProperties: false,
  },
  record: z.toJSONSchema(RecordSchema, { io: "input", unrepresentable: "any" }),
  decision: z.toJSONSchema(DecisionSchema),
  ...apiJsonSchemas(),
};
for (const [name, schema] of Object.entries(documents)) {
  const document = { title: name, ...(schema as object) };
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(document, null, 2)}\n`);
}
