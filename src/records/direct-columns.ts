import { type CompiledField, type CompiledMapping, constantOf } from "./mapping/fields.ts";
import type { TextDictionary } from "./text-dictionary.ts";
import { hashOfText } from "./text-hash.ts";
import { earliestMilliseconds, latestMilliseconds } from "./timestamp.ts";

/** What becomes of a column's values. */
export const directKind = { none: 0, number: 1, text: 2, instant: 3, id: 4 } as const;

/** Whether each field is a column of its own, so that a value can be written as soon as it is read. */
export function isDirect(mapping: CompiledMapping): boolean {
  const constants = [mapping.arm, mapping.unit, mapping.instance, ...mapping.segments].filter(
    (field) => field !== null && constantOf(field) !== undefined,
  );
  const fields = fieldsOf(mapping).filter((field) => !constants.includes(field));
  return (
    mapping.where.length === 0 &&
    fields.length === mapping.columns.length &&
    fields.every(({ expression }) => expression.kind === "column")
  );
}

/** The lowest value that needs no closer look. */
function lowestOf({ field, zeroIsMissing }: CompiledField): number {
  if (!field.endsWith("Ms")) return zeroIsMissing === true ? Infinity : -Number.MAX_VALUE;
  return zeroIsMissing === true ? Number.MIN_VALUE : 0;
}

function fieldsOf({ arm, timestamp, unit, instance, requestId, numbers, segments }: CompiledMapping): CompiledField[] {
  return [arm, timestamp, unit, instance, requestId, ...numbers, ...segments].filter((field) => field !== null);
}

/**
 * The columns of the batch that is being built, by the number of the source's column: where a scanner writes plain
 * values, which no check would turn away.
 */
export class DirectColumns {
  readonly kinds: Uint8Array;
  readonly factors: Float64Array;
  /** The values that need no closer look. */
  readonly lowest: Float64Array;
  readonly highest: Float64Array;
  readonly numbers: (Float64Array | undefined)[] = [];
  readonly codes: (Int32Array | undefined)[] = [];
  readonly texts: (TextDictionary | undefined)[] = [];

  constructor(mapping: CompiledMapping) {
    const count = mapping.columns.length;
    this.kinds = new Uint8Array(count).fill(directKind.text);
    this.factors = new Float64Array(count).fill(1);
    this.lowest = new Float64Array(count).fill(Number.NaN);
    this.highest = new Float64Array(count).fill(Number.NaN);
    for (let column = 0; column < count; column++) {
      this.numbers.push(undefined);
      this.codes.push(undefined);
      this.texts.push(undefined);
    }
    const limit = ({ index, expression }: CompiledField, kind: number, lowest: number, highest: number): void => {
      this.kinds[index] = kind;
      this.factors[index] = expression.kind === "column" ? expression.factor : 1;
      this.lowest[index] = lowest;
      this.highest[index] = highest;
    };
    for (const field of mapping.numbers) {
      const success = field.field === "success";
      limit(field, directKind.number, success ? 1 : lowestOf(field), success ? 1 : Number.MAX_VALUE);
    }
    if (mapping.timestamp !== null)
      limit(mapping.timestamp, directKind.instant, earliestMilliseconds, latestMilliseconds);
    if (mapping.requestId !== null) this.kinds[mapping.requestId.index] = directKind.id;
  }

  pointText(column: number, { codes, texts }: { readonly codes: Int32Array; readonly texts: TextDictionary }): void {
    this.codes[column] = codes;
    this.texts[column] = texts;
  }

  pointNumbers(column: number, values: Float64Array): void {
    this.numbers[column] = values;
  }

  /** Writes a value of the language to a row; false when it is not plain, so that it needs a closer look. */
  write(column: number, row: number, value: unknown): boolean {
    const numbers = this.numbers[column];
    if (typeof value === "string") {
      const codes = this.codes[column];
      if (value === "") return false;
      if (codes !== undefined) codes[row] = (this.texts[column] as TextDictionary).code(value);
      else if (numbers !== undefined && this.kinds[column] === directKind.id) numbers[row] = hashOfText(value);
      else return false;
      return true;
    }
    if (numbers === undefined) return false;
    if (typeof value === "number") {
      const scaled = value * (this.factors[column] as number);
      if (!(scaled >= (this.lowest[column] as number) && scaled <= (this.highest[column] as number))) return false;
      numbers[row] = scaled;
      return true;
    }
    if (typeof value !== "boolean" || this.kinds[column] !== directKind.number) return false;
    numbers[row] = value ? 1 : 0;
    return true;
  }
}
