import { decimalOfText, plainDecimal } from "../decimal.ts";
import type { ColumnMemory } from "../json/line-accelerator.ts";
import type { UnusableCode } from "../quality.ts";
import { type RowTokens, token } from "../row-tokens.ts";
import { TextDictionary } from "../text-dictionary.ts";
import { hashOfBytes, hashOfText } from "../text-hash.ts";
import { parseTimestamp, plausible, timestampOfBytes } from "../timestamp.ts";
import type { Compute } from "./compute.ts";
import { ConditionWatch } from "./condition-watch.ts";
import { isCondition } from "./expression.ts";
import { type CompiledField, constantOf } from "./fields.ts";
import { conditionOf, largestDictionary, numberOf as numberOfField, valueOf } from "./row-compute.ts";

/** A text field of the rows of a source, as codes. */
export class TextWriter {
  readonly field: CompiledField;
  readonly #value: Compute<unknown> | undefined;
  readonly #constant: string | undefined;
  #texts = new TextDictionary();
  codes: Int32Array;

  constructor(field: CompiledField, rows: number, memory: ColumnMemory) {
    this.field = field;
    this.#constant = constantOf(field);
    this.#value = computedText(field);
    this.codes = memory.integers(rows);
  }

  get texts(): TextDictionary {
    return this.#texts;
  }

  get values(): readonly string[] {
    return this.#texts.values;
  }

  /** Writes a row's value; false when there is none. */
  write(row: RowTokens, at: number): boolean {
    const code = this.#code(row);
    this.codes[at] = code;
    return code >= 0;
  }

