import { AssayError } from "../../errors.ts";
import type { ErrorDetails } from "../../errors.ts";

/** One offending field of a request: the server and the client-side checks use the same codes. */
export interface FieldIssue {
  /** Path in the request body, e.g. `traffic_allocation.treatment.percentage`; empty for the body itself. */
  readonly path: string;
  /** Stable code, kebab-case, e.g. `required`, `wrong-type`, `percentages-must-add-to-100`. */
  readonly code: string;
  /** One sentence for a person. */
  readonly message: string;
}

/** What an API error says beyond its sentence. Never holds the token. */
export interface ApiErrorDetails extends ErrorDetails {
  /** HTTP status; absent when no answer arrived or nothing was sent. */
  readonly status?: number | undefined;
  /** The server's own name of the request (`X-Request-Id`), for its operators. */
  readonly requestId?: string | undefined;
  /** How many times the request was sent; 0 = refused before sending. */
  readonly attempts?: number | undefined;
  /** Whether the same request may succeed later. */
  readonly transient?: boolean | undefined;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
  /** Offending fields of a request. */
  readonly issues?: readonly FieldIssue[] | undefined;
}

/** The base of every error of the experiments API. */
export class ApiError extends AssayError {
  override readonly name: string = "ApiError";
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number;
  readonly transient: boolean;
  readonly retryAfterMs: number | undefined;
  readonly issues: readonly FieldIssue[];

  constructor(message: string, details: ApiErrorDetails, options?: ErrorOptions) {
    super(message, details, options);
    this.status = details.status;
    this.requestId = details.requestId;
    this.attempts = details.attempts ?? 0;
    this.transient = details.transient ?? false;
    this.retryAfterMs = details.retryAfterMs;
    this.issues = details.issues ?? [];
  }
}

/** The token is missing, wrong, expired, or lacks the right (401, 403). */
export class AuthenticationError extends ApiError {
  override readonly name = "AuthenticationError";
}

/**
 * The request contradicts the API's rules (400, 413, 415, 422), found by the server or before sending; `issues` names
 * the fields.
 */
export class ValidationError extends ApiError {
  override readonly name = "ValidationError";
}

/** The experiment's state doesn't allow the action, e.g. a change while it is active (409, 412). */
export class ConflictError extends ApiError {
  override readonly name = "ConflictError";
}

/** No such experiment, version or endpoint (404, 405, 410). */
export class NotFoundError extends ApiError {
  override readonly name = "NotFoundError";
}

/** Too many requests (429) after all attempts, or a longer wait asked for than allowed. */
export class RateLimitedError extends ApiError {
  override readonly name = "RateLimitedError";
}

/** The server can't be reached, timed out (408), or failed (5xx), after all attempts. */
export class UnavailableError extends ApiError {
  override readonly name = "UnavailableError";
}

/**
 * An answer arrived that can't be used: not JSON, wrong types, too large, a redirect elsewhere, an error body under
 * status 200.
 */
export class MalformedResponseError extends ApiError {
  override readonly name = "MalformedResponseError";
}

/**
 * Results that were read but can't become statistics: rates only, percentages for fractions, counts that don't add up.
 */
export class ResultsError extends ApiError {
  override readonly name = "ResultsError";
}

/** An enactment that must not go on: stale decision, changed experiment, unexpected state. */
export class EnactError extends ApiError {
  override readonly name = "EnactError";
}
