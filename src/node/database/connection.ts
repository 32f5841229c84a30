import { DatabaseError } from "../../index.ts";

/** A connection to a database that answers whole or fails. */
export interface DatabaseConnection {
  /** Which SQL it speaks. */
  readonly dialect: "duckdb" | "clickhouse" | "postgres";
  /** Host and port, or file: no user name, no password. */
  readonly name: string;
  /** Runs one statement and returns all its rows as objects. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** How a database is connected to. */
export interface DatabaseOptions {
  /**
   * The longest that any one statement may take, milliseconds; the client gives up then, whatever the server does.
   * Default 600,000.
   */
  readonly timeoutMs?: number;
  /** The password, from the environment or a secret store: addresses with a password in them are refused. */
  readonly password?: string | undefined;
}

/** A statement's time limit unless another is given. */
export const defaultTimeoutMs = 600_000;

/** Loads a database's client, which is installed only by those who use it. */
export async function loadClient<Client>(
  load: () => Promise<Client>,
  packageName: string,
  engine: string,
): Promise<Client> {
  try {
    return await load();
  } catch (cause) {
    const { code } = cause as { code?: string };
    if (code !== "ERR_MODULE_NOT_FOUND" && code !== "MODULE_NOT_FOUND") throw cause;
    throw new DatabaseError(`Cannot connect to ${engine}: ${packageName} must be installed, current value is absent`, {
      engine,
      code: "client-missing",
      field: packageName,
      fix: `Run npm install ${packageName}`,
    });
  }
}

/** An address without secrets in it. @throws {DatabaseError} when it is none, or when it holds a password. */
export function addressOf(text: string, protocols: readonly string[], engine: string, variable: string): URL {
  const refuse = (requirement: string, code: string, fix: string): DatabaseError =>
    new DatabaseError(`Cannot connect to ${engine}: the address must be ${requirement}`, {
      engine,
      code,
      field: "address",
      fix,
    });
  if (!URL.canParse(text))
    throw refuse(`a URL such as ${protocols[0]}//host:port/database`, "invalid-address", "Write it as a URL");
  const url = new URL(text);
  if (!protocols.includes(url.protocol))
    throw refuse(`a URL that begins with ${protocols.join(" or ")}`, "invalid-address", "Correct its beginning");
  if (url.password !== "" || [...url.searchParams.keys()].some((key) => /passw/iu.test(key)))
    throw refuse(
      "free of passwords: it ends up in logs and process lists",
      "secret-in-address",
      `Leave it out and set ${variable}`,
    );
  return url;
}

/** Gives up on a promise after a while. */
export async function within<Value>(timeoutMs: number, what: string, work: Promise<Value>): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timeout: no answer from ${what} in ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
