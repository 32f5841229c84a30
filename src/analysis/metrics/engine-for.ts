import type { Metric } from "../../policy/policy.ts";
import type { ArmData } from "../data/arm-data.ts";
import type { MetricEngine } from "./engine.ts";
import { meanEngine } from "./mean.ts";
import { proportionEngine } from "./proportion.ts";
import { quantileEngine } from "./quantile.ts";

/** The engine of a metric's kind. */
export function engineFor(metric: Metric, control: ArmData, treatment: ArmData): MetricEngine {
  switch (metric.kind) {
    case "proportion":
    case "exceedance":
      return proportionEngine(control, treatment);
    case "quantile":
      return quantileEngine(control, treatment, metric.probability);
    case "mean":
      return meanEngine(control, treatment);
    case "ratio":
      return meanEngine(control, treatment, undefined, metric.denominator);
    case "cost":
      return meanEngine(control, treatment, {
        control: metric.prices[control.arm],
        treatment: metric.prices[treatment.arm],
      });
  }
}
