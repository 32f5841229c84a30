import { RecordsError } from "../../errors.ts";

/** A report that holds sums and percentiles of many requests, but no single ones. */
interface Aggregate {
  readonly what: string;
  /** Texts that the beginning of such a report has, all of them. */
  readonly signs: readonly RegExp[];
  /** What to export instead. */
  readonly fix: string;
}

const aggregates: readonly Aggregate[] = [
  {
    what: "oha's summary",
    signs: [/^\{/u, /"summary"\s*:/u, /"(?:responseTimeHistogram|latencyPercentiles)"\s*:/u],
    fix: "Run: oha --output-format csv -o run.csv ...",
  },
  {
    what: "a summary of autocannon",
    signs: [/^\{/u, /"latency"\s*:\s*\{/u, /"throughput"\s*:\s*\{/u, /"non2xx"|"2xx"/u],
    fix: "Let autocannon's onResponse write one line a request, or run k6, oha or vegeta",
  },
  {
    what: "a report of Artillery",
    signs: [/^\{/u, /"aggregate"\s*:\s*\{/u, /"(?:counters|intermediate)"\s*:/u],
    fix: "Let Artillery publish one record a request (publish-metrics, or a hook afterResponse that writes a line)",
  },
  {
    what: "k6's summary",
    signs: [/^\{/u, /"metrics"\s*:\s*\{/u, /"(?:http_req_duration|iteration_duration)"\s*:\s*\{/u],
    fix: "Run: k6 run --out csv=run.csv ... (or --out json=run.json)",
  },
  {
    what: "Locust's statistics",
    signs: [/^(?:Timestamp,User Count,Type,Name,Requests\/s|Type,Name,Request Count,Failure Count)/u],
    fix: "Load locust.contrib.csv_request_logger, which writes one row a request",
  },
  {
    what: "wrk's summary",
    signs: [/^Running \S+ test @ /u],
    fix: "wrk keeps no single requests: run oha --output-format csv, hey -o csv or vegeta",
  },
  {
    what: "the percentiles of an HdrHistogram",
    signs: [/^Value\s+Percentile\s+TotalCount/u],
    fix: "It has no failures in it: export single requests, or give sketches to summarizeSketches",
  },
  {
    what: "a table of percentiles over time",
    signs: [/^"?time(?:stamp)?"?[,;\t](?=.*\bp?(?:50|90|95|99)(?:th|%)?\b)(?!.*(?:status|success|error|code))/iu],
    fix: "Export single requests, or the histogram's buckets: see docs/telemetry.md",
  },
  {
    what: "Prometheus' answer of a range query",
    signs: [/^\{/u, /"resultType"\s*:\s*"(?:matrix|vector)"/u],
    fix: "Read the histogram with assay/telemetry: percentiles over time can't be added up",
  },
];

/**
 * Refuses reports without single requests.
 *
 * @param text - the beginning of the source.
 * @throws {RecordsError} that says what to export instead.
 */
export function refuseAggregates(text: string, name: string): void {
  const found = aggregates.find(({ signs }) => signs.every((sign) => sign.test(text)));
  if (found === undefined) return;
  throw new RecordsError(
    `Cannot read the records: ${JSON.stringify(name)} must hold single requests, current value is ${found.what}: ` +
      "how far percentiles of many requests may be off by chance can't be told from them",
    { code: "aggregates-only", field: name, value: found.what, fix: found.fix },
  );
}
