import { describe, expect, it } from "vitest";
import * as core from "../../src/index.ts";
import * as sketch from "../../src/sketch/index.ts";
import * as stats from "../../src/stats/index.ts";

/** What `assay` offers: a value that is added or taken away here is a change of the public interface. */
const rootValues: readonly string[] = `
  AssayError DatabaseError DecisionSchema FormatError MappingSchema PolicyError PolicySchema QuantileSketch RecordSchema
  RecordsError SummaryError SummarySchema analyze assess batchesFromRows batchesFromTable canary characteristicsOf
  createRandom createSummarizer decide decodeSummary defaultMaxRejected definePolicy encodeSummary explainPolicy
  findingsOf forecastDuration hashOfText isNotComputable mappingPresets mergeSummaries minimumDetectableEffect ownFields
  parseFields parsePolicy planFor policyPresets power projectCost rampAdvice readCsv readJmeterXml readJsonArray
  readNdjson readOtlpSpans requireAcceptable requiredSampleSize safeRollout sampleNormal scenarioFromSummary simulate
  simulateRuns smallestMargin statisticOf summarize summarizeSketches superiority tokenCost`
  .trim()
  .split(/\s+/u);

describe("the values of assay", () => {
  it("are these, and at most 60", () => {
    expect(Object.keys(core).sort()).toEqual([...rootValues].sort());
    expect(rootValues.length).toBeLessThanOrEqual(60);
  });

  it("hold no function of assay/stats", () => {
    expect(Object.keys(stats).filter((name) => name in core)).toEqual([]);
  });

  it("share with assay/sketch only the sketch itself and what its results and errors need", () => {
    expect(
      Object.keys(sketch)
        .filter((name) => name in core)
        .sort(),
    ).toEqual(["FormatError", "QuantileSketch", "isNotComputable"]);
  });
});
