import type { FieldSpans, LineKind, LineParser } from "./line-parser.ts";
import { LinePattern, piecesOf } from "./line-pattern.ts";

const request =
  "$client [$accept_date] $frontend $backend/$server $request_ms/$queue_ms/$connect_ms/$response_ms/$total_ms " +
  '$status $bytes_read $request_cookie $response_cookie $termination_state $connections $queues $captured"$request"';

/** The times are -1 where the step was not reached. */
const missing = { request_ms: "-1", queue_ms: "-1", connect_ms: "-1", response_ms: "-1", total_ms: "-1", status: "-1" };

/** What HAProxy writes of its servers and of itself, beside requests. */
const notice = /^(?:Server|Backend|Proxy|Health check|Connect from|Loading|New worker|\[(?:NOTICE|WARNING|ALERT)\])/u;

/** Longest beginning that syslog may put before a line, in bytes. */
const longestPrefix = 200;

/** Lines of HAProxy's `option httplog`, with what syslog puts before them or without. */
export class HaproxyLines implements LineParser {
  readonly #pattern = new LinePattern(piecesOf(request), { missing, open: true });
  readonly fields: readonly string[] = this.#pattern.fields;

  parse(bytes: Uint8Array, from: number, to: number, spans: FieldSpans): LineKind {
    const start = messageStart(bytes, from, to);
    const kind = this.#pattern.parse(bytes, start, to, spans);
    if (kind === "row") return kind;
    return notice.test(new TextDecoder().decode(bytes.subarray(start, Math.min(to, start + 40)))) ? "other" : kind;
  }
}

/** The position after `haproxy[123]: `, or the line's own beginning. */
function messageStart(bytes: Uint8Array, from: number, to: number): number {
  const end = Math.min(to, from + longestPrefix) - 1;
  for (let at = from; at < end && bytes[at] !== 34; at++)
    if (bytes[at] === 58 && bytes[at + 1] === 32 && (bytes[at - 1] === 93 || bytes[at - 1] === 121)) return at + 2;
  return from;
}
