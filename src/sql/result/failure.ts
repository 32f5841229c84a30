import { AssayError, DatabaseError } from "../../errors.ts";

interface Kind {
  readonly code: string;
  readonly pattern: RegExp;
  readonly requirement: string;
  readonly fix: string;
}

/** What engines say, by meaning. Codes of PostgreSQL are SQLSTATEs, those of ClickHouse `Code: N`. */
const kinds: readonly Kind[] = [
  {
    code: "permission-denied",
    pattern:
      /permission denied|\b42501\b|Code: 497\b|Code: 291\b|Not enough privileges|access_denied|Access Denied|insufficient privileges/iu,
    requirement: "readable",
    fix: "Grant SELECT on it to this user",
  },
  {
    code: "login-refused",
    pattern:
      /password authentication failed|\b28P01\b|\b28000\b|no password supplied|client password must be|Code: (516|192|193|194)\b|AUTHENTICATION_FAILED|role ".*" does not exist/iu,
    requirement: "open to this user",
    fix: "Check the user name, and the password in the environment",
  },
  {
    code: "server-out-of-memory",
    pattern: /out of memory|Code: 241\b|MEMORY_LIMIT_EXCEEDED|Memory limit|\b53200\b/iu,
    requirement: "summarized within the server's memory",
    fix: "Ask for fewer periods at a time, fewer segments, or raise the server's limit",
  },
  {
    code: "statement-timeout",
    pattern: /statement timeout|\b57014\b|Code: 159\b|TIMEOUT_EXCEEDED|canceling statement/iu,
    requirement: "summarized within the server's time limit",
    fix: "Ask for fewer periods at a time, or raise the limit",
  },
  {
    code: "no-answer",
    pattern: /timed? ?out|timeout|ETIMEDOUT|aborted|AbortError/iu,
    requirement: "answered in time",
    fix: "Check that the server is not hung, or allow more time",
  },
  {
    code: "server-gone",
    pattern:
      /ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EHOSTUNREACH|socket hang up|other side closed|UND_ERR|Connection terminated|is not queryable|terminated unexpectedly|Connection refused|server closed the connection|Code: (279|210|209|32|33)\b|\b57P0[123]\b|\b08\d{3}\b|the database system is (starting up|shutting down)|unexpected EOF/iu,
    requirement: "answered by a running server, to the end",
    fix: "Check that the server runs and can be reached, then run it again: nothing was kept",
  },
  {
    code: "column-missing",
    pattern:
      /column .* does not exist|\b42703\b|Code: (47|16)\b|Referenced column|UNRESOLVED_COLUMN|Unrecognized name/iu,
    requirement: "a table with the mapped columns",
    fix: "Correct the mapping",
  },
  {
    code: "table-missing",
    pattern:
      /relation .* does not exist|does not exist|\b42P01\b|\b3F000\b|\b3D000\b|Code: (60|81)\b|Table with name|TABLE_OR_VIEW_NOT_FOUND|Catalog Error|Not found: Table|No files found/iu,
    requirement: "an existing table",
    fix: "Check its name, schema and database",
  },
  {
    code: "wrong-column-type",
    pattern:
      /\b22P02\b|\b42883\b|\b42804\b|Conversion Error|Binder Error|Code: (43|53|6|27)\b|operator does not exist|invalid input syntax/iu,
    requirement: "a table whose columns have the types the mapping asks for",
    fix: "Convert the column in a view",
  },
  {
    code: "number-out-of-range",
    pattern: /\b22003\b|out of range|overflow|underflow/iu,
    requirement: "made of numbers whose squares are doubles",
    fix: "Filter the extreme values out, or look at a quantile instead of a mean",
  },
];

/** An engine's own error as one that names engine, shard and fix. */
export function explainFailure(cause: unknown, engine: string, table: string, shard: string | undefined): Error {
  if (cause instanceof DatabaseError && (cause.shard !== undefined || shard === undefined)) return cause;
  if (cause instanceof AssayError && !(cause instanceof DatabaseError)) return cause;
  const text = said(cause);
  const kind = kinds.find(({ pattern }) => pattern.test(text));
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
