import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { ServerLimits } from "../../src/server/limits.ts";
import { jsonReply } from "../../src/server/reply.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../src/server/start-server.ts";

let server: RunningServer | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server?.close(0);
  server = undefined;
});

/** A server that answers with the number of bytes of the body, and counts how often its handler was called. */
async function started(
  limits: Partial<ServerLimits> = {},
  token: string | null = null,
  handle?: ServerOptions["handle"],
): Promise<{ readonly url: URL; readonly calls: () => number }> {
  let calls = 0;
  server = await startServer({
    host: "127.0.0.1",
    port: 0,
    token,
    realm: "test",
    limits,
    handle: async (request) => {
      calls++;
      return handle === undefined ? jsonReply(200, { size: (await request.body()).length }) : handle(request);
    },
  });
  return { url: new URL(server.url), calls: () => calls };
}

/** Sends text as it is; resolves with all that came back when the other side has closed the connection. */
function sent(url: URL, text: string, during?: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    sockets.push(socket);
    let came = "";
    socket.on("data", (bytes) => (came += bytes.toString("latin1")));
    socket.on("close", () => resolve(came));
    socket.on("error", () => undefined);
    socket.write(text);
    during?.(socket);
  });
}

const post = (length: number | string, more = ""): string =>
  `POST / HTTP/1.1\r\nhost: x\r\n${more}content-length: ${length}\r\n\r\n`;

describe("startServer", () => {
  it("answers 401 before it reads a body, and ends the connection", async () => {
    const { url, calls } = await started({}, "s3cret");
    const came = await sent(url, post(300_000_000), (socket) => socket.write("x".repeat(100_000)));
    expect(came).toMatch(/^HTTP\/1\.1 401 /u);
    expect(came).toContain("authentication-required");
    expect(calls()).toBe(0);
  });

  it.each(["Bearer", "bearer", "BEARER"])("accepts the scheme as %s", async (scheme) => {
    const { url } = await started({}, "s3cret");
    const ask = (token: string): Promise<Response> =>
      fetch(url, { method: "POST", body: "{}", headers: { authorization: `${scheme} ${token}` } });
    expect((await ask("s3cret")).status).toBe(200);
    expect((await ask("s3cre")).status).toBe(401);
  });

  it("refuses a body by its announced length, before a byte of it came", async () => {
    const { url } = await started({ bodyBytes: 1000 });
    expect(await sent(url, post(1001))).toMatch(/^HTTP\/1\.1 413 /u);
    expect(await sent(url, post(1001, "expect: 100-continue\r\n"))).toMatch(/^HTTP\/1\.1 413 /u);
  });

  it("refuses a body without a length while it comes", async () => {
    const { url } = await started({ bodyBytes: 1000 });
    const chunk = `3e8\r\n${"x".repeat(1000)}\r\n`;
    const came = await sent(url, "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n", (socket) =>
      socket.write(chunk + chunk),
    );
    expect(came).toMatch(/^HTTP\/1\.1 413 /u);
  });

  it("bounds what all bodies together hold", async () => {
    const { url } = await started({ bodyBytes: 1000, bodiesBytes: 1500, requestMs: 60_000 });
    void sent(url, post(1000), (socket) => socket.write("x".repeat(900)));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await sent(url, post(1000), (socket) => socket.write("x".repeat(900)))).toMatch(/^HTTP\/1\.1 503 /u);
    for (const socket of sockets.splice(0)) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await fetch(url, { method: "POST", body: "x".repeat(1000) })).status).toBe(200);
  });

  const slow: [string, string][] = [
    ["says nothing", ""],
    ["sends half a header", "GET / HTTP/1.1\r\nhost"],
    ["sends half a body", `${post(10)}x`],
  ];
  it.each(slow)("ends a connection that %s", async (_what, text) => {
    const { url } = await started({ headersMs: 100, requestMs: 200, silenceMs: 500 });
    expect(await sent(url, text)).not.toMatch(/^HTTP\/1\.1 200 /u);
  });

  it("ends a connection whose other side has stopped sending, and one that never reads", async () => {
    const { url } = await started({ headersMs: 100, requestMs: 200, silenceMs: 300 }, null, () =>
      Promise.resolve({ status: 200, body: "x".repeat(64 * 1024 * 1024) }),
    );
    await sent(url, "GET / HT", (socket) => socket.end());
    await sent(url, "GET / HTTP/1.1\r\nhost: x\r\n\r\n", (socket) => {
      socket.pause();
      setTimeout(() => socket.resume(), 1000);
    });
  });

  it("answers an error of its handler without its text", async () => {
    const { url } = await started({}, null, () => Promise.reject(new Error("secret detail")));
    const response = await fetch(url);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
  });
});