  /** Writes the text that all rows have; false where there is none. */
  fillConstant(): boolean {
    if (this.#constant === undefined) return false;
    this.codes.fill(this.#texts.code(this.#constant));
    return true;
  }

  /** Begins new codes, so that those given away stay as they are, unless they may be written over. */
  renew(reuse: boolean): void {
    if (!reuse) this.codes = new Int32Array(this.codes.length);
    if (this.#texts.length > largestDictionary) this.#texts = new TextDictionary();
  }

  #code(row: RowTokens): number {
    if (this.#constant !== undefined) return this.#constant === "" ? -1 : this.#texts.code(this.#constant);
    if (this.#value !== undefined) {
      const value = this.#value(row);
      return hasText(value) ? this.#texts.code(String(value)) : -1;
    }
    const { index } = this.field;
    if (row.kind[index] === token.bytes) {
      const from = row.from[index] as number;
      const to = row.to[index] as number;
      return from === to ? -1 : this.#texts.codeOfBytes(row.bytes, row.view, from, to);
    }
    const value = row.value(index);
    return hasText(value) ? this.#texts.code(String(value)) : -1;
  }
}

/**
 * Whether a value can serve as an identifier. A number beyond 2^53 can't: it has lost digits before it came here, so
 * that different identifiers read the same.
 */
function hasText(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return false;
  return typeof value !== "number" || Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

/** What computes a text that is more than a column. */
function computedText(field: CompiledField): Compute<unknown> | undefined {
  if (isCondition(field.expression)) return conditionOf(field);
  return field.expression.kind === "computed" ? valueOf(field) : undefined;
}

/** The instant of each row in milliseconds; NaN when there is none. */
export function timestampReader(field: CompiledField): Compute<number> {
  if (field.expression.kind !== "computed") return (row) => timestampOf(field, row);
  const value = valueOf(field);
  return (row) => parseTimestamp(value(row));
}

function timestampOf({ index, expression }: CompiledField, row: RowTokens): number {
  const factor = expression.kind === "column" ? expression.factor : 1;
  if (row.kind[index] === token.number) return plausible((row.number[index] as number) * factor);
  if (row.kind[index] === token.bytes) {
    const instant = timestampOfBytes(row.bytes, row.from[index] as number, row.to[index] as number);
    if (instant === instant) return instant;
    const number = plainDecimal(row.bytes, row.from[index] as number, row.to[index] as number);
    if (number === number) return plausible(number * factor);
  }
  return parseTimestamp(row.value(index), factor);
}

/** The hash of each row's request id; NaN when there is none. */
export function requestIdReader(field: CompiledField): Compute<number> {
  if (field.expression.kind !== "computed") return (row) => requestIdOf(field, row);
  const value = valueOf(field);
  return (row) => {
    const id = value(row);
    return id === null || id === "" ? Number.NaN : hashOfText(String(id));
  };
}

function requestIdOf({ index }: CompiledField, row: RowTokens): number {
  if (row.kind[index] === token.bytes) {
    const from = row.from[index] as number;
    const to = row.to[index] as number;
    return from === to ? Number.NaN : hashOfBytes(row.bytes, from, to);
  }
  const value = row.value(index);
  return hasText(value) ? hashOfText(String(value)) : Number.NaN;
}

/** A numeric field of the rows of a source. */
export class NumberWriter {
  readonly field: CompiledField;
  /** What was seen of the condition that the field is. */
  readonly watch: ConditionWatch | undefined;
  readonly #condition: Compute<boolean> | undefined;
  readonly #computed: { readonly number: Compute<number>; readonly value: Compute<unknown> } | undefined;
  readonly #factor: number;
  readonly #success: boolean;
  readonly #duration: boolean;
  values: Float64Array;

  constructor(field: CompiledField, rows: number, memory: ColumnMemory) {
    this.field = field;
    this.watch = isCondition(field.expression) ? new ConditionWatch(field) : undefined;
    this.#condition = this.watch === undefined ? undefined : conditionOf(field, this.watch);
    this.#computed =
      field.expression.kind === "computed" && this.#condition === undefined ? numberOfField(field) : undefined;
    this.#factor = field.expression.kind === "column" ? field.expression.factor : 1;
    this.#success = field.field === "success";
    this.#duration = field.field.endsWith("Ms");
    this.values = memory.numbers(rows);
  }

  /**
   * Writes a row's value, NaN when it is missing or can't be used.
   *
   * @returns why the value can't be used; `undefined` when it can, or when there is none.
   */
  write(row: RowTokens, at: number): UnusableCode | "success-not-boolean" | undefined {
    const { index } = this.field;
    const kind = row.kind[index];
    let value: number;
    if (this.#condition !== undefined) value = this.#condition(row) ? 1 : 0;
    else if (this.#computed !== undefined) {
      value = this.#computed.number(row);
      if (value !== value && isMissing(this.#computed.value(row))) return this.#none(at);
    } else if (kind === token.number) value = (row.number[index] as number) * this.#factor;
    else if (kind === token.true) value = 1;
    else if (kind === token.false) value = 0;
    else if (kind === token.absent || kind === token.null) return this.#none(at);
    else {
      const spelled = numberOf(row, index);
      if (spelled === undefined) return this.#none(at);
      value = typeof spelled === "boolean" ? Number(spelled) : spelled * this.#factor;
    }
    if (value === 0 && this.field.zeroIsMissing === true) return this.#none(at);
    if (this.#success) {
      if (value !== 0 && value !== 1) return "success-not-boolean";
    } else if (value - value !== 0 || (this.#duration && value < 0)) {
      this.#none(at);
      return value !== value ? "not-a-number" : value - value !== 0 ? "not-finite" : "negative-duration";
    }
    this.values[at] = value;
    return undefined;
  }

  renew(): void {
    this.values = new Float64Array(this.values.length);
  }

  #none(at: number): undefined {
    this.values[at] = Number.NaN;
  }
}

function isMissing(value: unknown): boolean {
  return value === null || (typeof value === "string" && value.trim() === "");
}

function numberOf(row: RowTokens, index: number): number | boolean | undefined {
  if (row.kind[index] !== token.bytes) return numberOfText(row.value(index));
  const plain = plainDecimal(row.bytes, row.from[index] as number, row.to[index] as number);
  return plain === plain ? plain : numberOfText(row.value(index));
}

function numberOfText(value: unknown): number | boolean | undefined {
  if (typeof value !== "string") return Number.NaN;
  const text = value.trim();
  if (text === "") return undefined;
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : decimalOfText(text);
}
