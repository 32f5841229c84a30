import { describe, expect, it } from "vitest";
import { definePolicy } from "../../src/policy/define.ts";
import { safeRollout } from "../../src/policy/presets.ts";
import { decodeOtlpExponentialDataPoint, encodeOtlpExponentialDataPoint } from "../../src/sketch/codec/otlp-json.ts";
import { QuantileSketch } from "../../src/sketch/quantile-sketch.ts";
import { encodeSummary } from "../../src/summary/encode.ts";
import { planFor } from "../../src/summary/plan.ts";
import { summarizeSketches } from "../../src/summary/summarize-sketches.ts";
import { summarize } from "../../src/summary/summarize.ts";

const plan = planFor(definePolicy(safeRollout({ control: "v1", treatments: ["v2"] })));
const at = Date.UTC(2026, 0, 5, 3);

describe("summaries of histograms that telemetry has kept", () => {
  it("have the statistics of the records behind them", () => {
    const records = Array.from({ length: 500 }, (_, i) => ({
      arm: i % 2 === 0 ? "v1" : "v2",
      timestamp: at,
      success: i % 7 > 0,
      latencyMs: 100 + i,
    }));
    const parts = ["v1", "v2"].map((arm) => {
      const mine = records.filter((one) => one.arm === arm);
      const sketch = new QuantileSketch();
      sketch.addAll(Float64Array.from(mine, ({ latencyMs }) => latencyMs));
      return {
        arm,
        timestamp: at,
        sketches: { latencyMs: sketch },
        counts: { success: { trials: mine.length, successes: mine.filter(({ success }) => success).length } },
      };
    });
    const { cells } = summarizeSketches(parts, plan);
    expect(JSON.parse(JSON.stringify(cells))).toEqual(JSON.parse(JSON.stringify(summarize(records, plan).cells)));
  });

  it("take what a codec has decoded", () => {
    const sketch = new QuantileSketch();
    sketch.addAll(Float64Array.from({ length: 100 }, (_, i) => i + 1));
    const decoded = decodeOtlpExponentialDataPoint(encodeOtlpExponentialDataPoint(sketch));
    const [cell] = summarizeSketches(
      [{ arm: "v1", sketches: { latencyMs: decoded }, counts: { success: { trials: 100, successes: 99 } } }],
      plan,
    ).cells;
    const statistic = cell?.statistics[1];
    expect(statistic?.kind === "sketch" && statistic.sketch.orderStatistic(99)).toEqual(sketch.orderStatistic(99));
  });

  it("refuse what counts can't tell", () => {
    const sketch = new QuantileSketch();
    sketch.add(5);
    const part = { arm: "v1", sketches: { latencyMs: sketch }, counts: { success: { trials: 1, successes: 1 } } };
    expect(encodeSummary(summarizeSketches([part], plan))).toContain('"records":1');
    expect(() => summarizeSketches([{ ...part, arm: "v3" }], plan)).toThrow(/arm must be one of \["v1","v2"\]/u);
    expect(() => summarizeSketches([{ ...part, counts: {} }], plan)).toThrow(/counts.success must be given/u);
    expect(() => summarizeSketches([{ ...part, counts: { success: { trials: 1, successes: 2 } } }], plan)).toThrow(
      /0 <= successes <= trials/u,
    );
    expect(() => summarizeSketches([part], { ...plan, units: true })).toThrow(/unit must be left out of the policy/u);
  });
});
