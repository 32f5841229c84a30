import { findingsOf } from "../../summary/findings.ts";
import type { Summary } from "../../summary/summary.ts";
import type { QualityReport } from "../analysis.ts";

/**
 * What was read, and what in it looks wrong.
 *
 * @param merged - the same records in fewer cells; `null` leaves the findings out.
 */
export function qualityReport(summary: Summary, merged: Summary | null): QualityReport {
  const { records: all, byArm, otherArms, outsideWindow, afterEnd, failures, extent } = summary.quality;
  const { conditions: _conditions, ...records } = all;
  return {
    ...records,
    byArm,
    otherArms,
    outsideWindow,
    afterEnd,
    failures,
    extent,
    findings: merged === null ? [] : findingsOf(summary, merged),
  };
}
