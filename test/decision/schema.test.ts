import { describe, expect, it } from "vitest";
import { DecisionSchema } from "../../src/index.ts";
import { example } from "../report/example.ts";

const { decision } = example({ records: 4000 });
const copy = (): unknown => JSON.parse(JSON.stringify(decision));

/** Every object in a document, with the keys that lead to it. */
function objectsIn(
  value: unknown,
  path: PropertyKey[] = [],
): { readonly object: object; readonly path: PropertyKey[] }[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = (Array.isArray(value) ? [...value.entries()] : Object.entries(value)).flatMap(([key, one]) =>
    objectsIn(one, [...path, key]),
  );
  return Array.isArray(value) ? inner : [{ object: value, path }, ...inner];
}

describe("DecisionSchema", () => {
  it("accepts a decision and returns it as it is", () => {
    expect(DecisionSchema.parse(copy())).toEqual(decision);
  });

  it("refuses a key __proto__ in any of its objects, and says where", () => {
    const places = objectsIn(copy()).length;
    expect(places).toBeGreaterThan(40);
    for (let place = 0; place < places; place++) {
      const document = copy();
      const { object, path } = objectsIn(document)[place] as ReturnType<typeof objectsIn>[number];
      Object.defineProperty(object, "__proto__", { value: {}, enumerable: true });
      const { error } = DecisionSchema.safeParse(document);
      expect(error?.issues).toContainEqual(
        expect.objectContaining({ code: "unrecognized_keys", keys: ["__proto__"], path }),
      );
    }
  });

  it("refuses an object that holds itself", () => {
    const document: Record<string, unknown> = {};
    document["itself"] = document;
    expect(DecisionSchema.safeParse(document).success).toBe(false);
  });
});
