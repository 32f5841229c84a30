import type { ExperimentsClient } from "../http/client.ts";
import { MalformedResponseError } from "../http/errors.ts";
import type { ExperimentResults, HourlyFigures } from "./results-payload.ts";

/** Which part of the results to read. */
export interface ReadResultsOptions {
  /** ISO 8601 instant: hours that start before it are left out. */
  readonly from?: string;
  /** Refuse results that were computed before this instant (ISO 8601): a cache served an old answer. */
  readonly notBefore?: string;
  readonly signal?: AbortSignal;
}

const maxRestarts = 8;
const maxPages = 10_000;

/**
 * What are all the results of an experiment, over all pages?
 *
 * Pages must be of one moment: when a page is older or newer than the first (the series grew, or a cache served an old
 * page), reading starts again.
 *
 * @param client - see `createClient`
 * @param id - the experiment
 * @returns results with the whole hourly series and no further cursor
 * @throws {MalformedResponseError} `inconsistent-pages` when no consistent reading was possible, `stale-results` when
 * only old ones came
 * @example
 * ```ts
 * const results = await readResults(client, "exp_0001");
 * results.control.hourly?.length; // 8
 * ```
 */
export async function readResults(
  client: ExperimentsClient,
  id: string,
  options: ReadResultsOptions = {},
): Promise<ExperimentResults> {
  let stale = false;
  for (let restarts = 0; restarts <= maxRestarts; restarts += 1) {
    const results = await readOnce(client, id, options);
    if (results === undefined) continue;
    stale =
      options.notBefore !== undefined &&
      results.as_of !== undefined &&
      Date.parse(results.as_of) < Date.parse(options.notBefore);
    if (!stale) return results;
  }
  const what = stale
    ? `the results must not be older than those read before (${options.notBefore})`
    : "all pages must be of one moment";
  throw new MalformedResponseError(
    `Cannot read results of experiment ${id}: ${what}, and after ${maxRestarts + 1} readings they are not`,
    {
      code: stale ? "stale-results" : "inconsistent-pages",
      fix: "Check for a cache between here and the gateway, and try again",
    },
  );
}

/** One reading of all pages; `undefined` when they were not of one moment. */
async function readOnce(
  client: ExperimentsClient,
  id: string,
  options: ReadResultsOptions,
): Promise<ExperimentResults | undefined> {
  const query = {
    granularity: "hourly" as const,
    ...(options.from === undefined ? {} : { from: options.from }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const first = await client.getResults(id, query);
  const series = { control: [...(first.control.hourly ?? [])], treatment: [...(first.treatment.hourly ?? [])] };
  const seen = new Set<string>();
  let cursor = first.next_cursor ?? null;
  while (cursor !== null) {
    if (seen.has(cursor) || seen.size >= maxPages) {
      throw new MalformedResponseError(
        `Cannot read results of experiment ${id}: every page must lead on to another, and cursor ` +
          `${JSON.stringify(cursor)} comes again`,
        { code: "endless-pages" },
      );
    }
    seen.add(cursor);
    const page = await client.getResults(id, { ...query, cursor });
    if (!sameMoment(first, page) || !continues(series.control, page.control.hourly)) return undefined;
    series.control.push(...(page.control.hourly ?? []));
    series.treatment.push(...(page.treatment.hourly ?? []));
    cursor = page.next_cursor ?? null;
  }
  const arm = (name: "control" | "treatment"): ExperimentResults["control"] => ({
    ...first[name],
    ...(first[name].hourly === undefined ? {} : { hourly: series[name] }),
  });
  return { ...first, control: arm("control"), treatment: arm("treatment"), next_cursor: null };
}

function sameMoment(first: ExperimentResults, page: ExperimentResults): boolean {
  return (
    first.as_of === page.as_of &&
    first.control.request_count === page.control.request_count &&
    first.treatment.request_count === page.treatment.request_count
  );
}

function continues(series: readonly HourlyFigures[], page: readonly HourlyFigures[] | undefined): boolean {
  const [last, next] = [series.at(-1), page?.[0]];
  return last === undefined || next === undefined || Date.parse(next.hour) > Date.parse(last.hour);
}
