import { cannot, RecordsError } from "../../errors.ts";
import { CsvLines } from "./csv-lines.ts";
import { DelimitedLines } from "./delimited-lines.ts";
import { isFormatString, parseFormatString } from "./format-string.ts";
import { HaproxyLines } from "./haproxy-lines.ts";
import { FieldSpans, type LineParser, valueOfSpan } from "./line-parser.ts";
import { LinePattern, piecesOf } from "./line-pattern.ts";
import { logfmtKeys, LogfmtLines } from "./logfmt.ts";

/** A kind of text log. */
export interface TextFormat {
  /** Who writes it. */
  readonly tool: string;
  /** The parser of its lines, by the first lines. */
  parser(head: readonly string[]): LineParser;
  /** Whether a row looks like one of this format, where the order of its fields alone does not tell. */
  readonly looksRight?: (valueOf: (field: string) => string | undefined) => boolean;
}

const combined =
  '$remote_addr $remote_logname $remote_user [$time_local] "$request" $status $body_bytes_sent ' +
  '"$http_referer" "$http_user_agent"';

const alb =
  "$type $time $elb $client $target $request_processing_time $target_processing_time $response_processing_time " +
  '$elb_status_code $target_status_code $received_bytes $sent_bytes "$request" "$user_agent" ' +
  "$ssl_cipher $ssl_protocol " +
  '$target_group_arn "$trace_id" "$domain_name" "$chosen_cert_arn" $matched_rule_priority $request_creation_time ' +
  '"$actions_executed" "$redirect_url" "$error_reason"';

const envoy =
  '[$start_time] "$request" $status $response_flags $bytes_received $bytes_sent $duration $upstream_service_time ' +
  '"$forwarded_for" "$user_agent" "$request_id" "$authority" "$upstream_host"';

const hasStatus = (field: string) => (valueOf: (field: string) => string | undefined) =>
  /^(?:\d{3}|0|-)?$/u.test(valueOf(field) ?? "");

/** Name of a text log that is known. */
export type TextFormatName =
  "traefik-clf" | "combined" | "envoy" | "haproxy" | "alb" | "cloudfront" | "gatling" | "vegeta-csv" | "logfmt";

/** The text logs that are read by name, in the order in which they are looked for. */
export const textFormats: Readonly<Record<TextFormatName, TextFormat>> = {
  /** Traefik's common log format: combined, and what Traefik adds. */
  "traefik-clf": {
    tool: "Traefik",
    parser: () => new LinePattern(piecesOf(`${combined} $request_count "$router" "$server_url" $duration`)),
    looksRight: hasStatus("status"),
  },
  /** The combined format of nginx and Apache httpd, with or without the time of the request after it. */
  combined: {
    tool: "nginx, Apache httpd",
    parser: () => new LinePattern(piecesOf(combined), { tail: piecesOf(" $request_time") }),
    looksRight: (valueOf) => hasStatus("status")(valueOf) && /^[\d.]*$/u.test(valueOf("request_time") ?? ""),
  },
  envoy: {
    tool: "Envoy",
    parser: () => new LinePattern(piecesOf(envoy), { open: true }),
    looksRight: hasStatus("status"),
  },
  haproxy: { tool: "HAProxy", parser: () => new HaproxyLines(), looksRight: hasStatus("status") },
  /** Application Load Balancer: a time of -1 means that there was no answer. */
  alb: {
    tool: "AWS Application Load Balancer",
    parser: () =>
      new LinePattern(piecesOf(alb), {
        open: true,
        missing: {
          request_processing_time: "-1",
          target_processing_time: "-1",
          response_processing_time: "-1",
        },
      }),
    looksRight: hasStatus("elb_status_code"),
  },
  /** Tab-separated fields named by a line `#Fields:`, as the W3C form has it. */
  cloudfront: {
    tool: "Amazon CloudFront",
    parser: (head) => new DelimitedLines(fieldsOfDirective(head), { comments: true }),
  },
  /** Gatling's simulation.log, which is text up to Gatling 3.12. */
  gatling: {
    tool: "Gatling",
    parser: () =>
      new DelimitedLines(["record", "groups", "name", "start", "end", "status", "message"], { begin: "REQUEST\t" }),
  },
  /** Vegeta's CSV, which has no header; a text with commas stands between double quotes. */
  "vegeta-csv": {
    tool: "vegeta",
    parser: () =>
      new CsvLines([
        "timestamp",
        "code",
        "latency",
        "bytes_out",
        "bytes_in",
        "error",
        "body",
        "attack",
        "seq",
        "method",
        "url",
        "headers",
      ]),
    looksRight: (valueOf) => /^\d{19}$/u.test(valueOf("timestamp") ?? "") && /^\d+$/u.test(valueOf("latency") ?? ""),
  },
  logfmt: { tool: "services in Go", parser: (head) => new LogfmtLines(logfmtKeys(head)) },
};

