import type { z } from "zod";
import { showValue } from "../../errors.ts";
import { fieldIssues } from "../validation.ts";
import { attempt } from "./attempt.ts";
import type { AttemptSettings } from "./attempt.ts";
import { ApiError, MalformedResponseError } from "./errors.ts";
import { isRepeatable } from "./operation.ts";
import type { Operation } from "./operation.ts";
import type { Turn } from "./rate-limit.ts";
import { replyError, replyJson } from "./reply-error.ts";
import { retryDelay } from "./retry-delay.ts";
import type { RetryPolicy } from "./retry-delay.ts";
import { readToken, withoutToken } from "./token.ts";
import type { TokenSource } from "./token.ts";

/** One attempt that failed and will be repeated, for progress output. */
export interface RetryNotice {
  readonly operation: string;
  readonly attempt: number;
  readonly delayMs: number;
  readonly error: ApiError;
}

/** What requests need of their surroundings. */
export interface RequestSettings extends AttemptSettings {
  readonly token: TokenSource;
  readonly retry: RetryPolicy;
  readonly turn: Turn;
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  readonly onRetry: (notice: RetryNotice) => void;
}

/** Sends an operation until it succeeds, fails for good, or may not be repeated; reads the answer by its schema. */
export async function request<T>(settings: RequestSettings, operation: Operation, schema: z.ZodType<T>): Promise<T> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await requestOnce(settings, operation, schema);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const again = error.transient && isRepeatable(operation);
      const delayMs = again ? retryDelay(settings.retry, attempts, error.retryAfterMs, settings.random) : undefined;
      if (delayMs === undefined) throw withAttempts(error, attempts);
      settings.onRetry({ operation: operation.name, attempt: attempts, delayMs, error });
      await settings.sleep(delayMs, operation.signal);
    }
  }
}

async function requestOnce<T>(settings: RequestSettings, operation: Operation, schema: z.ZodType<T>): Promise<T> {
  await settings.turn(operation.signal);
  const token = await readToken(settings.token);
  const reply = await attempt(settings, operation, token);
  if (reply.status < 200 || reply.status >= 300) throw replyError(operation, reply, token, settings.now());
  const body = replyJson(operation, reply, token);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = fieldIssues(parsed.error, body).map((issue) => ({
    ...issue,
    message: withoutToken(issue.message, token),
  }));
  const first = issues[0];
  const where = first === undefined || first.path === "" ? "the body" : first.path;
  throw new MalformedResponseError(
    `Cannot ${operation.name}: the server's answer doesn't fit the API: ${where} ${first?.message ?? showValue(null)}`,
    {
      code: "unexpected-shape",
      field: first?.path,
      status: reply.status,
      issues,
    },
  );
}

/** The same error with the number of attempts, which only the loop knows. */
function withAttempts(error: ApiError, attempts: number): ApiError {
  Object.defineProperty(error, "attempts", { value: attempts, enumerable: true });
  return error;
}
