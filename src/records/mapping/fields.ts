import { cannot, RecordsError, showValue } from "../../errors.ts";
import { closestName } from "../closest-name.ts";
import { columnPath } from "../column-path.ts";
import { columnsOf, type FieldExpression, isCondition, parseExpression, settledText } from "./expression.ts";
import { isOfSource } from "./is-of-source.ts";

/**
 * From which columns of a source the fields of a record come.
 *
 * Keys of `fields`: `arm` (required), `timestamp`, `unit`, `instance`, `requestId`, `success`, `latencyMs`, any further
 * name for a numeric field, and `segment.NAME` for a segment. Values: expressions, see `parseExpression`.
 */
export interface FieldMapping {
  readonly fields: Readonly<Record<string, string>>;
  /** Conditions that a row must meet to be read at all, e.g. `task=prime_full`. */
  readonly where?: readonly string[] | undefined;
  /** Fields that are left out when the source does not have their column. */
  readonly optional?: readonly string[] | undefined;
  /** What becomes of a row without a unit; default `reject`. `keep` is for policies that name no unit. */
  readonly missingUnit?: "reject" | "keep" | undefined;
  /** Where the records are inside a JSON document or line, see `nestedRows`. */
  readonly rows?: string | undefined;
  /** The columns of separated text that has no header. */
  readonly columns?: readonly string[] | undefined;
  /** Rows that are part of another row are left out, told by the rules of this tool. */
  readonly subSamples?: "jmeter" | undefined;
  /**
   * How the source is written, where its content alone does not say it: a format by name (docs/tools.md), or the format
   * string of an access log as nginx or Apache httpd has it.
   */
  readonly logFormat?: string | undefined;
  /** Numeric fields whose value 0 means that there is none, as tools write for a request without an answer. */
  readonly zeroIsMissing?: readonly string[] | undefined;
  /** The arm of each file, by its path, where the arm is `@file`. */
  readonly armOfFile?: Readonly<Record<string, string>> | undefined;
  /** Fields with one text for all rows of a source, as `settleSource` finds them. */
  readonly constants?: Readonly<Record<string, string>> | undefined;
}

/** Fields that hold text; all others are numbers, but for `segment.NAME`. */
const textFields = ["arm", "unit", "instance", "requestId"] as const;

/** A mapping with its expressions read, ready to be applied to rows. */
export interface CompiledMapping {
  /** The source columns that are needed, each once; rows are given as values in this order. */
  readonly columns: readonly string[];
  readonly arm: CompiledField;
  readonly timestamp: CompiledField | null;
  readonly unit: CompiledField | null;
  readonly instance: CompiledField | null;
  /** Whether a row without a unit is rejected. */
  readonly unitRequired: boolean;
  readonly requestId: CompiledField | null;
  readonly numbers: readonly CompiledField[];
  readonly segments: readonly CompiledField[];
  readonly where: readonly CompiledField[];
}

/** One field: its expression, and where in the row its columns stand. */
export interface CompiledField {
  readonly field: string;
  /** Of its first column. */
  readonly index: number;
  /** Of all its columns, in the order of `columnsOf`. */
  readonly indexes: readonly number[];
  readonly expression: FieldExpression;
  /** Whether 0 means that there is no value. */
  readonly zeroIsMissing?: true;
}

/**
 * Reads a mapping.
 *
 * @param available - the columns of the source, where they are known: then optional fields without a column are left
 * out, and any other field without a column is an error.
 * @throws {RecordsError} when `arm` is missing, an expression can't be read, or a column does not exist.
 * @example
 * ```ts
 * compileMapping({ fields: { arm: "model", success: "error_code == null", latencyMs: "latency_s*1000" } });
 * ```
 */
export function compileMapping(mapping: FieldMapping, available?: readonly string[]): CompiledMapping {
  const columns: string[] = [];
  const compile = (field: string, text: string, key = field): CompiledField => {
    if (isOfSource(text)) return ofSource(field, mapping.constants?.[key]);
    const expression = parseExpression(text, field, available);
    const indexes = columnsOf(expression).map((column) => {
      const known = columns.indexOf(column);
      return known < 0 ? columns.push(column) - 1 : known;
    });
    return { field, index: indexes[0] as number, indexes, expression };
  };
  const fields = available === undefined ? mapping.fields : fieldsPresent(mapping, available);
  if (Object.hasOwn(mapping.fields, "__proto__")) throw notAField("__proto__");
  if (fields["arm"] === undefined) {
    throw new RecordsError(
      cannot("read the mapping", "arm", "mapped to the column that names the version", undefined),
      {
        code: "arm-not-mapped",
        field: "arm",
        value: undefined,
        fix: "Add arm=COLUMN",
      },
    );
  }
  const optional = (field: string): CompiledField | null =>
    fields[field] === undefined ? null : compile(field, fields[field]);
  const where = (mapping.where ?? []).map((text) => requireComparison(compile("where", text), text));
  const arm = compile("arm", fields["arm"]);
  const rest = Object.entries(fields).filter(
    ([field]) => field !== "timestamp" && !(textFields as readonly string[]).includes(field),
  );
  const compiled = {
    columns,
    arm,
    timestamp: optional("timestamp"),
    unit: optional("unit"),
    instance: optional("instance"),
    unitRequired: mapping.missingUnit !== "keep",
    requestId: optional("requestId"),
    numbers: rest
      .filter(([field]) => !field.startsWith("segment."))
      .map(([field, text]) => ({
        ...compile(field, text),
        ...(mapping.zeroIsMissing?.includes(field) === true ? { zeroIsMissing: true as const } : {}),
      })),
    segments: rest
      .filter(([field]) => field.startsWith("segment."))
      .map(([field, text]) => compile(field.slice("segment.".length), text, field)),
    where,
  };
  const absent = available === undefined ? undefined : columns.find((column) => !isAvailable(column, available));
  if (absent !== undefined) throw unknownColumn(absent, compiled, available ?? []);
  return compiled;
}

