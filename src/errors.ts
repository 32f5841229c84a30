/**
 * Errors are told apart by meaning, and every message has one form:
 * "Cannot <action>: <field> must be <requirement>, current value is <value>. <fix>".
 */

/** What an error says beyond its sentence, for programs that read it. */
export interface ErrorDetails {
  /** Stable code of the error case, kebab-case. */
  readonly code: string;
  /** Path of the offending field, e.g. `metrics[0].margin`. */
  readonly field?: string | undefined;
  /** The offending value. */
  readonly value?: unknown;
  /** What to do about it, one sentence. */
  readonly fix?: string | undefined;
}

/** The base of every error that Assay throws about its input. */
export class AssayError extends Error {
  override readonly name: string = "AssayError";
  readonly code: string;
  readonly field: string | undefined;
  readonly value: unknown;
  readonly fix: string | undefined;

  /**
   * @param message - the sentence in the common form, without the fix.
   * @param details - the same for programs.
   * @param options - `cause`, the error that led to this one.
   */
  constructor(message: string, details: ErrorDetails, options?: ErrorOptions) {
    super(details.fix === undefined ? message : `${message}. ${details.fix}`, options);
    this.code = details.code;
    this.field = details.field;
    this.value = details.value;
    this.fix = details.fix;
  }
}

/** A policy that is malformed or contradicts itself. */
export class PolicyError extends AssayError {
  override readonly name = "PolicyError";
}

/** Records that can't be read: mapping, file content, too many rejected rows. */
export class RecordsError extends AssayError {
  override readonly name: string = "RecordsError";
}

/** A summary that can't be decoded, merged, or used with this policy. */
export class SummaryError extends AssayError {
  override readonly name = "SummaryError";
}

/** An encoded sketch or histogram that can't be decoded, or is from a newer version. */
export class FormatError extends AssayError {
  override readonly name = "FormatError";
}

/** What an error of a database says beyond that. */
export interface DatabaseErrorDetails extends ErrorDetails {
  /** The engine, e.g. `postgres`. */
  readonly engine: string;
  /** Which of several servers, by the name the caller gave it. */
  readonly shard?: string | undefined;
}

/** A database that did not give the whole answer, or whose table can't be summarized. */
export class DatabaseError extends AssayError {
  override readonly name = "DatabaseError";
  readonly engine: string;
  readonly shard: string | undefined;

  constructor(message: string, details: DatabaseErrorDetails, options?: ErrorOptions) {
    super(message, details, options);
    this.engine = details.engine;
    this.shard = details.shard;
  }
}

/** Why a figure can't be computed from the data at hand. */
export type NotComputableReason =
  | "no-data"
  | "too-few-records"
  | "too-few-units"
  | "zero-variance"
  | "not-identified"
  | "no-convergence"
  | "rank-outside-sample"
  | "method-does-not-apply"
  | "dependence-not-resolved"
  | "arms-not-side-by-side"
  | "version-not-separable";

/** The typed outcome "could not compute": never a plausible number in its place. */
export interface NotComputable {
  readonly computable: false;
  readonly reason: NotComputableReason;
  /** One sentence with the figures that show why. */
  readonly detail: string;
}

/** Builds a {@link NotComputable}. */
export function notComputable(reason: NotComputableReason, detail: string): NotComputable {
  return { computable: false, reason, detail };
}

/** Tells whether a result is the outcome "could not compute". */
export function isNotComputable(value: unknown): value is NotComputable {
  return typeof value === "object" && value !== null && (value as { computable?: unknown }).computable === false;
}

/** How a value is shown in a message: short, quoted when text, never `[object Object]`. */
export function showValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" || value === null || value === undefined || typeof value === "boolean") {
    return Object.is(value, -0) ? "-0" : String(value);
  }
  if (typeof value === "function" || typeof value === "symbol") return typeof value;
  try {
    const text = JSON.stringify(value);
    return text.length > 80 ? `${text.slice(0, 77)}...` : text;
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** The sentence of the common form, without the fix. */
export function cannot(action: string, field: string, requirement: string, value: unknown): string {
  return `Cannot ${action}: ${field} must be ${requirement}, current value is ${showValue(value)}`;
}

/** Throws a RangeError unless `value` is a finite number for which `holds` is true. */
export function requireNumber(
  action: string,
  field: string,
  requirement: string,
  value: number,
  holds: (value: number) => boolean,
): void {
  if (typeof value !== "number") throw new TypeError(cannot(action, field, requirement, value));
  if (Number.isNaN(value) || !holds(value)) throw new RangeError(cannot(action, field, requirement, value));
}

/** Throws unless `value` lies strictly between 0 and 1. */
export function requireProbability(action: string, field: string, value: number): void {
  requireNumber(action, field, "a number strictly between 0 and 1", value, (x) => x > 0 && x < 1);
}

/** Throws unless `value` is a non-negative integer that a double holds exactly. */
export function requireCount(action: string, field: string, value: number): void {
  requireNumber(
    action,
    field,
    "a non-negative integer up to 2^53 - 1",
    value,
    (x) => Number.isSafeInteger(x) && x >= 0,
  );
}

/** Throws unless `value` is a finite number. */
export function requireFinite(action: string, field: string, value: number): void {
  requireNumber(action, field, "a finite number", value, Number.isFinite);
}
