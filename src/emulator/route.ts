import {
  changeState,
  createExperiment,
  failure,
  readExperiment,
  readResults,
  registerVersion,
  updateExperiment,
} from "./handler.ts";
import type { Answer, HandlerContext } from "./handler.ts";
import { murmur3 } from "./murmur3.ts";

interface Endpoint {
  readonly method: "GET" | "POST" | "PATCH";
  readonly path: RegExp;
  readonly takesBody: boolean;
  run(context: HandlerContext, id: string, body: unknown, query: URLSearchParams): Answer;
}

const endpoints: readonly Endpoint[] = [
  {
    method: "POST",
    path: /^\/v1\/models\/versions$/,
    takesBody: true,
    run: (context, _, body) => registerVersion(context, body),
  },
  {
    method: "POST",
    path: /^\/v1\/experiments$/,
    takesBody: true,
    run: (context, _, body) => createExperiment(context, body),
  },
  {
    method: "GET",
    path: /^\/v1\/experiments\/([^/]+)$/,
    takesBody: false,
    run: (context, id) => readExperiment(context, id),
  },
  {
    method: "PATCH",
    path: /^\/v1\/experiments\/([^/]+)$/,
    takesBody: true,
    run: (context, id, body) => updateExperiment(context, id, body),
  },
  {
    method: "GET",
    path: /^\/v1\/experiments\/([^/]+)\/results$/,
    takesBody: false,
    run: (context, id, _, query) => readResults(context, id, query),
  },
  {
    method: "POST",
    path: /^\/v1\/experiments\/([^/]+)\/pause$/,
    takesBody: false,
    run: (context, id) => changeState(context, id, "pause"),
  },
  {
    method: "POST",
    path: /^\/v1\/experiments\/([^/]+)\/resume$/,
    takesBody: false,
    run: (context, id) => changeState(context, id, "resume"),
  },
];

/** Finds the endpoint, reads the body, and does a change named by an idempotency key once only. */
export function route(context: HandlerContext, request: Request, text: string): Answer {
  const url = new URL(request.url);
  const matching = endpoints.filter((endpoint) => endpoint.path.test(url.pathname));
  const endpoint = matching.find(({ method }) => method === request.method);
  if (matching.length === 0) return failure(404, "not-found", `there is no ${url.pathname}`);
  if (endpoint === undefined) {
    const allow = matching.map(({ method }) => method).join(", ");
    return failure(405, "method-not-allowed", `${request.method} is not offered here, only ${allow}`, undefined, {
      allow,
    });
  }
  const id = decodeSegment(endpoint.path.exec(url.pathname)?.[1] ?? "");
  let body: unknown;
  if (endpoint.takesBody) {
    if (!(request.headers.get("content-type") ?? "").startsWith("application/json"))
      return failure(415, "unsupported-media-type", "the body must be application/json");
    try {
      body = JSON.parse(text);
    } catch {
      return failure(400, "invalid-json", "the body must be JSON");
    }
  }
  const key = request.headers.get("idempotency-key");
  if (key === null || endpoint.method === "GET") return endpoint.run(context, id, body, url.searchParams);
  if (key === "" || key.length > 200)
    return failure(400, "invalid-idempotency-key", "an idempotency key must have 1 to 200 characters");
  const fingerprint = `${request.method} ${url.pathname} ${murmur3(text)} ${text.length}`;
  const kept = context.store.replies.get(key);
  if (kept !== undefined) {
    return kept.fingerprint === fingerprint
      ? { status: kept.status, body: kept.body, headers: { "idempotent-replayed": "true" } }
      : failure(422, "idempotency-key-reused", "this idempotency key was used for another request");
  }
  const answer = endpoint.run(context, id, body, url.searchParams);
  if (answer.status < 300)
    context.store.apply({
      kind: "replied",
      at: context.now,
      key,
      fingerprint,
      status: answer.status,
      body: answer.body,
    });
  return answer;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
