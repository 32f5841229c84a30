import { once } from "node:events";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join, normalize, resolve, sep } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { createRandom, sampleNormal } from "../../src/index.ts";
import { streamResults } from "./results.ts";

const here = import.meta.dirname;
const dist = resolve(here, "../../dist");
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
};

/**
 * Serves the dashboard with the built library under /dist, made-up records under /records?count=N&seed=S as a stream of
 * NDJSON, and an experiment on the emulator under /results?seed=S&hourTakesMs=T as server-sent events.
 */
export async function serveDashboard(port = 0): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : port}/`, server };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://localhost");
  if (url.pathname === "/records")
    return streamRecords(
      Number(url.searchParams.get("count") ?? 1_000_000),
      Number(url.searchParams.get("seed") ?? 1),
      response,
    );
  if (url.pathname === "/results") {
    const [seed, hourTakesMs] = [
      Number(url.searchParams.get("seed") ?? 1),
      Number(url.searchParams.get("hourTakesMs") ?? 100),
    ];
    if (Number.isSafeInteger(seed) && hourTakesMs >= 0 && hourTakesMs <= 3_600_000)
      return streamResults(seed, hourTakesMs, response);
    response
      .writeHead(400, { "content-type": "text/plain" })
      .end("seed must be a whole number, hourTakesMs from 0 to 3600000\n");
    return;
  }
  const [base, path] = url.pathname.startsWith("/dist/")
    ? [dist, url.pathname.slice(5)]
    : [here, url.pathname === "/" ? "/index.html" : url.pathname];
  const file = normalize(join(base, decodeURIComponent(path)));
  const type = types[extname(file)];
  if (!file.startsWith(base + sep) || type === undefined || !existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404, { "content-type": "text/plain" }).end("not found\n");
    return;
  }
  response.writeHead(200, { "content-type": type, "x-content-type-options": "nosniff", "cache-control": "no-cache" });
  createReadStream(file).pipe(response);
}

/** Requests of one day; of the treatment's one in 16 meets a slow path. */
async function streamRecords(count: number, seed: number, response: ServerResponse): Promise<void> {
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
    response
      .writeHead(400, { "content-type": "text/plain" })
      .end("count and seed must be whole numbers, count at least 1\n");
    return;
  }
  response.writeHead(200, {
    "content-type": "application/x-ndjson",
    "x-records": String(count),
    "cache-control": "no-store",
  });
  const random = createRandom(seed);
  const start = Date.UTC(2026, 0, 5);
  let text = "";
  for (let i = 0; i < count && !response.destroyed; i++) {
    const treated = random() < 0.5;
    const slow = treated && random() < 1 / 16 ? 3.6 : 1;
    const latency = (420 * slow * Math.exp(0.5 * sampleNormal(random))).toFixed(1);
    const timestamp = start + Math.floor((86_400_000 * i) / count);
    text +=
      `{"arm":"${treated ? "v2" : "v1"}","timestamp":${timestamp},` +
      `"success":${random() < 0.997},"latencyMs":${latency}}\n`;
    if (text.length > 1 << 16) {
      if (!response.write(text)) await drained(response);
      text = "";
    }
  }
  response.end(text);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((done) => {
    const go = (): void => {
      response.off("drain", go).off("close", go);
      done();
    };
    response.on("drain", go).on("close", go);
  });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { url } = await serveDashboard(Number(argv[2] ?? 8321));
  console.log(`dashboard on ${url}, stop with Ctrl-C`);
}
