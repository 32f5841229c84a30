import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Decision, Verdict } from "../index.ts";

/** What a gate needs to answer. */
export interface GateOptions {
  /** The decision as of now; called for every question, so it should remember what has not changed. */
  readonly decide: () => Promise<Decision>;
  /** What callers must send as `Authorization: Bearer …`; `null` asks for none. */
  readonly token: string | null;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Longest time that a decision may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** A gate that listens. */
export interface Gate {
  readonly url: string;
  /** Answers what was asked, then stops. */
  close(): Promise<void>;
}

/** Longest body that is read, in bytes. */
const longestBody = 65_536;

/**
 * Which decisions let a hook of Flagger pass. A rollout goes on unless harm or broken data are established; a promotion
 * needs a verdict to ship; the hook `rollback` asks whether to roll back, and passing it does.
 */
const passes: Readonly<Record<string, (decision: Verdict) => boolean>> = {
  "confirm-rollout": mayGoOn,
  "pre-rollout": mayGoOn,
  rollout: mayGoOn,
  "confirm-traffic-increase": mayGoOn,
  "confirm-promotion": (decision) => decision === "ship",
  rollback: (decision) => decision === "rollback" || decision === "invalid",
  "post-rollout": () => true,
  event: () => true,
};

function mayGoOn(decision: Verdict): boolean {
  return decision !== "rollback" && decision !== "invalid";
}

/**
 * Serves decisions to whoever drives a rollout: `GET /decision` for Argo Rollouts' web metric, `POST /flagger/HOOK` for
 * Flagger's webhooks, `GET /healthz` for whoever watches the gate.
 */
export async function startGate(options: GateOptions): Promise<Gate> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5000, keepAliveTimeout: 5000, maxHeaderSize: 8192 },
    (request, response) => {
      answer(request, response, options).catch((error: unknown) => {
        if (!response.headersSent)
          send(response, 503, {
            error: { code: "no-decision", message: error instanceof Error ? error.message : String(error) },
          });
        else response.destroy();
      });
    },
  );
  server.listen(options.port, options.host);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  return { url: `http://${host}:${port}`, close: () => closed(server) };
}

async function answer(request: IncomingMessage, response: ServerResponse, options: GateOptions): Promise<void> {
  const path = (request.url ?? "/").split("?")[0] as string;
  if (path === "/healthz")
    return allow(request, response, ["GET", "HEAD"]) ? send(response, 200, { status: "ok" }) : undefined;
  const hook = path.startsWith("/flagger/") ? path.slice("/flagger/".length) : undefined;
  const pass = hook === undefined ? undefined : Object.hasOwn(passes, hook) ? passes[hook] : undefined;
  if (path !== "/decision" && pass === undefined) {
    return send(response, 404, {
      error: {
        code: "not-found",
        message:
          "Cannot answer: the path must be /healthz, /decision or /flagger/ with one of " +
          `${Object.keys(passes).join(", ")}`,
      },
    });
  }
  if (!authorized(request, options.token)) {
    response.setHeader("www-authenticate", 'Bearer realm="assay gate"');
    return send(response, 401, {
      error: {
        code: "unauthorized",
        message: "Cannot answer: the request must carry the gate's token as Authorization: Bearer",
      },
    });
  }
  if (!allow(request, response, pass === undefined ? ["GET", "HEAD"] : ["POST"])) return;
  if (pass === undefined) {
    const decision = await inTime(options);
    return send(response, 200, {
      result: decision.decision,
      ship: decision.decision === "ship" ? 1 : 0,
      rollback: decision.decision === "rollback" ? 1 : 0,
      decision,
    });
  }
  const problem = await problemOfBody(request);
  if (problem !== undefined)
    return send(response, problem.status, { error: { code: problem.code, message: problem.message } });
  const { decision, reasons } = await inTime(options);
  send(response, pass(decision) ? 200 : 412, { pass: pass(decision), result: decision, reasons });
}

function authorized(request: IncomingMessage, token: string | null): boolean {
  if (token === null) return true;
  const given = /^Bearer (.+)$/u.exec(request.headers.authorization ?? "")?.[1] ?? "";
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(token));
}

function allow(request: IncomingMessage, response: ServerResponse, methods: readonly string[]): boolean {
  if (methods.includes(request.method ?? "")) return true;
  response.setHeader("allow", methods.join(", "));
  send(response, 405, {
    error: {
      code: "method-not-allowed",
      message: `Cannot answer: the method must be ${methods.join(" or ")}, current value is ${request.method}`,
    },
  });
  return false;
}

/** What is wrong with the body of a webhook, if anything: it must be a JSON object with the canary's name. */
async function problemOfBody(
  request: IncomingMessage,
): Promise<{ readonly status: number; readonly code: string; readonly message: string } | undefined> {
  let text = "";
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > longestBody)
      return {
        status: 413,
        code: "body-too-large",
        message: `Cannot read the webhook: its body must be at most ${longestBody} bytes`,
      };
    text += chunk.toString("utf8");
  }
  const refused = {
    status: 400,
    code: "body-invalid",
    message: "Cannot read the webhook: its body must be a JSON object with a name, as Flagger sends it",
  };
  try {
    const body = JSON.parse(text) as { name?: unknown } | null;
    return typeof body === "object" && body !== null && typeof body.name === "string" ? undefined : refused;
  } catch {
    return refused;
  }
}

function inTime({ decide, timeoutMs }: GateOptions): Promise<Decision> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`Cannot decide in time: it must take at most ${timeoutMs} ms`)),
      timeoutMs,
    );
    decide()
      .then(resolve, reject)
      .finally(() => clearTimeout(timer));
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(`${JSON.stringify(body)}\n`);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}
