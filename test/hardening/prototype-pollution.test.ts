import { afterEach, describe, expect, it } from "vitest";
import { apiSchemas } from "../../src/api/index.ts";
import {
  DecisionSchema,
  decodeSummary,
  definePolicy,
  encodeSummary,
  mergeSummaries,
  parseFields,
  parsePolicy,
  planFor,
  PolicyError,
  QuantileSketch,
  readNdjson,
  requireAcceptable,
  summarize,
  SummaryError,
} from "../../src/index.ts";
import { decodeOtlpJson, decodePrometheusClassic, decodePrometheusNative } from "../../src/sketch/index.ts";
import { type Names, outcomeOf, plainNames, policyWith, recordsWith } from "./flow.ts";

/** What every object has without having it of its own. */
const inherited = [
  "constructor",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "__defineGetter__",
  "isPrototypeOf",
  "toLocaleString",
  "__lookupSetter__",
];
/** Everything that has a name, but for the unit, whose name is hashed. */
const roles = (Object.keys(plainNames) as (keyof Names)[]).filter((role) => role !== "unit");
/** Names of a policy; the others come from records only. */
const policyRoles = roles.filter((role) => role !== "stranger" && role !== "segmentValue");

const before = Reflect.ownKeys(Object.prototype).length;
afterEach(() => {
  expect(Reflect.ownKeys(Object.prototype)).toHaveLength(before);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

/** The order of keys and of lists aside, which may follow the names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted).map((item): [string, unknown] => [JSON.stringify(item), item]);
    return items.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** What a document says, without the checksums, which differ with the names. */
const shown = (text: string): unknown => {
  const { checksum: _checksum, sources: _sources, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return sorted(rest);
};

describe("the name of a thing does not change what is found out about it", async () => {
  const plain = await outcomeOf(plainNames);
  const known = new Map<string, unknown>();
  const plainShown = (kind: string): unknown => {
    if (!known.has(kind)) known.set(kind, shown(plain.documents[kind] as string));
    return known.get(kind);
  };

  const expectSame = async (names: Partial<Names>): Promise<void> => {
    const { documents } = await outcomeOf({ ...plainNames, ...names });
    const json = Object.entries(documents).filter(([, text]) => /^[[{]/u.test(text));
    expect(json).toHaveLength(8);
    for (const [kind, text] of json) {
      const renamed = Object.entries(names).reduce(
        (all, [role, name]) => all.replaceAll(`"${name}"`, `"${plainNames[role as keyof Names]}"`),
        text.replaceAll(String.raw`"\"__proto__\""`, '"__proto__"'),
      );
      const [found, expected] = [shown(renamed), plainShown(kind)];
      // Equal texts are found equal at once; others are shown with their difference.
      if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found, kind).toEqual(expected);
    }
  };

  it("counts what it should, in the plain case", () => {
    expect(plain.summary.quality.otherArms).toEqual({ "arm three": 30 });
    expect(
      plain.summary.cells.filter(({ segment }) => segment === null).reduce((sum, { records }) => sum + records, 0),
    ).toBe(1470);
    expect(new Set(["merged", "stored", "whole"].map((kind) => plain.documents[kind])).size).toBe(1);
  });

  it.each(inherited)("each in each place: %s as an arm, the next as another, ...", (first) => {
    const at = inherited.indexOf(first);
    return expectSame(
      Object.fromEntries(roles.map((role, index) => [role, inherited[(at + index) % inherited.length]])),
    );
  });

  it("__proto__ in records, as an arm outside the policy and as a segment's value", async () => {
    await expectSame({ stranger: "__proto__" });
    await expectSame({ segmentValue: "__proto__" });
  });

  it.each(["constructor", "__proto__"])("a unit called %s is one unit of its own", async (unit) => {
    const { summary } = await outcomeOf({ ...plainNames, unit });
    const size = (one: typeof summary): number[] =>
      one.clusters.map(({ buckets }) => buckets.reduce((sum, { records }) => sum + records, 0));
    expect(size(summary)).toEqual(size(plain.summary));
    expect(summary.clusters.map(({ buckets }) => buckets.length)).toEqual(
      plain.summary.clusters.map(({ buckets }) => buckets.length),
    );
  });

  it.each(policyRoles)("%s = __proto__ is refused by name", (role) => {
    const attempt = (): unknown => parsePolicy(policyWith({ ...plainNames, [role]: "__proto__" }));
    expect(attempt).toThrow(PolicyError);
    expect(attempt).toThrow(/__proto__/u);
  });
});

describe("keys that name a prototype in documents", () => {
  const hostile = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
  const policy = parsePolicy(policyWith(plainNames));
  const text = encodeSummary(summarize(recordsWith(plainNames, 200), planFor(policy)));

  it("in a policy are refused by name, wherever they stand", () => {
    const json = JSON.stringify(policy);
    for (const at of [...json.matchAll(/\{/gu)].map(({ index }) => index + 1)) {
      const attempt = (): unknown =>
        definePolicy(
          JSON.parse(`${json.slice(0, at)}"__proto__":{"polluted":true},${json.slice(at)}`.replace(",}", "}")),
        );
      expect(attempt, String(at)).toThrow(PolicyError);
      expect(attempt, String(at)).toThrow(/__proto__/u);
    }
  });

  it("in a summary are refused, wherever they stand", () => {
    const places = [...text.matchAll(/\{/gu)].map(({ index }) => index + 1).slice(0, 60);
    for (const at of places) {
      const damaged = `${text.slice(0, at)}"__proto__":3,${text.slice(at)}`.replace(",}", "}");
      let decoded: ReturnType<typeof decodeSummary>;
      try {
        decoded = decodeSummary(damaged);
      } catch (error) {
        expect(error, damaged.slice(at - 40, at + 20)).toBeInstanceOf(SummaryError);
        continue;
      }
      expect.fail(`accepted ${damaged.slice(at - 40, at + 20)} as ${encodeSummary(decoded).slice(0, 40)}`);
    }
  });

  it("in records are columns like any other", async () => {
    const line = (arm: string): string => `{${hostile},"arm":"${arm}","toString":${arm.length}}`;
    const mapping = { fields: { arm: "arm", "segment.x": '"__proto__.polluted"', constructor: "toString" } };
    const source = new Blob([["a", "bb", "a"].map(line).join("\n")]).stream() as ReadableStream<Uint8Array>;
    for await (const batch of readNdjson(source, mapping, "log")) {
      expect([batch.length, batch.segments["x"]?.values, [...(batch.numbers["constructor"] ?? [])]]).toEqual([
        3,
        ["true"],
        [1, 2, 1],
      ]);
      expect(() => requireAcceptable(batch.quality, 0)).not.toThrow();
    }
  });

  it("a column of an inherited name that no row has of its own is absent", async () => {
    const source = new Blob(['{"arm":"a"}\n']).stream() as ReadableStream<Uint8Array>;
    await expect(
      (async () => {
        for await (const _ of readNdjson(source, { fields: { arm: "arm", latencyMs: "constructor.length" } }, "log"));
      })(),
    ).rejects.toThrow(/constructor\.length/u);
  });

  it("in a mapping on the command line name fields like any other", () => {
    expect(parseFields("arm=a,constructor=b,toString=c")).toEqual(
      Object.fromEntries([
        ["arm", "a"],
        ["constructor", "b"],
        ["toString", "c"],
      ]),
    );
    expect(() => parseFields("arm=a,__proto__=b")).toThrow(/__proto__/u);
  });

  it("in a sketch, a decision and the payloads of other systems leave no trace", () => {
    const sketch = new QuantileSketch();
    sketch.addAll(Float64Array.of(1, 2, 3));
    const json = JSON.stringify(sketch);
    const attacked = JSON.parse(`{${hostile},${json.slice(1)}`) as unknown;
    const readers: (() => unknown)[] = [
      () => QuantileSketch.fromJSON(attacked),
      () =>
        decodeOtlpJson(
          JSON.parse(
            `{${hostile},"resourceMetrics":[{${hostile},"scopeMetrics":[{"metrics":[{${hostile},"name":"__proto__",` +
              `"exponentialHistogram":{"dataPoints":[{"attributes":[{"key":"__proto__","value":{"stringValue":"x"}}],` +
              `"count":"1","scale":3,"zeroCount":"1"}]}}]}]}]}`,
          ),
        ),
      () =>
        decodePrometheusNative(
          JSON.parse(
            `{${hostile},"schema":3,"zeroThreshold":0,"zeroCount":"1","sampleCount":"1","sampleSum":0}`,
          ) as never,
        ),
      () =>
        decodePrometheusClassic(
          'x_bucket{__proto__="polluted",le="1"} 1\nx_bucket{__proto__="polluted",le="+Inf"} ' +
            '1\nx_sum{__proto__="polluted"} 1\nx_count{__proto__="polluted"} 1\n',
        ),
      () => DecisionSchema.parse(JSON.parse(`{${hostile}}`)),
      ...Object.values(apiSchemas).map(
        (schema) => () =>
          schema.safeParse(JSON.parse(`{${hostile},"control":{${hostile}},"traffic_allocation":{${hostile}}}`)),
      ),
    ];
    for (const read of readers) {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
    expect(JSON.stringify(QuantileSketch.fromJSON({ ...(attacked as object) }))).toBe(json);
  });

  it("merging summaries of strangers with such names adds them up", () => {
    const plan = planFor(policy);
    const of = (stranger: string): ReturnType<typeof summarize> =>
      summarize(recordsWith({ ...plainNames, stranger }, 100), plan);
    const merged = mergeSummaries([of("__proto__"), of("constructor"), of("__proto__"), of("toString")]);
    expect(Object.entries(decodeSummary(encodeSummary(merged)).quality.otherArms).sort()).toEqual([
      ['"__proto__"', 4],
      ["constructor", 2],
      ["toString", 2],
    ]);
  });
});
