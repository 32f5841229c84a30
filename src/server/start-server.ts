import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { authenticate } from "./authentication.ts";
import { BodyReader, BodyRefused } from "./body-reader.ts";
import { type ServerLimits, serverLimits } from "./limits.ts";
import { errorReply, sendReply, type ServerReply } from "./reply.ts";

/** A request whose caller is known; its body is read only when it is asked for. */
export interface ServerRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body. A body that is too large ends the request with status 413, without a word of the handler. */
  body(): Promise<Uint8Array>;
}

/** What a server needs to answer. */
export interface ServerOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** What callers must send as `Authorization: Bearer …`; `null` asks for none. */
  readonly token: string | null;
  /** Name of what the token protects. */
  readonly realm: string;
  /** Targets that need no token. Default none. */
  readonly isOpen?: (target: string) => boolean;
  readonly limits?: Partial<ServerLimits>;
  /** Answers a request; "drop" breaks the connection. An error is answered with status 500 and no detail. */
  readonly handle: (request: ServerRequest) => Promise<ServerReply | "drop">;
}

/** A server that listens. */
export interface RunningServer {
  readonly url: string;
  /** Takes no more requests, answers those that came, then stops; after `graceMs` it breaks what is left. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Starts an HTTP server that bounds what a caller can cost: times, sizes and connections. The order is fixed: headers
 * within their limits, then authentication, then the handler, and only when that asks for it the body.
 *
 * @throws {Error} the platform's error when the port is taken.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const limits = { ...serverLimits, ...options.limits };
  const bodies = new BodyReader(limits);
  const server = createServer({
    headersTimeout: Math.min(limits.headersMs, limits.requestMs),
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.keepAliveMs,
    maxHeaderSize: limits.headerBytes,
    connectionsCheckingInterval: Math.min(1000, limits.headersMs),
  });
  server.maxConnections = limits.connections;
  server.setTimeout(limits.silenceMs, (socket) => socket.destroy());
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response, options, bodies).catch(() => response.destroy());
  };
  server.on("request", onRequest);
  server.on("checkContinue", onRequest);
  server.listen(options.port, options.host);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, close: (graceMs = limits.requestMs) => closed(server, graceMs) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
  bodies: BodyReader,
): Promise<void> {
  const reply = await replyTo(request, response, options, bodies);
  if (response.destroyed || response.headersSent) return;
  if (reply === "drop") {
    request.socket.destroy();
    return;
  }
  if (request.complete) return sendReply(response, request.method, reply);
  // What is left of the body is not read: the connection ends with the answer.
  response.setHeader("connection", "close");
  response.once("finish", () => request.socket.destroySoon());
  sendReply(response, request.method, reply);
}

async function replyTo(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
  bodies: BodyReader,
): Promise<ServerReply | "drop"> {
  const target = request.url ?? "/";
  const caller = authenticate(request.headers.authorization, options.token);
  if (caller !== "accepted" && options.isOpen?.(target) !== true) return unauthorized(caller, options.realm);
  try {
    return await options.handle({
      method: request.method ?? "GET",
      target,
      headers: Object.fromEntries(
        Object.entries(request.headers).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)]],
        ),
      ),
      body: () => bodies.read(request, () => response.writeContinue()),
    });
  } catch (error) {
    if (error instanceof BodyRefused) return error.reply;
    if (request.destroyed && !request.complete) return "drop";
    return errorReply(500, "internal", "Cannot answer: the request failed inside the server");
  }
}

function unauthorized(caller: "absent" | "wrong", realm: string): ServerReply {
  const message =
    caller === "absent"
      ? "Cannot answer: a bearer token is required, as Authorization: Bearer TOKEN"
      : "Cannot answer: the token is not valid";
  return errorReply(401, caller === "absent" ? "authentication-required" : "authentication-failed", message, {
    "www-authenticate": `Bearer realm="${realm}"`,
  });
}

async function closed(server: Server, graceMs: number): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await done;
  clearTimeout(timer);
}
