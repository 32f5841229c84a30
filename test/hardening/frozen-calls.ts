/** Calls of public functions that no example of their own file makes, in the scope of the examples. */
export const calls: readonly string[] = [
  `isNotComputable({ computable: false, reason: "no-data", detail: "none" }); isNotComputable(analysis);`,
  `batchesFromTable(aq.from(records), mapping);`,
  `for await (const _ of readCsv(new Blob(["arm,success,latencyMs\\na,true,3\\n"]).stream(), mapping, "log"));`,
  `for await (const _ of readJmeterXml(new Blob(['<testResults version="1.2"><httpSample t="3" ts="1" s="true" ` +
    `lb="a"/></testResults>']).stream(), { fields: { arm: "label", latencyMs: "elapsed" } }, "log"));`,
  "for await (const _ of readOtlpSpans(new Blob([JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{ " +
    `name: "a", startTimeUnixNano: "1000000", endTimeUnixNano: "3000000", attributes: [] }] }] }] })]).stream(), ` +
    `{ fields: { arm: "name" } }, "log"));`,
  `requireAcceptable(summary.quality.records, 0.1); findingsOf(summary); statisticOf(summary, "v1", ` +
    `"success"); ownFields(planFor(policy));`,
  "const made = scenarioFromSummary(summary, policy, { requestsPerPeriod: 100, periods: 2, effects: { " +
    "latencyMs: 1.1 } }); characteristicsOf(simulateRuns(policy, made, { runs: 3, seed: 1 }));",
  `isRejected({ lnPValue: -9 }, 0.05); gaussianMixtureSequence({ estimate: 1, standardError: 1, ` +
    "sampleSize: 10 }, { alpha: 0.05, priorDeviation: 1 });",
  "const strata = [{ control: { successes: 90, trials: 100 }, treatment: { successes: 80, trials: 100 } }]; " +
    `profileProportionEvidence(strata, { effect: "difference" }); profileProportionInterval(strata, { ` +
    `effect: "difference", threshold: 2 });`,
  "const points = trajectory(summary, policy); const built = buildReport(decision, policy, points); " +
    "renderText(built, { width: 80 }); renderMarkdown(built); mimeBundle(decision, policy); sparkline([1, 2, " +
    "null]); toTable(decision, aq);",
  `await renderHtml({ decision, policy, summary }, { generatedAt: "now" });`,
  `const points = trajectory(summary, policy); sequenceChart(points, policy, "v2", "success_rate"); ` +
    "rateChart(summary, policy.metrics[0]); distributionChart(summary, policy.metrics[1]); " +
    `quantileDifferenceChart(summary, policy, policy.metrics[1], "v2"); await chartSvg(effectsChart(decision, ` +
    "policy), { vega, vegaLite });",
  "const split = definePolicy({ ...policy, allocation: { v1: 1, v2: 1 } }); " +
    "sampleRatioChart(trajectory(summarize(records, planFor(split)), split), split);",
  "const run = simulate(policy, { requestsPerPeriod: 100, periods: 2, allocation: [{ fromPeriod: 0, weights: { " +
    `v1: 1, v2: 1 } }], arms: Object.fromEntries(["v1", "v2"].map((arm) => [arm, { success: { kind: "share", ` +
    `probability: 0.99 }, latencyMs: { kind: "lognormal", median: 100, sigma: 0.5 } }])) }, { runs: 3, seed: 1 ` +
    `}); operatingCharacteristicsChart([{ scenario: "none", result: run }], 0.05);`,
  "const laws = { success: { kind: 'share', probability: 0.9 }, latencyMs: { kind: 'lognormal', median: 200, sigma: " +
    "0.5 } }; rampAdvice(policy, { requestsPerPeriod: 100, periods: 1, allocation: [{ fromPeriod: 0, weights: { v1: " +
    "1, v2: 1 } }], arms: { v1: laws, v2: laws } }, [0.5], { failures: 300 }, { runs: 3 });",
  `spendingChart(groupSequentialDesign({ looks: 3, alpha: 0.05 }), []);`,
  "const one = new QuantileSketch(); one.addAll(Float64Array.of(1, 2, 3)); const bytes = encodeSketch(one); " +
    "decodeSketch(bytes); decodeOtlpExponentialDataPoint(encodeOtlpExponentialDataPoint(one)); const text = " +
    "formatPrometheusNative(one); decodePrometheusNative(encodePrometheusNative(one)); prometheusQuantile(one, " +
    `0.5); decodeOtlpProtobuf(encodeOtlpProtobuf([{ name: "latency", histogram: one }]));`,
  `decodeOtlpHistogramDataPoint(encodeOtlpHistogramDataPoint(decodeOtlpHistogramDataPoint({ count: "2", sum: ` +
    `3, bucketCounts: ["1", "1"], explicitBounds: [1] })));`,
  `decodeDDSketch(Uint8Array.from([10, 9, 9, 253, 74, 129, 90, 191, 82, 240, 63]), { keys: "ceiling" });`,
  `const plan = planFor(policy); const from = { table: "requests", columns: ["arm", "success", ` +
    `"latencyMs"].map((name) => ({ name, type: name === "arm" ? "VARCHAR" : name === "success" ? "BOOLEAN" : ` +
    `"DOUBLE" })), mapping }; pilotStatement(plan, from, dialects.duckdb); const statement = ` +
    "summaryStatement(plan, from, dialects.duckdb); centresFrom([], plan); readRows([], plan, statement, " +
    "dialects.duckdb);",
  `encodeCheckpoint({ source: "requests", until: 0, summary });`,
  "const arm = { success_rate: 1, request_count: 10, success_count: 10 }; checkResults({ control: arm, " +
    `treatment: arm }); targetSplit("ship", { control: 50, treatment: 50 }, [10, 50, 100]); checkExperiment({}); ` +
    `checkModelVersion({}); checkPatch({ status: "active" });`,
  "await decisionHash(document); encodePulled(client === undefined ? {} : await pullExperiment(client, " +
    "document.experimentId));",
];
