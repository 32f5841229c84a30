import { AssayError, DatabaseError } from "../../errors.ts";

/** A meaning that a database's message can have, and what to tell the user. */
interface FailureKind {
  readonly code: string;
  /** Messages of this meaning, one line a database; those that several share come first. */
  readonly patterns: readonly RegExp[];
  readonly requirement: string;
  readonly fix: string;
}

/** What databases say, by meaning. Codes of PostgreSQL are SQLSTATEs, those of ClickHouse `Code: N`. */
const kinds: readonly FailureKind[] = [
  {
    code: "permission-denied",
    patterns: [
      /permission denied|access_denied|access denied|insufficient privileges/iu,
      /\b42501\b/u,
      /Code: (497|291)\b|Not enough privileges/iu,
      /Permission Error/u,
    ],
    requirement: "readable",
    fix: "Grant SELECT on it to this user; DuckDB reads no file but those that were named",
  },
  {
    code: "login-refused",
    patterns: [
      /password authentication failed|\b28P01\b|\b28000\b|no password supplied/iu,
      /client password must be|role ".*" does not exist/iu,
      /Code: (516|192|193|194)\b|AUTHENTICATION_FAILED/iu,
    ],
    requirement: "open to this user",
    fix: "Check the user name, and the password in the environment",
  },
  {
    code: "server-out-of-memory",
    patterns: [/out of memory|memory limit/iu, /\b53200\b/u, /Code: 241\b|MEMORY_LIMIT_EXCEEDED/iu],
    requirement: "summarized within the server's memory",
    fix: "Ask for fewer periods at a time, fewer segments, or raise the server's limit",
  },
  {
    code: "statement-timeout",
    patterns: [/statement timeout|canceling statement/iu, /\b57014\b/u, /Code: 159\b|TIMEOUT_EXCEEDED/iu],
    requirement: "summarized within the server's time limit",
    fix: "Ask for fewer periods at a time, or raise the limit",
  },
  {
    code: "no-answer",
    patterns: [/timed? ?out|timeout|ETIMEDOUT|aborted|AbortError/iu],
    requirement: "answered in time",
    fix: "Check that the server is not hung, or allow more time",
  },
  {
    code: "server-gone",
    patterns: [
      /ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EHOSTUNREACH|UND_ERR/iu,
      /socket hang up|other side closed|Connection refused|unexpected EOF/iu,
      /Connection terminated|terminated unexpectedly|is not queryable|server closed the connection/iu,
      /\b57P0[123]\b|\b08\d{3}\b|the database system is (starting up|shutting down)/iu,
      /Code: (279|210|209|32|33)\b/iu,
    ],
    requirement: "answered by a running server, to the end",
    fix: "Check that the server runs and can be reached, then run it again: nothing was kept",
  },
  {
    code: "column-missing",
    patterns: [
      /column .* does not exist|\b42703\b/iu,
      /Code: (47|16)\b/iu,
      /Referenced column/iu,
      /UNRESOLVED_COLUMN/iu,
      /Unrecognized name/iu,
    ],
    requirement: "a table with the mapped columns",
    fix: "Correct the mapping",
  },
  {
    code: "table-missing",
    patterns: [
      /does not exist|\b42P01\b|\b3F000\b|\b3D000\b/iu,
      /Code: (60|81)\b/iu,
      /Table with name|Catalog Error|No files found/iu,
      /TABLE_OR_VIEW_NOT_FOUND/iu,
      /Not found: Table/iu,
    ],
    requirement: "an existing table",
    fix: "Check its name, schema and database",
  },
  {
    code: "wrong-column-type",
    patterns: [
      /\b22P02\b|\b42883\b|\b42804\b|operator does not exist|invalid input syntax/iu,
      /Code: (43|53|6|27)\b/iu,
      /Conversion Error|Binder Error/iu,
    ],
    requirement: "a table whose columns have the types the mapping asks for",
    fix: "Convert the column in a view",
  },
  {
    code: "number-out-of-range",
    patterns: [/\b22003\b|out of range|overflow|underflow/iu],
    requirement: "made of numbers whose squares are doubles",
    fix: "Filter the extreme values out, or look at a quantile instead of a mean",
  },
];

/** An engine's own error as one that names engine, shard and fix. */
export function explainFailure(cause: unknown, engine: string, table: string, shard: string | undefined): Error {
  if (cause instanceof DatabaseError && (cause.shard !== undefined || shard === undefined)) return cause;
  if (cause instanceof AssayError && !(cause instanceof DatabaseError)) return cause;
  const text = said(cause);
  const kind = kinds.find(({ patterns }) => patterns.some((pattern) => pattern.test(text)));
  const where = shard === undefined ? engine : `${engine} shard ${shard}`;
  const requirement = kind?.requirement ?? "readable";
  return new DatabaseError(
    `Cannot summarize the table on ${where}: ${table} must be ${requirement}, current value is refused with ` +
      `${JSON.stringify(shortened(text))}`,
    {
      engine,
      shard,
      code: kind?.code ?? "query-failed",
      field: "table",
      value: table,
      fix: kind?.fix ?? "Run the statement that `assay sql` prints to see the engine's own message",
    },
  );
}

/** All that an error says: its code, its message, and those of its causes. */
function said(cause: unknown): string {
  const parts: string[] = [];
  for (let at: unknown = cause, depth = 0; at !== undefined && at !== null && depth < 5; depth++) {
    const {
      code,
      message,
      errors,
      cause: inner,
    } = at as { code?: unknown; message?: unknown; errors?: unknown; cause?: unknown };
    if (typeof code === "string" || typeof code === "number")
      parts.push(/^\d+$/u.test(String(code)) && String(code).length < 5 ? `Code: ${code}` : String(code));
    parts.push(typeof message === "string" ? message : typeof at === "string" ? at : "");
    if (Array.isArray(errors)) parts.push(...errors.map((error) => said(error)));
    at = inner;
  }
  return parts.filter((part) => part !== "").join(": ");
}

/** A message in one line, without secrets that a connection string may carry. */
function shortened(text: string): string {
  const line = text.replace(/\s+/gu, " ").replace(/:\/\/[^@/\s]*@/gu, "://");
  return line.length > 200 ? `${line.slice(0, 197)}...` : line;
}
