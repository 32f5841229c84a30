import { cannot, RecordsError } from "../../errors.ts";
import { requireNoNuls } from "../../records/bytes.ts";

/** What a source holds. */
export type Format = "ndjson" | "json" | "otlp-spans" | "jmeter-xml" | "csv" | "parquet" | "arrow";

/** Tells a format by the first bytes. @throws {RecordsError} for a format that holds no records. */
export function formatOf(head: Uint8Array, name: string): Format {
  const begin = new TextDecoder("latin1").decode(head.subarray(0, 4096));
  if (begin.startsWith("PAR1")) return "parquet";
  if (begin.startsWith("ARROW1") || begin.startsWith("\u00ff\u00ff\u00ff\u00ff")) return "arrow";
  const text = begin.replace(/^\u00ef\u00bb\u00bf/u, "").trimStart();
  if (text.startsWith("<")) {
    if (text.includes("<testResults")) return "jmeter-xml";
    throw refuse(name, "a JMeter results file when it is XML", text, "Convert it to CSV or JSON");
  }
  requireNoNuls(head, name);
  if (/^\[\s*(?:[{\]]|$)/u.test(text)) return "json";
  if (isMostlyJsonLines(text)) return "ndjson";
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

function refuse(name: string, requirement: string, text: string, fix: string): RecordsError {
  return new RecordsError(cannot("read the records", name, requirement, text), {
    code: "format-unknown",
    field: name,
    value: text.slice(0, 80),
    fix,
  });
}
