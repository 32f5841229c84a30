export { buildReport } from "./build.ts";
export type { ComparisonReport, MetricRow, Report } from "./report.ts";
export { renderText, type TextOptions } from "./text.ts";