/** So many of the first lines tell what a text is. */
const linesLookedAt = 20;

/** The text log that these are the first lines of; `undefined` when it is none that is known. */
export function recogniseTextFormat(lines: readonly string[]): TextFormatName | undefined {
  const filled = lines.filter((line) => line.trim() !== "").slice(0, linesLookedAt);
  if (filled.length === 0) return undefined;
  if (filled.slice(0, 2).some((line) => line.startsWith("#Fields:"))) return "cloudfront";
  if (filled.some((line) => line.startsWith("RUN\t")) && !filled[0]?.includes(",")) return "gatling";
  const names = Object.keys(textFormats) as TextFormatName[];
  return names
    .filter((name) => name !== "cloudfront" && name !== "gatling")
    .find((name) => 2 * filled.filter((line) => isLineOf(name, line)).length >= filled.length);
}

function isLineOf(name: TextFormatName, line: string): boolean {
  if (name === "logfmt" && !/^[A-Za-z_][\w.@/-]*=(?:"(?:[^"\\]|\\.)*"|[^\s"]*) .*\w=/u.test(line)) return false;
  const format = textFormats[name];
  const parser = format.parser([line]);
  const bytes = new TextEncoder().encode(line);
  const spans = new FieldSpans(parser.fields.length);
  if (parser.parse(bytes, 0, bytes.length, spans) !== "row") return false;
  const valueOf = (field: string): string | undefined =>
    valueOfSpan(spans, parser.fields.indexOf(field), bytes) ?? undefined;
  return format.looksRight?.(valueOf) ?? true;
}

/**
 * The parser of a text log.
 *
 * @param format - the name of a known one, or a format string of nginx or Apache httpd.
 * @param head - its first lines.
 * @throws {RecordsError} for a name that is not known, or a format string that can't be read.
 */
export function lineParserOf(format: string, head: readonly string[]): LineParser {
  if (isFormatString(format)) return parseFormatString(format);
  if (Object.hasOwn(textFormats, format)) return textFormats[format as TextFormatName].parser(head);
  throw new RecordsError(
    cannot(
      "read the log",
      "the log format",
      `one of ${Object.keys(textFormats).join(", ")}, or a format string such as '$remote_addr [$time_local]'`,
      format,
    ),
    { code: "unknown-log-format", field: "logFormat", value: format, fix: "Correct the name, or give a format string" },
  );
}

function fieldsOfDirective(head: readonly string[]): string[] {
  const line = head.find((one) => one.startsWith("#Fields:"));
  if (line === undefined)
    throw new RecordsError(
      cannot("read the log", "the file", "a log with a line #Fields: before its first row", head[0]?.slice(0, 80)),
      { code: "fields-missing", field: "logFormat", value: "cloudfront", fix: "Keep the first lines of the log" },
    );
  return line.slice("#Fields:".length).trim().split(/\s+/u);
}
