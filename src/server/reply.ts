import type { ServerResponse } from "node:http";

/** An answer of a server: status, headers and a whole body. */
export interface ServerReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer of JSON. */
export function jsonReply(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): ServerReply {
  return {
    status,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      ...headers,
    },
    body: `${JSON.stringify(body)}\n`,
  };
}

/** An answer that says what went wrong, in the form that all servers of this package share. */
export function errorReply(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): ServerReply {
  return jsonReply(status, { error: { code, message } }, headers);
}

/** Sends an answer; to `HEAD` without the body. */
export function sendReply(response: ServerResponse, method: string | undefined, reply: ServerReply): void {
  response.writeHead(reply.status, reply.headers);
  response.end(method === "HEAD" ? undefined : reply.body);
}
