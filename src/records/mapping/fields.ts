import { cannot, RecordsError, showValue } from "../../errors.ts";
import { type FieldExpression, parseExpression } from "./expression.ts";

/**
 * From which columns of a source the fields of a record come.
 *
 * Keys of `fields`: `arm` (required), `timestamp`, `unit`, `instance`, `requestId`, `success`, `latencyMs`, any further name for a
 * numeric field, and `segment.NAME` for a segment. Values: expressions, see `parseExpression`.
 */
export interface FieldMapping {
  readonly fields: Readonly<Record<string, string>>;
  /** Conditions that a row must meet to be read at all, e.g. `task=prime_full`. */
  readonly where?: readonly string[] | undefined;
  /** Fields that are left out when the source does not have their column. */
  readonly optional?: readonly string[] | undefined;
  /** What becomes of a row without a unit; default `reject`. `keep` is for policies that name no unit. */
  readonly missingUnit?: "reject" | "keep" | undefined;
  /** Rows that are part of another row are left out, told by the rules of this tool. */
  readonly subSamples?: "jmeter" | undefined;
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

/** One field: its expression, and where in the row its column stands. */
export interface CompiledField {
  readonly field: string;
  readonly index: number;
  readonly expression: FieldExpression;
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
  const compile = (field: string, text: string): CompiledField => {
    const expression = parseExpression(text, field);
    const known = columns.indexOf(expression.column);
    if (known < 0) columns.push(expression.column);
    return { field, index: known < 0 ? columns.length - 1 : known, expression };
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
    numbers: rest.filter(([field]) => !field.startsWith("segment.")).map(([field, text]) => compile(field, text)),
    segments: rest
      .filter(([field]) => field.startsWith("segment."))
      .map(([field, text]) => compile(field.slice("segment.".length), text)),
    where,
  };
  const absent = available === undefined ? undefined : columns.find((column) => !available.includes(column));
  if (absent !== undefined) throw unknownColumn(absent, compiled, available ?? []);
  return compiled;
}

/** The mapping without the optional fields that a source does not have, and with no optional ones left. */
export function settleMapping(mapping: FieldMapping, available: readonly string[]): FieldMapping {
  return { ...mapping, fields: fieldsPresent(mapping, available), optional: [] };
}

function fieldsPresent(mapping: FieldMapping, available: readonly string[]): Record<string, string> {
  const optional = new Set(mapping.optional ?? []);
  const present = ([field, text]: readonly [string, string]): boolean =>
    !optional.has(field) || available.includes(parseExpression(text, field).column);
  return Object.fromEntries(Object.entries(mapping.fields).filter(present));
}

/**
 * Reads `arm=model,success=outcome,latencyMs=latency_s*1000` into fields.
 *
 * @throws {RecordsError} for a part without `=`.
 */
export function parseFields(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const part of text.match(/(?:"(?:[^"\\]|\\.)*"|[^,])+/gu) ?? []) {
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

function notAField(field: string): RecordsError {
  return new RecordsError(cannot("read the mapping", "map", "of fields with other names", field), {
    code: "invalid-mapping",
    field: "map",
    value: field,
    fix: "Rename the field",
  });
}

function requireComparison(field: CompiledField, text: string): CompiledField {
  if (field.expression.kind === "comparison") return field;
  throw new RecordsError(cannot("read the mapping", "where", "a comparison such as task=prime_full", text), {
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
  const field = all.find((candidate) => candidate !== null && candidate.expression.column === column)?.field ?? column;
  const shown = available
    .slice(0, 30)
    .map((one) => showValue(one.length > 40 ? `${one.slice(0, 37)}...` : one))
    .join(", ");
  return new RecordsError(cannot("read the records", field, `mapped to one of the columns ${shown}`, column), {
    code: "unknown-column",
    field,
    value: column,
    fix: "Correct the column's name in the mapping",
  });
}
