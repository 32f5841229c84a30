import type { RecordBatch } from "../batch.ts";
import type { ByteSource } from "../bytes.ts";
import { elementLines } from "../json/json-array.ts";
import type { FieldMapping } from "../mapping/fields.ts";
import { ObjectRows, type RowOptions } from "../rows.ts";

type Attributes = Record<string, unknown>;

/**
 * Reads traces in OTLP JSON (one export request or many, one a line or not) into record batches: each span is a row.
 *
 * A row has the attributes of the resource and the span by their names, and `name`, `trace_id`, `span_id`,
 * `parent_span_id`, `kind` (SERVER, CLIENT and so on),
 * `span_status` (UNSET, OK or ERROR), `start_time_unix_nano`, `end_time_unix_nano`. Where the span lacks them,
 * `gen_ai.client.operation.duration` is its duration in seconds and `error.type` is `_OTHER` when its status is an
 * error; so the mapping preset `otel-genai` fits.
 *
 * Source: OpenTelemetry protocol 1.x, JSON encoding; semantic conventions for generative AI.
 *
 * @param source - the bytes, UTF-8.
 * @param mapping - from which attributes the fields come.
 * @param name - name of the source in messages.
 * @returns batches in the order of the spans; in messages the line is the number of the span.
 * @throws {RecordsError} when a mapped attribute is in no span.
 */
export async function* readOtlpSpans(
  source: ByteSource,
  mapping: FieldMapping,
  name: string,
  options: RowOptions = {},
): AsyncGenerator<RecordBatch> {
  const rows = new ObjectRows(mapping, name, options);
  let span = 0;
  for await (const row of spanRows(source, name)) {
    if (typeof row === "string") rows.reject("malformed-json", ++span, row);
    else rows.add(row, ++span);
    if (rows.full) yield rows.take();
  }
  yield rows.end();
}

/** The spans of traces as flat objects; a document that can't be read is its text. */
export async function* spanRows(source: ByteSource, name: string): AsyncGenerator<Attributes | string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of elementLines(source, name)) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield* spansOfText(line);
  }
  yield* spansOfText(rest);
}

function* spansOfText(text: string): Generator<Attributes | string> {
  if (text.trim() === "") return;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    yield text;
    return;
  }
  yield* spansOf(document);
}

/** The spans of an export request as flat objects. */
function* spansOf(document: unknown): Generator<Attributes> {
  for (const resourceSpans of listAt(document, "resourceSpans")) {
    const resource = attributesOf((resourceSpans as { resource?: unknown }).resource);
    for (const scope of listAt(resourceSpans, "scopeSpans"))
      for (const span of listAt(scope, "spans")) yield rowOf(resource, span as Attributes);
  }
}

function rowOf(resource: Attributes, span: Attributes): Attributes {
  const start = span["startTimeUnixNano"];
  const end = span["endTimeUnixNano"];
  const row: Attributes = {
    "gen_ai.client.operation.duration": secondsBetween(start, end),
    name: span["name"],
    trace_id: span["traceId"],
    span_id: span["spanId"],
    parent_span_id: span["parentSpanId"],
    kind: kindOf(span["kind"]),
    start_time_unix_nano: start,
    end_time_unix_nano: end,
    ...resource,
    ...attributesOf(span),
  };
  const { code } = (span["status"] ?? {}) as { code?: unknown };
  const failed = code === 2 || code === "STATUS_CODE_ERROR";
  row["span_status"] ??= failed ? "ERROR" : code === 1 || code === "STATUS_CODE_OK" ? "OK" : "UNSET";
  if (failed) row["error.type"] ??= "_OTHER";
  return row;
}

const kinds = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];

/** The kind of a span by its number or its name. */
function kindOf(kind: unknown): unknown {
  return typeof kind === "number" ? (kinds[kind] ?? kind) : String(kind ?? "UNSPECIFIED").replace(/^SPAN_KIND_/u, "");
}

/** Exact to the nanosecond, which doubles are not for instants. */
function secondsBetween(start: unknown, end: unknown): number | undefined {
  const whole = /^\d+$/u;
  return whole.test(String(start)) && whole.test(String(end))
    ? Number(BigInt(String(end)) - BigInt(String(start))) / 1e9
    : undefined;
}

function attributesOf(holder: unknown): Attributes {
  return Object.fromEntries(
    listAt(holder, "attributes").map((attribute) => [
      (attribute as { key: string }).key,
      valueOf((attribute as { value?: unknown }).value),
    ]),
  );
}

/** An attribute's value; lists and maps stay as they are. */
function valueOf(value: unknown): unknown {
  const { stringValue, boolValue, intValue, doubleValue } = (value ?? {}) as Attributes;
  // Beyond what a number holds the digits stay as they are, since they are most likely an identifier.
  if (intValue !== undefined) return Number.isSafeInteger(Number(intValue)) ? Number(intValue) : String(intValue);
  return stringValue ?? boolValue ?? doubleValue ?? value;
}

function listAt(holder: unknown, key: string): readonly unknown[] {
  const list = (holder as Attributes | null | undefined)?.[key];
  return Array.isArray(list) ? list : [];
}
