import { cannot, RecordsError } from "../../errors.ts";
import { LinePattern, type PatternPiece, piecesOf } from "./line-pattern.ts";

/** The fields of Apache's directives, by letter. */
const apacheFields: Readonly<Record<string, string>> = {
  a: "client_ip",
  A: "local_ip",
  b: "bytes",
  B: "bytes",
  D: "duration_us",
  f: "file",
  h: "remote_addr",
  H: "protocol",
  I: "bytes_received",
  k: "keepalive_requests",
  l: "remote_logname",
  L: "log_id",
  m: "method",
  O: "bytes_sent",
  p: "port",
  P: "process",
  q: "query",
  r: "request",
  R: "handler",
  s: "status",
  T: "duration_s",
  t: "time_local",
  u: "remote_user",
  U: "path",
  v: "server_name",
  V: "host",
  X: "connection_status",
};

const directive = /%(?:!?\d{3}(?:,\d{3})*)?[<>]?(?:\{([^}]*)\})?(\^t[io]|[A-Za-z%])/gu;

/** Whether a text is a log format as nginx or Apache writes it, and not the name of one. */
export function isFormatString(text: string): boolean {
  return /\$[A-Za-z_{]|%[<>{A-Za-z]/u.test(text);
}

/**
 * The lines that a log format describes: of nginx, with variables such as `$request_time`, or of Apache httpd, with
 * directives such as `%D`.
 *
 * Apache's directives have the field names of docs/tools.md: `%h` remote_addr, `%t` time_local, `%r` request, `%>s`
 * status, `%D` duration_us, `%T` duration_s, `%{ms}T` duration_ms, `%{User-Agent}i` user_agent.
 *
 * @throws {RecordsError} when the text has no field, a field twice, or two fields with nothing between.
 */
export function parseFormatString(text: string): LinePattern {
  const pieces = /\$[A-Za-z_{]/u.test(text) ? piecesOf(text) : apachePieces(text);
  const names = pieces.flatMap((piece) => ("field" in piece ? [piece.field] : []));
  if (names.length === 0) throw invalid(text, "one with fields such as $request_time or %D");
  const touching = pieces.findIndex((piece, index) => "field" in piece && "field" in (pieces[index + 1] ?? {}));
  const nameAt = (index: number): string => (pieces[index] as { readonly field: string }).field;
  if (touching >= 0)
    throw invalid(text, `one with a text between its fields ${nameAt(touching)} and ${nameAt(touching + 1)}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw invalid(text, `one that names each field once, not ${twice} twice`);
  return new LinePattern(pieces);
}

function apachePieces(text: string): PatternPiece[] {
  const plain = text.replaceAll(String.raw`\"`, '"').replaceAll(String.raw`\t`, "\t");
  const pieces: PatternPiece[] = [];
  let literal = "";
  let from = 0;
  for (const found of plain.matchAll(directive)) {
    const [whole, argument, letter] = found as unknown as [string, string | undefined, string];
    literal += plain.slice(from, found.index);
    from = found.index + whole.length;
    if (letter === "%") {
      literal += "%";
      continue;
    }
    const bracketed = letter === "t" && argument === undefined;
    if (bracketed) literal += "[";
    if (literal !== "") pieces.push({ literal });
    pieces.push({ field: fieldOf(letter, argument) });
    literal = bracketed ? "]" : "";
  }
  literal += plain.slice(from);
  return literal === "" ? pieces : [...pieces, { literal }];
}

function fieldOf(letter: string, argument: string | undefined): string {
  if (argument === undefined) return apacheFields[letter] ?? `directive_${letter}`;
  if (letter === "T") return `duration_${argument}`;
  if (letter === "t") return `time_${argument.replace(/\W+/gu, "")}`;
  return argument.toLowerCase().replace(/\W+/gu, "_");
}

function invalid(text: string, requirement: string): RecordsError {
  return new RecordsError(cannot("read the log", "the log format", requirement, text), {
    code: "invalid-log-format",
    field: "logFormat",
    value: text,
    fix: "Copy it from log_format of nginx or LogFormat of Apache httpd",
  });
}
