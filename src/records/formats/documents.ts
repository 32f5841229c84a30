import { cannot, RecordsError } from "../../errors.ts";
import type { RecordBatch } from "../batch.ts";
import type { ByteSource } from "../bytes.ts";
import { elementLines } from "../json/json-array.ts";
import type { FieldMapping } from "../mapping/fields.ts";
import { ObjectRows, type RowOptions } from "../rows.ts";
import { guidellmRows, inspectRows, jaegerRows, lmEvalRows, servingRows, zipkinRows } from "./tool-rows.ts";

type Rows = Iterable<unknown>;

/** A kind of JSON document whose records do not lie at its top. */
export interface DocumentFormat {
  readonly tool: string;
  /** Texts that the first bytes of such a document have, all of them. */
  readonly signs: readonly RegExp[];
  /** The records of a document; `undefined` when it has no place for them. */
  rowsOf(document: unknown): Rows | undefined;
}

/** Name of a kind of document that is known. */
export type DocumentFormatName =
  | "jaeger"
  | "zipkin"
  | "elasticsearch"
  | "ghz"
  | "promptfoo"
  | "inspect"
  | "guidellm"
  | "helicone"
  | "vllm"
  | "sglang"
  | "lm-eval";

/** The documents that are read by name, in the order in which they are looked for. */
export const documentFormats: Readonly<Record<DocumentFormatName, DocumentFormat>> = {
  jaeger: { tool: "Jaeger", signs: [/"traceID"\s*:/u, /"spans"\s*:/u, /^\s*\{/u], rowsOf: jaegerRows },
  zipkin: { tool: "Zipkin", signs: [/^\s*\[\s*\[\s*\{/u, /"traceId"\s*:/u], rowsOf: zipkinRows },
  elasticsearch: {
    tool: "Elasticsearch, OpenSearch",
    signs: [/"hits"\s*:\s*\{/u, /"_shards"|"timed_out"/u],
    rowsOf: (document) => listAt(document, "hits", "hits"),
  },
  ghz: {
    tool: "ghz",
    signs: [/^\s*\{/u, /"endReason"\s*:/u],
    rowsOf: (document) => listAt(document, "details"),
  },
  promptfoo: {
    tool: "promptfoo",
    signs: [/^\s*\{/u, /"evalId"\s*:/u, /"results"\s*:/u],
    rowsOf: (document) => listAt(document, "results", "results"),
  },
  inspect: { tool: "Inspect", signs: [/^\s*\{/u, /"eval"\s*:\s*\{/u, /"task"\s*:/u], rowsOf: inspectRows },
  guidellm: { tool: "GuideLLM", signs: [/^\s*\{/u, /"benchmarks"\s*:\s*\[/u], rowsOf: guidellmRows },
  helicone: {
    tool: "Helicone",
    signs: [/^\s*\{/u, /"data"\s*:\s*\[/u, /"request_id"\s*:/u, /"request_created_at"\s*:/u],
    rowsOf: (document) => listAt(document, "data"),
  },
  vllm: {
    tool: "vLLM",
    signs: [/^\s*\{/u, /"request_throughput"\s*:/u, /"request_goodput"|"endpoint_type"/u],
    rowsOf: servingRows,
  },
  sglang: {
    tool: "SGLang",
    signs: [/^\s*\{/u, /"request_throughput"\s*:/u, /"request_rate"|"sharegpt_output_len"/u],
    rowsOf: servingRows,
  },
  "lm-eval": {
    tool: "lm-evaluation-harness",
    signs: [/^\s*\{/u, /"doc_id"\s*:/u, /"filtered_resps"\s*:/u],
    rowsOf: lmEvalRows,
  },
};

/** The kind of document that begins like this; `undefined` when it is none that is known. */
export function recogniseDocument(head: string): DocumentFormatName | undefined {
  const names = Object.keys(documentFormats) as DocumentFormatName[];
  return names.find((name) => documentFormats[name].signs.every((sign) => sign.test(head)));
}

/**
 * Reads JSON documents of a known tool into record batches: one, several behind each other, or an array of them. The
 * largest document must fit into memory.
 *
 * @param source - the bytes, UTF-8.
 * @param mapping - from which keys of a record the fields come.
 * @param name - name of the source in messages.
 * @param format - the tool.
 * @returns batches in the order of the records; in messages the line is the number of the record.
 * @throws {RecordsError} when a document has no records where the tool writes them.
 */
export async function* readDocuments(
  source: ByteSource,
  mapping: FieldMapping,
  name: string,
  format: DocumentFormatName,
  options: RowOptions = {},
): AsyncGenerator<RecordBatch> {
  const rows = new ObjectRows(mapping, name, options);
  let line = 0;
  for await (const row of documentRows(source, name, format)) {
    if (row === malformed) rows.reject("malformed-json", ++line, "a document that is no JSON");
    else rows.add(row, ++line);
    if (rows.full) yield rows.take();
  }
  yield rows.end();
}

/** Stands for a document that can't be read. */
const malformed: unique symbol = Symbol("malformed document");

/** The records of JSON documents as objects. */
export async function* documentRows(
  source: ByteSource,
  name: string,
  format: DocumentFormatName,
): AsyncGenerator<unknown> {
  const { rowsOf, tool } = documentFormats[format];
  for await (const document of documentsOf(source, name)) {
    if (document === malformed) {
      yield malformed;
      continue;
    }
    const rows = rowsOf(document);
    if (rows === undefined) throw withoutRecords(name, tool, document);
    yield* rows;
  }
}

async function* documentsOf(source: ByteSource, name: string): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  for await (const chunk of elementLines(source, name)) {
    const pieces = decoder.decode(chunk, { stream: true }).split("\n");
    for (let index = 0; index < pieces.length; index++) {
      parts.push(pieces[index] as string);
      if (index === pieces.length - 1) continue;
      const text = parts.join("");
      parts = [];
      if (text.trim() !== "") yield parsed(text);
    }
  }
  const text = parts.join("");
  if (text.trim() !== "") yield parsed(text);
}

/** Python writes NaN and Infinity, which JSON does not have: they are read as null. */
const pythonNumber = /([:[,]\s*)(?:NaN|-?Infinity)(?=\s*[,\]}])/gu;

function parsed(text: string): unknown {
  for (const candidate of [text, text.replace(pythonNumber, "$1null")]) {
    try {
      return JSON.parse(candidate) as unknown;
    } catch {
      // The second time without numbers that JSON does not have.
    }
  }
  return malformed;
}

/** The list at a path of keys. */
function listAt(document: unknown, ...path: readonly string[]): readonly unknown[] | undefined {
  let value = document;
  for (const key of path) value = (value as Record<string, unknown> | null | undefined)?.[key];
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}

function withoutRecords(name: string, tool: string, document: unknown): RecordsError {
  const keys =
    typeof document === "object" && document !== null ? Object.keys(document).slice(0, 20).join(", ") : "no object";
  return new RecordsError(
    cannot("read the records", name, `a document of ${tool} with one entry a request`, `a document with ${keys}`),
    {
      code: "no-rows",
      field: name,
      value: keys.slice(0, 80),
      fix: "Let the tool write its single requests (vLLM: --save-detailed, SGLang: --output-details)",
    },
  );
}
