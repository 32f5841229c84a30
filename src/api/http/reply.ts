import { withoutToken } from "./token.ts";

/** An answer, read in full. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Parses a reply's body as JSON; `undefined` where it isn't. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Whether a body is a web page: a proxy, a login page or a wrong address answered instead of the API. */
export function looksLikeHtml(reply: Reply): boolean {
  return /^\s*</.test(reply.text) || (reply.headers.get("content-type") ?? "").includes("html");
}

/** The first characters of a body, fit for an error message. */
export function excerpt(text: string, token: string): string {
  const clean = withoutToken(text, token).replace(/\s+/g, " ").trim();
  return JSON.stringify(clean.length > 120 ? `${clean.slice(0, 117)}...` : clean);
}
