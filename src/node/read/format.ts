import { cannot, RecordsError } from "../../errors.ts";
import { requireNoNuls } from "../../records/bytes.ts";
import { closestName } from "../../records/closest-name.ts";
import { type DocumentFormatName, documentFormats, recogniseDocument } from "../../records/formats/documents.ts";
import { isFormatString } from "../../records/formats/format-string.ts";
import { recogniseTextFormat, type TextFormatName, textFormats } from "../../records/formats/text-formats.ts";
import { refuseAggregates } from "./aggregates.ts";

/** What is told by the content alone, and has no tool of its own. */
const general = ["ndjson", "json", "otlp-spans", "jmeter-xml", "csv", "parquet", "arrow"] as const;

/** What a source holds; `format-string`: lines as the mapping's format string describes them. */
export type Format = (typeof general)[number] | TextFormatName | DocumentFormatName | "format-string";

/** So many of the first bytes tell a kind of document. */
const signBytes = 1 << 16;

/**
 * Tells a format by the first bytes, unless it is named.
 *
 * @param wanted - the format that the mapping names.
 * @param general - whether the mapping says itself where the rows or columns are, so that no tool is looked for.
 * @throws {RecordsError} for a format that holds no records, or a name that is not known.
 */
export function formatOf(head: Uint8Array, name: string, wanted?: string, general = false): Format {
  if (wanted !== undefined) return formatNamed(wanted);
  const begin = new TextDecoder("latin1").decode(head.subarray(0, 4096));
  if (begin.startsWith("PAR1")) return "parquet";
  if (begin.startsWith("ARROW1") || begin.startsWith("\u00ff\u00ff\u00ff\u00ff")) return "arrow";
  const text = begin.replace(/^\u00ef\u00bb\u00bf/u, "").trimStart();
  if (text.startsWith("<")) {
    if (text.includes("<testResults")) return "jmeter-xml";
    throw refuse(name, "a JMeter results file when it is XML", text, "Convert it to CSV or JSON");
  }
  requireNoNuls(head, name);
  refuseAggregates(text, name);
  const document =
    !general && /^[[{]/u.test(text)
      ? recogniseDocument(new TextDecoder("latin1").decode(head.subarray(0, signBytes)).trimStart())
      : undefined;
  if (document !== undefined) return document;
  if (/^\[\s*(?:[{\]]|$)/u.test(text)) return "json";
  if (isMostlyJsonLines(text)) return "ndjson";
  const lines = text.split(/\r?\n/u);
  if (lines.length > 1) lines.pop();
  const textFormat = general ? undefined : recogniseTextFormat(lines);
  if (textFormat !== undefined) return textFormat;
  if (text.startsWith("["))
    throw refuse(name, "NDJSON, a JSON array of objects or a table with a header", text, "Convert the log to NDJSON");
  if (!text.startsWith("{")) return "csv";
  if (/^\{\s*"resourceSpans"/u.test(text)) return "otlp-spans";
  if (/^\{\s*"resource(Metrics|Logs)"/u.test(text)) {
    throw refuse(
      name,
      "OTLP traces, as metrics and logs hold no records",
      text,
      "Turn its histograms into sketches with assay/sketch and summarizeSketches",
    );
  }
  const firstLine = text.split("\n", 1)[0] as string;
  return text.includes("\n") && !firstLine.trimEnd().endsWith("}") ? "json" : "ndjson";
}

/** Whether most of the first lines are objects of their own, whatever a program wrote to the log before or between. */
function isMostlyJsonLines(text: string): boolean {
  const lines = text.split("\n");
  // What comes last may be cut.
  if (lines.length > 1) lines.pop();
  const filled = lines.slice(0, 20).filter((line) => line.trim() !== "");
  const objects = filled.filter((line) => {
    if (!line.startsWith("{") || line.startsWith('{"resource')) return false;
    try {
      JSON.parse(line);
      return true;
    } catch {
      return false;
    }
  });
  return objects.length > 0 && 2 * objects.length >= filled.length;
}

function formatNamed(wanted: string): Format {
  if (isFormatString(wanted)) return "format-string";
  const names: readonly string[] = [...general, ...Object.keys(textFormats), ...Object.keys(documentFormats)];
  if (names.includes(wanted)) return wanted as Format;
  const closest = closestName(wanted, names);
  throw new RecordsError(
    cannot("read the log", "the log format", `one of ${names.join(", ")}, or a format string`, wanted),
    {
      code: "unknown-log-format",
      field: "logFormat",
      value: wanted,
      fix: closest === undefined ? "Correct the name" : `Did you mean ${closest}?`,
    },
  );
}

function refuse(name: string, requirement: string, text: string, fix: string): RecordsError {
  return new RecordsError(cannot("read the records", name, requirement, text), {
    code: "format-unknown",
    field: name,
    value: text.slice(0, 80),
    fix,
  });
}
