import { cannot } from "../../errors.ts";
import { ApiError } from "./errors.ts";

const action = "set up the experiments API client";

/**
 * Where the API lives, checked once: absolute, without credentials, query or fragment, and encrypted unless loopback or
 * explicitly allowed.
 *
 * @param baseUrl - address of the gateway; without a path, its `/v1`
 * @param allowInsecure - accept plain http to another machine, where anyone on the way can read the token
 * @returns the address without a trailing slash
 * @throws {ApiError} that never shows credentials given in the address
 */
export function checkBaseUrl(baseUrl: string, allowInsecure: boolean): string {
  let url: URL;
  try {
    url = new URL(baseUrl);
  } catch {
    throw new ApiError(
      cannot(
        action,
        "baseUrl",
        "an absolute URL such as https://gateway.example/v1",
        baseUrl.includes("@") ? "(not shown, may hold a password)" : baseUrl,
      ),
      { code: "invalid-base-url", field: "baseUrl" },
    );
  }
  const where = `${url.protocol}//${url.host}`;
  if (url.username !== "" || url.password !== "") {
    throw new ApiError(cannot(action, "baseUrl", "free of user name and password", `${where} with credentials`), {
      code: "invalid-base-url",
      field: "baseUrl",
      fix: "Pass the token as an option",
    });
  }
  if (url.search !== "" || url.hash !== "") {
    throw new ApiError(cannot(action, "baseUrl", "free of query and fragment", `${where}${url.pathname}`), {
      code: "invalid-base-url",
      field: "baseUrl",
    });
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new ApiError(cannot(action, "baseUrl", "an https URL", where), {
      code: "invalid-base-url",
      field: "baseUrl",
    });
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname) && !allowInsecure) {
    const fix = "Use https, or allow it explicitly (allowInsecure) if the network in between is trusted";
    throw new ApiError(cannot(action, "baseUrl", "https, because the token would travel unencrypted", where), {
      code: "insecure-base-url",
      field: "baseUrl",
      fix,
    });
  }
  const path = url.pathname === "/" ? "/v1" : url.pathname.replace(/\/+$/, "");
  return `${where}${path}`;
}

/** Whether a host name can only mean this machine. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
