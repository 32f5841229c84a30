import {
  addressOf,
  type DatabaseConnection,
  type DatabaseOptions,
  defaultTimeoutMs,
  loadClient,
  within,
} from "./connection.ts";

/**
 * Opens a PostgreSQL server; the session can't write, and a text of two statements is refused: the extended protocol
 * takes one. Needs the package `pg`.
 *
 * @param address - `postgres://user@host:5432/database`, without the password.
 */
export async function openPostgres(address: string, options: DatabaseOptions = {}): Promise<DatabaseConnection> {
  const url = addressOf(address, ["postgres:", "postgresql:"], "postgres", "PGPASSWORD");
  const { default: pg } = await loadClient(() => import("pg"), "pg", "postgres");
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const client = new pg.Client({
    host: url.hostname,
    port: url.port === "" ? 5432 : Number(url.port),
    ...(url.username === "" ? {} : { user: decodeURIComponent(url.username) }),
    ...(options.password === undefined ? {} : { password: options.password }),
    database: url.pathname.length > 1 ? decodeURIComponent(url.pathname.slice(1)) : "postgres",
    options: "-c default_transaction_read_only=on",
    connectionTimeoutMillis: Math.min(timeoutMs, 15_000),
    query_timeout: timeoutMs,
  });
  let failure: Error | undefined;
  client.on("error", (error) => (failure = error));
  let connected: Promise<unknown> | undefined;
  return {
    dialect: "postgres",
    name: url.host,
    query: async (sql) => {
      if (failure !== undefined) throw failure;
      await (connected ??= within(timeoutMs, url.host, client.connect()));
      const one = { text: sql, queryMode: "extended" };
      return (await within(timeoutMs, url.host, client.query(one))).rows as Record<string, unknown>[];
    },
    close: async () => {
      if (connected === undefined) return;
      const { connection } = client as unknown as { readonly connection?: { readonly stream?: { destroy(): void } } };
      await within(2000, url.host, client.end()).catch(() => connection?.stream?.destroy());
    },
  };
}
