import { ApiError } from "./errors.ts";

/** A bearer token, or where to get one (asked before every request, so it may rotate). */
export type TokenSource = string | (() => string | Promise<string>);

/** Reads and checks the token. The error never shows it: a header error of the platform would. */
export async function readToken(source: TokenSource): Promise<string> {
  return checkToken(typeof source === "string" ? source : await source());
}

/** Throws unless the value can be sent as a bearer token. */
export function checkToken(token: unknown): string {
  if (typeof token === "string" && /^[\x21-\x7e]+$/.test(token)) return token;
  const what =
    typeof token !== "string"
      ? `a ${typeof token}`
      : token.length === 0
        ? "empty"
        : "text with blanks, line breaks or characters outside ASCII";
  throw new ApiError(
    `Cannot authenticate: token must be printable ASCII without blanks, current value is ${what} (not shown)`,
    {
      code: "invalid-token",
      field: "token",
      fix: "Check the environment variable or file it comes from",
    },
  );
}

/** The text with every occurrence of the token blotted out: servers echo what they are sent. */
export function withoutToken(text: string, token: string): string {
  const forms = new Set([token, encodeURIComponent(token), JSON.stringify(token).slice(1, -1)]);
  return [...forms].reduce((clean, form) => clean.replaceAll(form, "[token]"), text);
}
