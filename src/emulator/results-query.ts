import type { Checked, FieldIssue } from "../api/index.ts";
import { showValue } from "../errors.ts";
import type { ResultsRequest } from "./results-view.ts";

/** Reads the query of `GET /experiments/{id}/results`: `granularity`, `from`, `cursor`, `limit`. */
export function parseResultsQuery(query: URLSearchParams, hoursPerPage: number): Checked<ResultsRequest> {
  const issues: FieldIssue[] = [];
  const refuse = (path: string, requirement: string): void => {
    issues.push({
      path,
      code: "invalid-value",
      message: `must be ${requirement}, current value is ${showValue(query.get(path))}`,
    });
  };
  const granularity = query.get("granularity");
  if (granularity !== null && granularity !== "hourly") refuse("granularity", "hourly or absent");
  const fromMs = Date.parse(query.get("from") ?? "1970-01-01T00:00:00Z");
  if (Number.isNaN(fromMs)) refuse("from", "an ISO 8601 instant");
  const cursor = query.get("cursor") ?? "h0";
  if (!/^h\d{1,9}$/.test(cursor)) refuse("cursor", "the next_cursor of an earlier page");
  const limit = Number(query.get("limit") ?? hoursPerPage);
  if (!Number.isSafeInteger(limit) || limit < 1) refuse("limit", "a whole number of at least 1");
  if (issues.length > 0) return { ok: false, issues };
  return {
    ok: true,
    value: {
      hourly: granularity === "hourly",
      fromMs,
      offset: Number(cursor.slice(1)),
      limit: Math.min(limit, hoursPerPage),
    },
  };
}
