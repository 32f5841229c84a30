import {
  addressOf,
  type DatabaseConnection,
  type DatabaseOptions,
  defaultTimeoutMs,
  loadClient,
  within,
} from "./connection.ts";

/** What ClickHouse sends in the format JSONCompact. */
interface Answer {
  readonly meta: readonly { readonly name: string }[];
  readonly data: readonly (readonly unknown[])[];
  readonly rows: number;
}

/**
 * Opens a ClickHouse server over HTTP. Needs the package `@clickhouse/client`.
 *
 * Statements are sent with `wait_end_of_query`, without which a server that dies halfway answers 200 with half the
 * rows. Every statement has a connection of its own, so that none is sent into a socket the server has just closed; the
 * time limit is the client's.
 *
 * @param address - `http://user@host:8123/database`, without the password.
 */
export async function openClickHouse(address: string, options: DatabaseOptions = {}): Promise<DatabaseConnection> {
  const url = addressOf(address, ["http:", "https:"], "clickhouse", "CLICKHOUSE_PASSWORD");
  const { ClickHouseLogLevel, createClient } = await loadClient(
    () => import("@clickhouse/client"),
    "@clickhouse/client",
    "clickhouse",
  );
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const database = decodeURIComponent(url.pathname.slice(1));
  const client = createClient({
    url: url.origin,
    username: url.username === "" ? "default" : decodeURIComponent(url.username),
    password: options.password ?? "",
    ...(database === "" ? {} : { database }),
    request_timeout: timeoutMs,
    max_open_connections: 4,
    keep_alive: { enabled: false },
    log: { level: ClickHouseLogLevel.OFF },
  });
  return {
    dialect: "clickhouse",
    name: url.host,
    query: async (sql) => {
      const result = await within(
        timeoutMs,
        url.host,
        client.query({ query: sql, format: "JSONCompact", clickhouse_settings: { wait_end_of_query: 1 } }),
      );
      const { meta, data, rows } = await within(timeoutMs, url.host, result.json() as unknown as Promise<Answer>);
      if (data.length !== rows) throw new Error(`unexpected EOF: ${data.length} of ${rows} rows came`);
      return namedRows(
        meta.map(({ name }) => name),
        data,
      );
    },
    close: () => client.close(),
  };
}

/** Rows as objects. @param names - of the columns. */
export function namedRows(names: readonly string[], rows: readonly (readonly unknown[])[]): Record<string, unknown>[] {
  return rows.map((row) => {
    const named: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index++) named[names[index] as string] = row[index];
    return named;
  });
}
