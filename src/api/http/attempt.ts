import { MalformedResponseError, UnavailableError } from "./errors.ts";
import type { Operation } from "./operation.ts";
import { operationUrl } from "./operation.ts";
import { readBody } from "./read-body.ts";
import type { Reply } from "./reply.ts";
import { withoutToken } from "./token.ts";

/** What one attempt needs of its surroundings. */
export interface AttemptSettings {
  readonly fetch: typeof fetch;
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly maxResponseBytes: number;
}

const maxRedirects = 3;

/**
 * Sends an operation once and reads the answer, whatever its status. Redirects are followed by hand, within the same
 * origin only: another host never sees the token.
 *
 * @throws {UnavailableError} `network-error` or `timeout` (both transient)
 * @throws {MalformedResponseError} a redirect that can't be followed, a body that is too large
 * @throws {DOMException} the caller's abort reason
 */
export async function attempt(settings: AttemptSettings, operation: Operation, token: string): Promise<Reply> {
  operation.signal?.throwIfAborted();
  const control = new AbortController();
  const abort = (): void => control.abort(operation.signal?.reason);
  operation.signal?.addEventListener("abort", abort, { once: true });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    control.abort();
  }, settings.timeoutMs);
  try {
    const response = await sendFollowing(settings, operation, token, control.signal);
    const text = await readBody(response, operation.name, settings.maxResponseBytes);
    return { status: response.status, headers: response.headers, text };
  } catch (error) {
    if (error instanceof MalformedResponseError) throw error;
    if (operation.signal?.aborted === true) throw operation.signal.reason;
    if (timedOut) {
      const message = `Cannot ${operation.name}: an answer must arrive within ${settings.timeoutMs} ms, and none did`;
      throw new UnavailableError(message, {
        code: "timeout",
        transient: true,
        fix: "Raise timeoutMs if the server is just slow",
      });
    }
    const message =
      `Cannot ${operation.name}: ${new URL(settings.baseUrl).host} can't be reached or broke the connection ` +
      `(${withoutToken(describe(error), token)})`;
    throw new UnavailableError(message, { code: "network-error", transient: true });
  } finally {
    clearTimeout(timer);
    operation.signal?.removeEventListener("abort", abort);
  }
}

async function sendFollowing(
  settings: AttemptSettings,
  operation: Operation,
  token: string,
  signal: AbortSignal,
): Promise<Response> {
  let url = operationUrl(settings.baseUrl, operation);
  const origin = new URL(url).origin;
  const headers: Record<string, string> = { accept: "application/json", authorization: `Bearer ${token}` };
  if (operation.body !== undefined) headers["content-type"] = "application/json";
  if (operation.idempotencyKey !== undefined) headers["idempotency-key"] = operation.idempotencyKey;
  const body = operation.body === undefined ? null : JSON.stringify(operation.body);
  for (let redirects = 0; ; redirects += 1) {
    const response = await settings.fetch(url, { method: operation.method, headers, body, signal, redirect: "manual" });
    const redirected = response.type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(response.status);
    if (!redirected) return response;
    await response.body?.cancel();
    url = redirectTarget(operation, response, url, origin);
    if (redirects >= maxRedirects) {
      throw new MalformedResponseError(
        `Cannot ${operation.name}: the server must answer within ${maxRedirects} redirects, and it sent more`,
        { code: "too-many-redirects", status: response.status },
      );
    }
  }
}

function redirectTarget(operation: Operation, response: Response, from: string, origin: string): string {
  const location = response.headers.get("location");
  const refuse = (code: string, what: string): MalformedResponseError =>
    new MalformedResponseError(`Cannot ${operation.name}: ${what}`, {
      code,
      status: response.status,
      fix: "Set the base URL to the API's final address",
    });
  if (location === null || !URL.canParse(location, from))
    throw refuse("unreadable-redirect", "the server redirects without saying where to");
  const target = new URL(location, from);
  if (target.origin !== origin) {
    throw refuse(
      "redirect-to-another-host",
      `the answer must come from ${origin}, and the server redirects to ${target.origin}; the token was not sent there`,
    );
  }
  if (operation.method !== "GET" && response.status !== 307 && response.status !== 308) {
    throw refuse(
      "redirect-of-a-change",
      `a ${operation.method} can't follow a ${response.status} redirect without becoming another request`,
    );
  }
  return target.href;
}

/** The platform's reason: in Node the informative part is in the cause. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause as { code?: unknown; message?: unknown } | undefined;
  const detail = [cause?.code, cause?.message].find((part) => typeof part === "string" && part !== "");
  return detail === undefined ? error.message : `${error.message}: ${String(detail)}`;
}
