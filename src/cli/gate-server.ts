import type { Decision, Verdict } from "../index.ts";
import type { ServerLimits } from "../server/limits.ts";
import { errorReply, jsonReply, type ServerReply } from "../server/reply.ts";
import { type RunningServer, type ServerRequest, startServer } from "../server/start-server.ts";
import type { DataExtent } from "./freshness.ts";

/** A decision with the extent of its data. */
export interface GateAnswer {
  readonly decision: Decision;
  readonly data: DataExtent;
}

/** What a gate needs to answer. */
export interface GateOptions {
  /** The decision as of now; called for every question, so it should remember what has not changed. */
  readonly decide: () => Promise<GateAnswer>;
  /** What callers must send as `Authorization: Bearer …`; `null` asks for none. */
  readonly token: string | null;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Longest time that a decision may take, in milliseconds. */
  readonly timeoutMs: number;
  readonly limits?: Partial<ServerLimits>;
}

/** A gate that listens. */
export type Gate = RunningServer;

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
  return startServer({
    host: options.host,
    port: options.port,
    token: options.token,
    realm: "assay gate",
    isOpen: (target) => pathOf(target) === "/healthz",
    limits: { silenceMs: options.timeoutMs + 30_000, ...options.limits },
    handle: (request) => answer(request, options),
  });
}

async function answer(request: ServerRequest, options: GateOptions): Promise<ServerReply> {
  const path = pathOf(request.target);
  if (path === "/healthz") return refusedMethod(request, ["GET", "HEAD"]) ?? jsonReply(200, { status: "ok" });
  const hook = path.startsWith("/flagger/") ? path.slice("/flagger/".length) : undefined;
  const pass = hook !== undefined && Object.hasOwn(passes, hook) ? passes[hook] : undefined;
  if (path !== "/decision" && pass === undefined)
    return errorReply(
      404,
      "not-found",
      "Cannot answer: the path must be /healthz, /decision or /flagger/ with one of " + Object.keys(passes).join(", "),
    );
  const refused = refusedMethod(request, pass === undefined ? ["GET", "HEAD"] : ["POST"]);
  if (refused !== undefined) return refused;
  const problem = pass === undefined ? undefined : problemOfBody(await request.body());
  if (problem !== undefined) return problem;
  try {
    const { decision, data } = await inTime(options);
    return pass === undefined ? decisionReply(decision, data) : hookReply(pass, decision, data);
  } catch (error) {
    return errorReply(503, "no-decision", error instanceof Error ? error.message : String(error));
  }
}

function decisionReply(decision: Decision, data: DataExtent): ServerReply {
  return jsonReply(200, {
    result: decision.decision,
    ship: decision.decision === "ship" ? 1 : 0,
    rollback: decision.decision === "rollback" ? 1 : 0,
    data,
    decision,
  });
}

function hookReply(pass: (decision: Verdict) => boolean, decision: Decision, data: DataExtent): ServerReply {
  const passed = pass(decision.decision);
  return jsonReply(passed ? 200 : 412, { pass: passed, result: decision.decision, data, reasons: decision.reasons });
}

function pathOf(target: string): string {
  return target.split("?")[0] as string;
}

function refusedMethod({ method }: ServerRequest, methods: readonly string[]): ServerReply | undefined {
  if (methods.includes(method)) return undefined;
  return errorReply(
    405,
    "method-not-allowed",
    `Cannot answer: the method must be ${methods.join(" or ")}, current value is ${method}`,
    { allow: methods.join(", ") },
  );
}

/** The answer to a webhook whose body is wrong: it must be a JSON object with the canary's name. */
function problemOfBody(bytes: Uint8Array): ServerReply | undefined {
  try {
    const body = JSON.parse(new TextDecoder().decode(bytes)) as { name?: unknown } | null;
    if (typeof body === "object" && body !== null && typeof body.name === "string") return undefined;
  } catch {
    // Not JSON: refused below.
  }
  return errorReply(
    400,
    "body-invalid",
    "Cannot read the webhook: its body must be a JSON object with a name, as Flagger sends it",
  );
}

function inTime({ decide, timeoutMs }: GateOptions): Promise<GateAnswer> {
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
