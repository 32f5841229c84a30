import type { QualityFinding } from "../../summary/findings.ts";
import { formatCount, formatNumber } from "./format.ts";

/** One finding about the quality of the records, in one sentence. */
export function findingText(finding: QualityFinding): string {
  switch (finding.code) {
    case "duplicate-requests":
      return (
        `${about(finding.exact)}${formatCount(finding.records)} records (${percent(finding.share)}) repeat a ` +
        "request id: they may have been read twice"
      );
    case "units-in-several-arms":
      return (
        `${about(finding.exact)}${formatCount(finding.units)} units (${percent(finding.share)}) were seen in ` +
        "more than one arm: the split was not kept"
      );
    case "late-records":
      return `${formatCount(finding.count)} records came after the experiment's end and were left out`;
    case "arm-missing-for-part":
      return (
        `${finding.arm} has records only from ${instant(finding.first)} to ${instant(finding.last)}, the ` +
        `experiment from ${instant(finding.overall.first)} to ${instant(finding.overall.last)}`
      );
    case "condition-always-met":
      return (
        `every record meets ${finding.field} = ${finding.expression}: nothing went wrong, or the value that stands ` +
        "for what goes wrong is written differently in the records"
      );
    case "gaps-in-periods":
      return (
        `${finding.arm} has no records in ${formatCount(finding.periods)} of its ${formatCount(finding.of)} ` +
        "periods"
      );
    case "constant-field":
      return `${finding.field} of ${finding.arm} is always ${formatNumber(finding.value)}`;
    case "values-piled-up":
      return (
        `${percent(finding.share)} of ${finding.field} of ${finding.arm} lie between ` +
        `${formatNumber(finding.lower)} and ${formatNumber(finding.upper)}, as timeouts do: what is slower than ` +
        "that is not seen"
      );
    case "dominant-unit":
      return finding.unit === null
        ? `one 64th of the units of ${finding.arm} sent ${percent(finding.share)} of its records: some of them ` +
            "send far more than the others"
        : `${finding.unit} sent ${percent(finding.share)} of the records of ${finding.arm}`;
    case "too-many-segment-values":
      return (
        `${finding.field} has more values than are kept apart; ${formatCount(finding.records)} records are ` +
        "counted as other values"
      );
  }
}

function about(exact: boolean): string {
  return exact ? "" : "about ";
}

function percent(share: number): string {
  return `${formatNumber(100 * share)} %`;
}

function instant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(".000Z", "Z");
}
