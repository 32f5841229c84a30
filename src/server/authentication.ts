import { createHash, timingSafeEqual } from "node:crypto";

/** What the `Authorization` header of a request says about its caller. */
export type Authentication = "accepted" | "absent" | "wrong";

/**
 * Compares the bearer token of a request with the expected one, in a time that does not depend on where they differ.
 *
 * @param header - the `Authorization` header; the scheme is accepted in upper and lower case (RFC 9110, section 11.1).
 * @param token - the expected token; `null` accepts every caller.
 */
export function authenticate(header: string | undefined, token: string | null): Authentication {
  if (token === null) return "accepted";
  if (header === undefined) return "absent";
  const given = /^bearer +(\S+) *$/iu.exec(header)?.[1];
  return given !== undefined && timingSafeEqual(digest(given), digest(token)) ? "accepted" : "wrong";
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
