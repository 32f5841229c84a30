import { Buffer } from "node:buffer";
import type { ServerReply } from "../server/reply.ts";
import { startServer } from "../server/start-server.ts";
import type { ServerRequest } from "../server/start-server.ts";
import { createEmulator, maxBodyBytes } from "./emulator.ts";
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
  const server = await startServer({
    host: options.host ?? "127.0.0.1",
    port: options.port ?? 0,
    token: emulator.token,
    realm: "assay emulator",
    limits: { bodyBytes: maxBodyBytes },
    handle: (request) => answer(emulator, request),
  });
  return { ...emulator, url: `${server.url}/v1`, close: () => server.close(0) };
}

async function answer(emulator: Emulator, request: ServerRequest): Promise<ServerReply | "drop"> {
  const { method, target } = request;
  const takesBody = method !== "GET" && method !== "HEAD";
  const body = takesBody ? await request.body() : new Uint8Array(0);
  const reply = await emulator.handle(
    new Request(new URL(target, "http://emulator"), {
      method,
      headers: request.headers,
      ...(takesBody ? { body: Buffer.from(body) } : {}),
    }),
  );
  return reply === "drop"
    ? "drop"
    : { status: reply.status, headers: Object.fromEntries(reply.headers), body: await reply.text() };
}
