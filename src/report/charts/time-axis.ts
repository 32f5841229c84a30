import { millisecondsPerDay } from "../../time.ts";
/** The horizontal encoding of a chart over time, or over records where there are no timestamps. */
export function timeAxis(
  instants: readonly (number | null)[],
  what: string,
  plotWidth: number,
): Readonly<Record<string, unknown>> {
  const times = instants.filter((instant) => instant !== null);
  const few = instants.length < 3;
  const axis = { grid: false, labelOverlap: true, tickCount: plotWidth < 400 ? 4 : 8 };
  if (instants.length === 0)
    return {
      field: "at",
      type: "quantitative",
      title: what,
      scale: { domain: [0, 1] },
      axis: { ...axis, labels: false, ticks: false },
    };
  if (times.length < instants.length || times.length === 0)
    return {
      field: "at",
      type: "quantitative",
      title: "records so far",
      scale: { zero: false, padding: 40 },
      axis: { ...axis, tickCount: 1, format: ",.0f" },
    };
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const long = last - first > 2 * millisecondsPerDay;
  const day = new Date(first).toISOString().slice(0, 10);
  return {
    field: "at",
    type: "temporal",
    title: `${what}, UTC${long ? "" : `, ${day}`}`,
    scale: { type: "utc", padding: few ? 40 : 8 },
    axis: { ...axis, format: long ? "%b %d" : "%H:%M" },
  };
}
