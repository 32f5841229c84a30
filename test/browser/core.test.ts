import { describe, expect, it } from "vitest";
import * as browser from "../../src/browser.ts";
import * as core from "../../src/index.ts";
import {
  definePolicy,
  ownFields,
  planFor,
  PolicyError,
  type PolicyInput,
  type RequestRecord,
  safeRollout,
  summarize,
} from "../../src/index.ts";
import { trajectory } from "../../src/report/index.ts";
import { exampleRecords } from "../report/example.ts";

const records: RequestRecord[] = [...exampleRecords({ records: 6000 })].map((record, i) => ({
  ...record,
  region: i % 3 === 0 ? "eu" : "us",
}));
const of = (more: Partial<PolicyInput>): core.Policy =>
  definePolicy({ ...safeRollout({ control: "v1", treatments: ["v2"] }), ...more });
const plain = of({});
const demanding: Readonly<Record<string, readonly [core.Policy, string]>> = {
  "an exact guarantee": [of({ guarantee: "exact" }), "guarantee"],
  "planned looks": [
    of({
      monitoring: { kind: "group-sequential", looks: 3, spending: { kind: "pocock" } },
      minimumSampleSize: 500,
      maximumSampleSize: 2500,
    }),
    "monitoring.kind",
  ],
  segments: [of({ segments: ["region"] }), "segments"],
};

describe("the core for pages", () => {
  it("has no name that the core lacks, but for loadFeatures and the trajectory of reports", () => {
    expect(Object.keys(browser).filter((name) => !(name in core))).toEqual(["loadFeatures", "trajectory"]);
  });

  it("finds what the core finds, with nothing more to load", async () => {
    const summary = summarize(records, planFor(plain));
    expect(browser.analyze(summary, plain)).toEqual(core.analyze(summary, plain));
    expect(browser.trajectory(summary, plain, { maximumPoints: 3 })).toEqual(
      trajectory(summary, plain, { maximumPoints: 3 }),
    );
    expect(await browser.loadFeatures(plain)).toBeNull();
  });

  it.each(Object.entries(demanding))(
    "refuses a policy with %s until its methods are loaded, then finds what the core finds",
    async (_what, [policy, field]) => {
      const summary = summarize(records, planFor(policy));
      const refused = expect.objectContaining({
        name: "PolicyError",
        code: "methods-not-loaded",
        field,
        fix: "Pass { methods: await loadFeatures(policy) }",
      });
      expect(() => browser.analyze(summary, policy)).toThrow(refused);
      expect(() => browser.analyze(summary, policy)).toThrow(PolicyError);
      expect(() => browser.trajectory(summary, policy)).toThrow(refused);
      const methods = await browser.loadFeatures(policy);
      expect(browser.analyze(summary, policy, { methods })).toEqual(core.analyze(summary, policy));
      expect(browser.trajectory(summary, policy, { methods, maximumPoints: 3 })).toEqual(
        trajectory(summary, policy, { maximumPoints: 3 }),
      );
    },
  );

  it("refuses methods that were loaded for another policy", async () => {
    const [policy] = demanding["segments"] as readonly [core.Policy, string];
    const methods = await browser.loadFeatures(plain);
    expect(() => browser.analyze(summarize(records, planFor(policy)), policy, { methods })).toThrow(
      /segments must be a choice whose methods are loaded/u,
    );
  });

  const texts = {
    readNdjson: records.map((record) => JSON.stringify(record)).join("\n"),
    readCsv: [
      "arm,timestamp,success,latencyMs",
      ...records.map(
        ({ arm, timestamp, success, latencyMs }) => `${arm},${String(timestamp)},${String(success)},${latencyMs}`,
      ),
    ].join("\n"),
  };
  it.each(Object.entries(texts))("%s reads what the core reads", async (name, text) => {
    const summaryBy = async (read: typeof core.readNdjson): Promise<string> => {
      const plan = planFor(plain);
      const summarizer = core.createSummarizer(plan);
      for await (const batch of read(new Blob([text]).stream() as ReadableStream<Uint8Array>, ownFields(plan), "log"))
        summarizer.addBatch(batch);
      return JSON.stringify(core.encodeSummary(summarizer.summary()));
    };
    const reader = name as keyof typeof texts;
    expect(await summaryBy(browser[reader])).toBe(await summaryBy(core[reader]));
  });
});
