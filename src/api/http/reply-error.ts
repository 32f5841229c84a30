import { readErrorBody } from "./error-body.ts";
import {
  ApiError,
  AuthenticationError,
  ConflictError,
  MalformedResponseError,
  NotFoundError,
  RateLimitedError,
  UnavailableError,
  ValidationError,
} from "./errors.ts";
import type { ApiErrorDetails } from "./errors.ts";
import type { Operation } from "./operation.ts";
import { excerpt, looksLikeHtml, parseJson } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { parseRetryAfter } from "./retry-delay.ts";
import { withoutToken } from "./token.ts";

interface Meaning {
  readonly kind: new (message: string, details: ApiErrorDetails) => ApiError;
  readonly code: string;
  readonly what: string;
  readonly transient?: boolean;
  readonly fix?: string;
}

const meanings: Readonly<Record<number, Meaning>> = {
  400: { kind: ValidationError, code: "validation-failed", what: "the server refuses the request" },
  401: {
    kind: AuthenticationError,
    code: "authentication-failed",
    what: "the server doesn't accept the token",
    fix: "Check that the token is current and belongs to this gateway",
  },
  403: {
    kind: AuthenticationError,
    code: "forbidden",
    what: "the token lacks the right to do this",
    fix: "Ask for a token with access to experiments",
  },
  404: {
    kind: NotFoundError,
    code: "not-found",
    what: "the server knows no such thing",
    fix: "Check the identifier and the base URL",
  },
  405: { kind: NotFoundError, code: "method-not-allowed", what: "the server doesn't offer this call" },
  408: { kind: UnavailableError, code: "timeout", what: "the server gave up waiting", transient: true },
  409: { kind: ConflictError, code: "conflict", what: "the experiment's state doesn't allow it" },
  410: { kind: NotFoundError, code: "not-found", what: "it was deleted" },
  412: { kind: ConflictError, code: "conflict", what: "it was changed meanwhile" },
  413: { kind: ValidationError, code: "body-too-large", what: "the server refuses a body of this size" },
  415: { kind: ValidationError, code: "unsupported-media-type", what: "the server doesn't take JSON here" },
  422: { kind: ValidationError, code: "validation-failed", what: "the server refuses the request" },
  429: {
    kind: RateLimitedError,
    code: "rate-limited",
    what: "the server takes no more requests for now",
    transient: true,
  },
};

function meaningOf(status: number): Meaning {
  const known = meanings[status];
  if (known !== undefined) return known;
  if (status >= 500)
    return {
      kind: UnavailableError,
      code: "server-error",
      what: "the server failed",
      transient: status !== 501 && status !== 505,
    };
  return { kind: ApiError, code: "unexpected-status", what: "the server answers in a way this API has no meaning for" };
}

/** The error that a reply with a failing status stands for. */
export function replyError(operation: Operation, reply: Reply, token: string, nowMs: number): ApiError {
  const meaning = meaningOf(reply.status);
  const said = readErrorBody(parseJson(reply.text));
  const clean = (text: string): string => withoutToken(text, token);
  const issues = said.issues.map(({ path, code, message }) => ({
    path: clean(path),
    code: clean(code),
    message: clean(message),
  }));
  const words = said.message === undefined ? undefined : withoutToken(said.message, token);
  const fields = issues.map((issue) => `${issue.path === "" ? "the body" : issue.path} ${issue.message}`).join("; ");
  const detail =
    fields !== ""
      ? fields
      : (words ??
        (reply.text === "" ? "no explanation" : looksLikeHtml(reply) ? "a web page" : excerpt(reply.text, token)));
  return new meaning.kind(`Cannot ${operation.name}: ${meaning.what} (${reply.status}): ${detail}`, {
    code: codeOf(said.code, token) ?? meaning.code,
    field: issues[0]?.path,
    fix: meaning.fix,
    status: reply.status,
    requestId: requestIdOf(reply, token),
    transient: meaning.transient,
    retryAfterMs: parseRetryAfter(reply.headers.get("retry-after"), reply.headers.get("date"), nowMs),
    issues,
  });
}

/** The server's name of the request, without a token that it echoes, in printable ASCII and at most 200 characters. */
function requestIdOf(reply: Reply, token: string): string | undefined {
  const given = reply.headers.get("x-request-id");
  return given === null
    ? undefined
    : withoutToken(given, token)
        .replace(/[^\x20-\x7e]/gu, "?")
        .slice(0, 200);
}

/** The server's own code, where it is one. */
function codeOf(code: string | undefined, token: string): string | undefined {
  return code !== undefined && /^[a-z0-9-]{1,60}$/.test(code) && withoutToken(code, token) === code ? code : undefined;
}

/** Reads the JSON of a successful reply, or says why it isn't usable. */
export function replyJson(operation: Operation, reply: Reply, token: string): unknown {
  const body = parseJson(reply.text);
  const refuse = (code: string, what: string, transient: boolean): MalformedResponseError =>
    new MalformedResponseError(`Cannot ${operation.name}: ${what}`, {
      code,
      status: reply.status,
      transient,
      requestId: requestIdOf(reply, token),
    });
  if (body === undefined) {
    if (reply.text.trim() === "")
      throw refuse("empty-body", `the server answers ${reply.status} without a body`, false);
    if (looksLikeHtml(reply)) {
      throw refuse(
        "html-instead-of-json",
        `a web page came instead of JSON (${excerpt(reply.text, token)}): check that the base URL is the API ` +
          "and not a login or proxy page",
        false,
      );
    }
    throw refuse(
      "invalid-json",
      `the body must be JSON, and it is cut off or malformed after ${reply.text.length} characters ` +
        `(${excerpt(reply.text, token)})`,
      true,
    );
  }
  const error = typeof body === "object" && body !== null ? (body as Record<string, unknown>)["error"] : undefined;
  if (error !== undefined && error !== null && error !== false) {
    const said = readErrorBody(body);
    throw refuse(
      "error-body-with-success-status",
      `the server answers ${reply.status} with an error in the body: ` +
        `${withoutToken(said.message ?? excerpt(reply.text, token), token)}`,
      false,
    );
  }
  return body;
}
