import { z } from "zod";
import type { FieldIssue } from "./errors.ts";

/** What a server says with a 4xx or 5xx status. */
export interface ErrorBody {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly issues?: readonly FieldIssue[] | undefined;
  };
}

/** The error body this API's emulator writes; a server's may be anything, see {@link readErrorBody}. */
export const ErrorBodySchema: z.ZodType<ErrorBody> = z.looseObject({
  error: z.looseObject({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.looseObject({ path: z.string(), code: z.string(), message: z.string() })).optional(),
  }),
});

/** What could be read of a server's error body. */
export interface ReadErrorBody {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly issues: readonly FieldIssue[];
}

/**
 * Reads any of the shapes servers use: `{error: {code, message, issues}}`, `{error: "text"}`, `{message}`, `{detail}`.
 */
export function readErrorBody(body: unknown): ReadErrorBody {
  const known = ErrorBodySchema.safeParse(body);
  if (known.success)
    return { code: known.data.error.code, message: known.data.error.message, issues: known.data.error.issues ?? [] };
  if (typeof body !== "object" || body === null) return { code: undefined, message: undefined, issues: [] };
  const fields = body as Record<string, unknown>;
  const nested =
    typeof fields["error"] === "object" && fields["error"] !== null
      ? (fields["error"] as Record<string, unknown>)
      : fields;
  const message = [fields["error"], nested["message"], fields["detail"]].find((value) => typeof value === "string");
  const code = typeof nested["code"] === "string" ? nested["code"] : undefined;
  return { code, message: message as string | undefined, issues: [] };
}