/**
 * The mapping without the optional fields that a source does not have, with no optional ones left, and with expressions
 * that mean the same whatever columns there are.
 */
export function settleMapping(mapping: FieldMapping, available: readonly string[]): FieldMapping {
  const fields = Object.entries(fieldsPresent(mapping, available)).map(([field, text]) => [
    field,
    isOfSource(text) ? text : settledText(text, field, available),
  ]);
  return {
    ...mapping,
    fields: Object.fromEntries(fields) as Record<string, string>,
    ...(mapping.where === undefined
      ? {}
      : { where: mapping.where.map((text) => settledText(text, "where", available)) }),
    optional: [],
  };
}

/** A field that is the same for all rows of a source; empty before the source is known. */
function ofSource(field: string, value = ""): CompiledField {
  const expression = { kind: "computed", tree: { kind: "text", value }, condition: false, column: "" } as const;
  return { field, index: -1, indexes: [], expression };
}

/** The text that a field has in all rows; `undefined` where it depends on the row. */
export function constantOf({ expression }: CompiledField): string | undefined {
  return expression.kind === "computed" && expression.tree.kind === "text" ? expression.tree.value : undefined;
}

/** Whether a source has a column, by its name or as a path. */
function isAvailable(column: string, available: readonly string[]): boolean {
  return available.includes(column) || available.includes(columnPath(column).parts.join("."));
}

function fieldsPresent(mapping: FieldMapping, available: readonly string[]): Record<string, string> {
  const optional = new Set(mapping.optional ?? []);
  const present = ([field, text]: readonly [string, string]): boolean =>
    !optional.has(field) ||
    isOfSource(text) ||
    columnsOf(parseExpression(text, field, available)).every((column) => isAvailable(column, available));
  return Object.fromEntries(Object.entries(mapping.fields).filter(present));
}

/**
 * Reads `arm=model,success=outcome,latencyMs=latency_s*1000` into fields.
 *
 * @throws {RecordsError} for a part without `=`.
 */
export function parseFields(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const part of splitAtCommas(text)) {
    const at = part.indexOf("=");
    if (at < 1 || part.slice(at + 1).trim() === "") {
      throw new RecordsError(cannot("read the mapping", "map", "a list of FIELD=EXPRESSION", part), {
        code: "invalid-mapping",
        field: "map",
        value: part,
        fix: "Write it as arm=model,latencyMs=latency_s*1000",
      });
    }
    const field = part.slice(0, at).trim();
    if (field === "__proto__") throw notAField(field);
    fields[field] = part.slice(at + 1).trim();
  }
  return fields;
}

/** The parts between commas, but for those in quotes and in parentheses. */
function splitAtCommas(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === undefined || (character === "," && depth <= 0)) {
      if (at > from) parts.push(text.slice(from, at));
      from = at + 1;
      depth = 0;
    } else if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === '"' || (character === "'" && /[\s(,=<>!]/u.test(text[at - 1] ?? " ")))
      at = endOfQuote(text, at) ?? at;
  }
  return parts;
}

/** Where the quote that begins at a position is closed; a backslash keeps a double quote from closing it. */
function endOfQuote(text: string, at: number): number | undefined {
  const quote = text[at];
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === quote) return end;
    if (text[end] === "\\" && quote === '"') end++;
  }
  return undefined;
}

function notAField(field: string): RecordsError {
  return new RecordsError(cannot("read the mapping", "map", "of fields with other names", field), {
    code: "invalid-mapping",
    field: "map",
    value: field,
    fix: "Rename the field",
  });
}

function requireComparison(field: CompiledField, text: string): CompiledField {
  if (isCondition(field.expression)) return field;
  throw new RecordsError(cannot("read the mapping", "where", "a condition such as task=prime_full", text), {
    code: "invalid-where",
    field: "where",
    value: text,
    fix: "Add an operator and a value",
  });
}

/** The error for a column that a mapping names and the source does not have. */
export function unknownColumn(column: string, mapping: CompiledMapping, available: readonly string[]): RecordsError {
  const all = [
    mapping.arm,
    mapping.timestamp,
    mapping.unit,
    mapping.instance,
    mapping.requestId,
    ...mapping.numbers,
    ...mapping.segments,
    ...mapping.where,
  ];
  const field =
    all.find((candidate) => candidate !== null && columnsOf(candidate.expression).includes(column))?.field ?? column;
  const shown = available
    .slice(0, 30)
    .map((one) => showValue(one.length > 40 ? `${one.slice(0, 37)}...` : one))
    .join(", ");
  const meant = closestName(column, available);
  return new RecordsError(cannot("read the records", field, `mapped to one of the columns ${shown}`, column), {
    code: "unknown-column",
    field,
    value: column,
    fix: `${meant === undefined ? "" : `Did you mean ${showValue(meant)}? `}Correct the column's name in the mapping`,
  });
}
