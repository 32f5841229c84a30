import type { Analysis, Comparison, MetricAnalysis, MetricNote } from "../analysis/analysis.ts";
import { isNotComputable } from "../errors.ts";
import type { DecidedComparison, Verdict } from "./decision.ts";
import type { Warning } from "./reasons.ts";

/** A rule whose p-value is this small, but not small enough, is worth a warning. */
const suspicion = 0.05;

/** Descriptive findings at one look are reported when their p-value is this small. */
const certainty = 0.01;

/** What in the data deserves a second look, whatever the decision. */
export function warningsOf(analysis: Analysis, comparisons: readonly DecidedComparison[]): Warning[] {
  const { checks, quality } = analysis;
  const warnings: Warning[] = [];
  const said = new Set<string>();
  const add = (warning: Warning): void => {
    const key = JSON.stringify(warning);
    if (!said.has(key)) warnings.push(warning);
    said.add(key);
  };
  for (const comparison of comparisons) {
    const { treatment, metrics, decision } = comparison;
    laterContradictions(comparison, decision).forEach(add);
    for (const metric of metrics) {
      if (metric.verdict.rollbackRule !== "waiting") suspectedHarm(metric, treatment).forEach(add);
      metric.notes.forEach((note) => add(fromNote(note, metric.metric, treatment)));
    }
    [...harmedSegments(comparison), ...driftingEffects(comparison)].forEach(add);
    for (const fault of comparison.dataFaults ?? []) if (!fault.blocks) add({ code: "data-fault", treatment, fault });
  }
  for (const [arm, { count, zeroLatency }] of Object.entries(quality.failures)) {
    if (zeroLatency > 0) add({ code: "failures-with-zero-latency", arm, failures: count, zeroLatency });
  }
  const { sampleRatio } = checks;
  if (isNotComputable(sampleRatio)) add({ code: "sample-ratio-not-checked", detail: sampleRatio.detail });
  else sampleRatio.unplanned.forEach((one) => add({ code: "unplanned-records", ...one }));
  if (checks.sampleSize.stray !== null) add({ code: "stray-records", ...checks.sampleSize.stray });
  const { coverage } = checks;
  if (coverage !== null && coverage.covered < coverage.slots)
    add({
      code: "cycle-not-covered",
      cycleHours: coverage.cycleHours,
      covered: coverage.covered,
      slots: coverage.slots,
    });
  const rejected = Object.values(quality.rejected).reduce<number>((sum, count) => sum + (count ?? 0), 0);
  if (rejected > 0)
    add({ code: "rejected-rows", count: rejected, rows: quality.rows - quality.filtered, ...rejectedByArm(quality) });
  if (Object.keys(quality.otherArms).length > 0) add({ code: "other-arms-left-out", arms: quality.otherArms });
  if (quality.outsideWindow > 0) add({ code: "outside-window", count: quality.outsideWindow });
  quality.findings.forEach(add);
  return warnings;
}

/** Rejected rows of the arms that have some; absent where no arm could be read. */
function rejectedByArm({ byArm }: Analysis["quality"]): Pick<Extract<Warning, { code: "rejected-rows" }>, "byArm"> {
  const found = Object.entries(byArm).filter(([, { rejected }]) => rejected > 0);
  return found.length === 0
    ? {}
    : {
        byArm: Object.fromEntries(
          found.map(([arm, { accepted, rejected }]) => [arm, { rejected, rows: accepted + rejected }]),
        ),
      };
}

/** What the records after the plan's end establish against what was decided. */
function laterContradictions({ treatment, later, sample }: DecidedComparison, decision: Verdict): Warning[] {
  const against = decision === "rollback" ? ["goal-reached"] : ["rollback-rule", "goal-ruled-out"];
  return later
    .filter(({ what }) => against.includes(what))
    .map(({ metric, what }): Warning => ({
      code: "later-records-contradict",
      metric,
      treatment,
      what,
      records: sample.laterRecords,
    }));
}

function fromNote(note: MetricNote, metric: string, treatment: string): Warning {
  switch (note.code) {
    case "dependence-found":
      return { code: note.code, metric, treatment, seconds: note.seconds, factor: note.factor };
    case "quantile-unbounded":
      return { code: note.code, metric, arm: note.arm, records: note.n, needed: note.needed };
    case "missing-values":
      return { code: note.code, metric, arm: note.arm, count: note.count };
    case "failures-change-latency":
      return { code: "latency-of-failures-matters", metric, treatment, failures: note.failures, changes: note.changes };
  }
}

/** Segments in which a metric got worse, and metrics whose effect differs between segments. */
function harmedSegments({ treatment, metrics, segments }: Comparison): Warning[] {
  return segments.flatMap(({ metric, field, kind, segments: parts, heterogeneity }): Warning[] => {
    const whole = metrics.find((one) => one.metric === metric);
    if (whole === undefined || isNotComputable(whole.effect)) return [];
    const none = kind === "difference" ? 0 : 1;
    const worse = (effect: number): boolean => (whole.better === "higher" ? effect < none : effect > none);
    const overall = worse(whole.effect.estimate) ? "worse" : "better";
    const harmed = parts
      .filter(({ estimate, adjustedPValue }) => worse(estimate) && adjustedPValue <= suspicion)
      .map(({ value, estimate, adjustedPValue }): Warning => ({
        code: "segment-harmed",
        metric,
        treatment,
        field,
        value,
        estimate,
        kind,
        adjustedPValue,
        overall,
      }));
    return heterogeneity !== null && heterogeneity.pValue <= certainty
      ? [...harmed, { code: "segments-differ", metric, treatment, field, pValue: heterogeneity.pValue }]
      : harmed;
  });
}

function driftingEffects({ treatment, trends }: Comparison): Warning[] {
  return trends
    .filter(({ pValue }) => pValue <= certainty)
    .map(({ metric, kind, first, last, pValue }): Warning => {
      const none = kind === "difference" ? 0 : 1;
      const direction =
        (first - none) * (last - none) < 0
          ? "reversing"
          : Math.abs(last - none) < Math.abs(first - none)
            ? "fading"
            : "growing";
      return { code: "effect-drifts", metric, treatment, direction, first, last, kind, pValue };
    });
}

function suspectedHarm({ metric, rules }: MetricAnalysis, treatment: string): Warning[] {
  return rules.flatMap(({ rule, claim }): Warning[] => {
    if (isNotComputable(claim) || claim.established || !claim.suspected || claim.pValue > suspicion) return [];
    return [{ code: "harm-suspected", metric, treatment, rule, pValue: claim.pValue }];
  });
}
