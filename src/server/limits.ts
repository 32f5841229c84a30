/** Bounds that keep a server alive whatever its callers do. docs/limits.md lists the defaults. */
export interface ServerLimits {
  /** Time from the first byte of a connection or request to the end of its headers, in milliseconds. */
  readonly headersMs: number;
  /** Time from the first byte of a request to the end of its body, in milliseconds. */
  readonly requestMs: number;
  /** Time that a connection may be silent, in milliseconds: ends connections whose other side is gone. */
  readonly silenceMs: number;
  /** Time that a connection is kept after an answer, in milliseconds. */
  readonly keepAliveMs: number;
  /** Largest size of all headers of a request, in bytes. */
  readonly headerBytes: number;
  /** Largest body of one request, in bytes. */
  readonly bodyBytes: number;
  /** Largest size of all bodies that are being read at once, in bytes. */
  readonly bodiesBytes: number;
  /** Connections that are open at once; further ones are closed. */
  readonly connections: number;
}

/** The bounds where the caller gives none. */
export const serverLimits: ServerLimits = {
  headersMs: 5000,
  requestMs: 10_000,
  silenceMs: 30_000,
  keepAliveMs: 5000,
  headerBytes: 8192,
  bodyBytes: 65_536,
  bodiesBytes: 16 * 1024 * 1024,
  connections: 2048,
};
