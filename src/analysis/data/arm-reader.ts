import type { Metric } from "../../policy/policy.ts";
import type { Segment, Summary } from "../../summary/summary.ts";
import { type ArmData, armData } from "./arm-data.ts";

/** What a summary holds about an arm, collected once per statistic however many metrics read it. */
export type ArmReader = (metric: Metric, arm: string, segment?: Segment | null) => ArmData;

/** A reader that remembers. */
export function armReader(summary: Summary): ArmReader {
  const known = new Map<string, ArmData>();
  return (metric, arm, segment = null) => {
    const key = JSON.stringify([statisticKey(metric), arm, segment]);
    const found = known.get(key) ?? armData(summary, metric, arm, segment);
    known.set(key, found);
    return found;
  };
}

function statisticKey(metric: Metric): unknown {
  switch (metric.kind) {
    case "ratio":
      return ["comoments", metric.numerator, metric.denominator];
    case "cost":
      return ["comoments", metric.inputTokens, metric.outputTokens];
    case "exceedance":
      return [metric.kind, metric.field, metric.threshold];
    default:
      return [metric.kind, metric.field];
  }
}
