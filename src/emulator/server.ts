import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createEmulator } from "./emulator.ts";
import type { Emulator, EmulatorOptions } from "./emulator.ts";

/** Where the emulator listens. */
export interface EmulatorServerOptions extends EmulatorOptions {
  /** 0 (the default) = any free port. */
  readonly port?: number;
  /** Loopback where absent: the emulator is no server for a network. */
  readonly host?: string;
}

/** A running emulator. */
export interface EmulatorServer extends Emulator {
  /** Base URL of the API. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Runs the emulator as an HTTP server, in Node, Deno or Bun.
 *
 * @throws {Error} the platform's error when the port is taken
 * @example
 * ```ts
 * const server = await startEmulator({ seed: 1 });
 * const client = createClient({ baseUrl: server.url, token: server.token });
 * await server.close();
 * ```
 */
export async function startEmulator(options: EmulatorServerOptions = {}): Promise<EmulatorServer> {
  const emulator = createEmulator(options);
  const host = options.host ?? "127.0.0.1";
  const server = createServer((incoming, outgoing) => {
    answer(emulator, incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...emulator,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/v1`,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

async function answer(emulator: Emulator, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = chunks.length === 0 ? null : Buffer.concat(chunks);
  const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  const method = incoming.method ?? "GET";
  const request = new Request(`http://emulator${incoming.url ?? "/"}`, {
    method,
    headers,
    ...(method === "GET" || method === "HEAD" ? {} : { body }),
  });
  const reply = await emulator.handle(request);
  if (reply === "drop") {
    incoming.socket.destroy();
    return;
  }
  outgoing.writeHead(reply.status, Object.fromEntries(reply.headers));
  outgoing.end(method === "HEAD" ? undefined : await reply.text());
}
