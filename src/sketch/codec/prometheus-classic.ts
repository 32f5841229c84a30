import { cannot, FormatError } from "../../errors.ts";
import { ExplicitHistogram } from "../explicit-histogram.ts";
import { promNumber } from "./prometheus-notation.ts";

/** A classic histogram of an exposition, with its labels other than `le`. */
export interface PrometheusClassicHistogram {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly histogram: ExplicitHistogram;
}

export interface PrometheusClassicOptions {
  /**
   * A number that no value can be below, e.g. 0 for latencies; see `ExplicitHistogram`. Default -Infinity, because the
   * format doesn't say.
   */
  readonly lowerLimit?: number;
}

const action = "decode a Prometheus classic histogram";
const sample = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+(\S+)(?:\s.*)?$/;
const label = /\s*([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"\s*(,|$)/y;

interface Family {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly buckets: Map<number, number>;
  sum: number | undefined;
  count: number | undefined;
}

/**
 * Which classic histograms are in this exposition? Reads the text format of Prometheus and OpenMetrics: series
 * `name_bucket{le="..."}`, `name_sum`, `name_count`.
 *
 * @throws {FormatError} naming line, series and fix when a line can't be read or a histogram contradicts itself.
 */
export function decodePrometheusClassic(
  text: string,
  options: PrometheusClassicOptions = {},
): PrometheusClassicHistogram[] {
  const families = new Map<string, Family>();
  const declared = new Set<string>();
  text.split(/\r?\n/).forEach((line, i) => {
    const type = /^#\s*TYPE\s+(\S+)\s+histogram\s*$/.exec(line);
    if (type !== null) declared.add(type[1] as string);
    if (line.startsWith("#") || line.trim() === "") return;
    const match = sample.exec(line);
    if (match === null) throw refused(`line ${i + 1}`, "a comment or a sample", line);
    const [, series = "", labelText = "", valueText = ""] = match;
    const part = /^(.*)_(bucket|sum|count)$/.exec(series);
    if (
      part === null ||
      !(part[2] === "bucket" || declared.has(part[1] as string) || hasFamily(families, part[1] as string))
    )
      return;
    const labels = labelsOf(labelText, i + 1);
    const le = labels["le"];
    delete labels["le"];
    const name = part[1] as string;
    const key = JSON.stringify([name, Object.entries(labels).sort()]);
    const family: Family = families.get(key) ?? { name, labels, buckets: new Map(), sum: undefined, count: undefined };
    families.set(key, family);
    const value = promNumber(valueText, `line ${i + 1}`);
    if (part[2] === "sum") family.sum = value;
    else if (part[2] === "count") family.count = value;
    else if (le === undefined) throw refused(`line ${i + 1}`, 'a bucket with a label "le"', line);
    else family.buckets.set(promNumber(le, `line ${i + 1}`), value);
  });
  return [...families.values()]
    .filter(({ buckets }) => buckets.size > 0)
    .map((family) => ({ name: family.name, labels: family.labels, histogram: histogramOf(family, options) }));
}

function hasFamily(families: ReadonlyMap<string, Family>, name: string): boolean {
  return [...families.values()].some((family) => family.name === name);
}

function labelsOf(text: string, line: number): Record<string, string> {
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  label.lastIndex = 0;
  while (label.lastIndex < text.length) {
    const match = label.exec(text);
    if (match === null) throw refused(`line ${line}`, 'labels as name="value"', text);
    labels[match[1] as string] = (match[2] as string).replace(/\\(.)/g, (_, c: string) => (c === "n" ? "\n" : c));
  }
  return { ...labels };
}

function histogramOf(
  { name, buckets, sum, count }: Family,
  { lowerLimit }: PrometheusClassicOptions,
): ExplicitHistogram {
  const edges = [...buckets.keys()].sort((a, b) => a - b);
  const total = buckets.get(Infinity);
  if (total === undefined) throw refused(name, 'a histogram with a bucket le="+Inf"', edges);
  if (count !== undefined && count !== total)
    throw refused(`${name}_count`, `the count of the last bucket, ${total}`, count);
  let before = 0;
  const counts = edges.map((edge) => {
    const cumulative = buckets.get(edge) as number;
    if (cumulative < before)
      throw refused(`${name}_bucket{le="${edge}"}`, `at least that of the bucket before, ${before}`, cumulative);
    const own = cumulative - before;
    before = cumulative;
    return own;
  });
  return new ExplicitHistogram({
    boundaries: edges.slice(0, -1),
    counts,
    lowerLimit,
    sum: total === 0 || Number.isNaN(sum) ? undefined : sum,
  });
}

function refused(field: string, requirement: string, value: unknown): FormatError {
  return new FormatError(cannot(action, field, requirement, value), { code: "invalid-format", field, value });
}
