import { requireFinite, requireNumber } from "../../errors.ts";
import type { GroupSequentialDesign } from "../../stats/group-sequential/design.ts";
import { formatNumber } from "../words/format.ts";
import { type ChartOptions, type ChartSpec, chartSpec, rounded } from "./spec.ts";

/** A look that was made. */
export interface SpentLook {
  /** Information seen / planned information, above 0. */
  readonly informationFraction: number;
  /** The standardised statistic: (treatment - control) / standard error. */
  readonly z: number;
}

/**
 * Where are the boundaries of a group-sequential design, and what did the looks made so far show?
 *
 * @param design - from `groupSequentialDesign`.
 * @param looks - the looks made, in order; none before the first.
 * @returns a Vega-Lite specification: z over the share of the planned information, boundaries as steps, looks as
 * points.
 * @throws {RangeError} for a look with a fraction that is not positive, or a z that is not finite.
 */
export function spendingChart(
  design: GroupSequentialDesign,
  looks: readonly SpentLook[] = [],
  options: ChartOptions = {},
): ChartSpec {
  looks.forEach(({ informationFraction, z }, index) => {
    requireNumber(
      "draw the looks",
      `looks[${index}].informationFraction`,
      "a positive number",
      informationFraction,
      (x) => x > 0 && Number.isFinite(x),
    );
    requireFinite("draw the looks", `looks[${index}].z`, z);
  });
  const bounds = design.looks.flatMap(({ information: at, efficacy, futility, harm }) => [
    { at, bound: "efficacy", z: efficacy },
    ...(design.rules.sides === 2 ? [{ at, bound: "efficacy (below)", z: -efficacy }] : []),
    ...(typeof futility === "number" ? [{ at, bound: "futility", z: futility }] : []),
    ...(typeof harm === "number" ? [{ at, bound: "harm", z: harm }] : []),
  ]);
  const boundaries = bounds
    .filter(({ z }) => Number.isFinite(z))
    .map(({ at, bound, z }) => ({ at: rounded(at), bound, z: rounded(z) }));
  const made = looks.map(({ informationFraction, z }) => ({ at: rounded(informationFraction), z: rounded(z) }));
  const kinds = ["efficacy", "efficacy (below)", "futility", "harm"].filter((kind) =>
    boundaries.some(({ bound }) => bound === kind),
  );
  return chartSpec(
    {
      chart: "spending",
      finding: findingOf(design, looks),
      subtitle:
        `Boundaries of ${design.looks.length} planned looks at alpha ${design.rules.alpha}; points: the looks ` +
        "made",
      table: {
        columns: ["information, %", "boundary", "z"],
        rows: [
          ...boundaries.map(({ at, bound, z }) => [formatNumber(100 * at, 3), bound, formatNumber(z)]),
          ...made.map(({ at, z }) => [formatNumber(100 * at, 3), "look made", formatNumber(z)]),
        ],
      },
      margin: 60,
      body: (theme, plotWidth) => {
        const x = {
          field: "at",
          type: "quantitative",
          title: "share of the planned information",
          scale: { domain: [0, Math.max(1, ...made.map(({ at }) => at))], nice: false },
          axis: { format: "%", grid: false },
        };
        const y = { field: "z", type: "quantitative", title: "z, treatment - control" };
        const colors: Readonly<Record<string, string>> = {
          efficacy: theme.good,
          "efficacy (below)": theme.good,
          futility: theme.muted,
          harm: theme.bad,
        };
        const color = {
          field: "bound",
          type: "nominal",
          scale: { domain: kinds, range: kinds.map((kind) => colors[kind]) },
          legend: { title: null },
        };
        const strokeDash = {
          field: "bound",
          type: "nominal",
          scale: {
            domain: kinds,
            range: kinds.map((kind) => (kind === "futility" ? [6, 4] : kind === "harm" ? [2, 3] : [1, 0])),
          },
          legend: { title: null, symbolType: "stroke", symbolSize: 300 },
        };
        return {
          width: plotWidth,
          height: 220,
          layer: [
            { data: { values: [{ z: 0 }] }, mark: { type: "rule", color: theme.muted }, encoding: { y } },
            {
              data: { values: boundaries },
              mark: { type: "line", point: { filled: true, size: 40 } },
              encoding: { x, y, color, strokeDash },
            },
            {
              data: { values: made },
              mark: { type: "line", color: theme.ink, point: { filled: true, size: 80, color: theme.ink } },
              encoding: { x, y },
            },
          ],
        };
      },
    },
    options,
  );
}

function findingOf(design: GroupSequentialDesign, looks: readonly SpentLook[]): string {
  const last = looks.at(-1);
  if (last === undefined) return `Group-sequential design: ${design.looks.length} looks planned, none made`;
  const share = `${formatNumber(100 * last.informationFraction, 3)} % of the information`;
  const bound =
    design.looks.find(({ information }) => information >= last.informationFraction - 1e-9) ?? design.looks.at(-1);
  const crossed =
    bound !== undefined && (last.z >= bound.efficacy || (design.rules.sides === 2 && last.z <= -bound.efficacy));
  return (
    `Look ${looks.length} of ${design.looks.length}: z = ${formatNumber(last.z, 3)} at ${share}, ` +
    `${crossed ? "beyond" : "within"} the efficacy boundary of the planned look`
  );
}
