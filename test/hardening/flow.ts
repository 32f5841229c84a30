import { trajectory, type TrajectoryPoint } from "../../src/analysis/trajectory.ts";
import {
  analyze,
  batchesFromRows,
  decide,
  type Decision,
  decodeSummary,
  encodeSummary,
  mergeSummaries,
  parsePolicy,
  planFor,
  readCsv,
  readNdjson,
  type RequestRecord,
  summarize,
  type Summary,
} from "../../src/index.ts";
import { buildReport, renderHtml, renderMarkdown, renderText } from "../../src/report/index.ts";

/** Every name that a user may choose. */
export interface Names {
  readonly control: string;
  readonly treatment: string;
  /** An arm in the records that the policy doesn't name. */
  readonly stranger: string;
  readonly metric: string;
  /** The field of the latencies. */
  readonly latency: string;
  /** The field that says how a request ended. */
  readonly outcome: string;
  readonly segment: string;
  readonly segmentValue: string;
  readonly unit: string;
}

export const plainNames: Names = {
  control: "arm one",
  treatment: "arm two",
  stranger: "arm three",
  metric: "metric one",
  latency: "latency one",
  outcome: "outcome one",
  segment: "segment one",
  segmentValue: "value one",
  unit: "unit one",
};

const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5);

export function policyWith(names: Names): unknown {
  return {
    control: names.control,
    treatments: [names.treatment],
    allocation: Object.fromEntries([
      [names.control, 1],
      [names.treatment, 1],
    ]),
    unit: "user",
    minimumSampleSize: 100,
    segments: [names.segment],
    metrics: [
      {
        name: names.metric,
        kind: "proportion",
        field: names.outcome,
        better: "higher",
        role: "primary",
        goal: "non-inferior",
        margin: { absolute: 0.05 },
        rollbackWhen: { worseBy: { absolute: 0.2 } },
      },
      {
        name: "slowness",
        kind: "quantile",
        field: names.latency,
        probability: 0.9,
        better: "lower",
        role: "guardrail",
        goal: "non-inferior",
        margin: { relative: 0.2 },
      },
      { name: "level", kind: "mean", field: names.latency, better: "lower", role: "secondary" },
    ],
  };
}

/** Made-up requests under these names; neither their order nor their figures depend on them. */
export function recordsWith(names: Names, count = 1500): RequestRecord[] {
  return Array.from({ length: count }, (_, i) => {
    const arm = i % 50 === 49 ? names.stranger : i % 2 === 0 ? names.control : names.treatment;
    return Object.fromEntries<unknown>([
      ["arm", arm],
      ["timestamp", start + (i * 6 * hour) / count],
      ["unit", i % 40 === 0 ? names.unit : `u${i % 39}`],
      [names.outcome, i % 17 !== 0],
      [names.latency, i % 29 === 0 ? null : 100 + ((i * 7919) % 613) * (i % 2 === 0 ? 1 : 1.4)],
      [names.segment, i % 3 === 0 ? names.segmentValue : "other"],
    ]) as unknown as RequestRecord;
  });
}

/** All that comes of the records: summary, decision, what a stored summary gives again, and each report. */
export interface Outcome {
  readonly summary: Summary;
  readonly decision: Decision;
  readonly points: readonly TrajectoryPoint[];
  readonly documents: Readonly<Record<string, string>>;
}

export async function outcomeOf(names: Names): Promise<Outcome> {
  const policy = parsePolicy(policyWith(names));
  const plan = planFor(policy);
  const records = recordsWith(names);
  const early = summarize(records.slice(0, 700), plan);
  const merged = mergeSummaries([early, summarize(records.slice(700), plan)]);
  const stored = decodeSummary(encodeSummary(merged));
  const decision = decide(analyze(stored, policy), policy);
  const points = trajectory(stored, policy);
  const report = buildReport(decision, policy, points);
  return {
    summary: stored,
    decision,
    points,
    documents: {
      merged: encodeSummary(merged),
      stored: encodeSummary(stored),
      whole: encodeSummary(summarize(records, plan)),
      ...(await read(names, records, plan)),
      json: JSON.stringify(decision),
      points: JSON.stringify(points),
      text: renderText(report, { width: 120 }),
      markdown: renderMarkdown(report),
      html: await renderHtml({ decision, policy, summary: stored, points }),
    },
  };
}

/** The summary of the same records read from each format. */
async function read(
  names: Names,
  records: readonly RequestRecord[],
  plan: ReturnType<typeof planFor>,
): Promise<Record<string, string>> {
  const quote = (column: string): string => `"${column.replace(/["\\]/gu, "\\$&")}"`;
  const columns = ["arm", "timestamp", "unit", names.outcome, names.latency, names.segment];
  const mapping = {
    fields: Object.fromEntries([
      ["arm", "arm"],
      ["timestamp", "timestamp"],
      ["unit", "unit"],
      [names.outcome, quote(names.outcome)],
      [names.latency, quote(names.latency)],
      [`segment.${names.segment}`, quote(names.segment)],
    ]),
  };
  const cell = (value: unknown): string => (value === null ? "" : `"${String(value).replaceAll('"', '""')}"`);
  const csv = [columns, ...records.map((record) => columns.map((column) => record[column as "arm"]))]
    .map((row) => row.map(cell).join(","))
    .join("\n");
  const ndjson = records.map((record) => JSON.stringify(record)).join("\n");
  const bytes = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream() as ReadableStream<Uint8Array>;
  return {
    rows: encodeSummary(summarize(batchesFromRows(records, mapping), plan)),
    ndjson: encodeSummary(summarize(await collect(readNdjson(bytes(ndjson), mapping, "log")), plan)),
    csv: encodeSummary(summarize(await collect(readCsv(bytes(csv), mapping, "log")), plan)),
  };
}

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
