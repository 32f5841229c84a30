/** What a column of the current row holds. */
export const token = {
  /** The row has no such column. */
  absent: 0,
  null: 1,
  false: 2,
  true: 3,
  /** A number, in `number`. */
  number: 4,
  /** A text without escapes, as UTF-8 bytes `from` to `to` of `bytes`. */
  bytes: 5,
  /** A text, in `other`. */
  text: 6,
  /** Anything else (a Date, an object), in `other`. */
  other: 7,
} as const;

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const noBytes = new Uint8Array(0);

/** The mapped columns of one row, before they become fields: the same for JSON, CSV and objects in memory. */
export class RowTokens {
  readonly kind: Uint8Array;
  readonly number: Float64Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly other: unknown[];
  /** The bytes that tokens of the kind `bytes` point into. */
  bytes: Uint8Array = noBytes;
  view: DataView = new DataView(noBytes.buffer);

  constructor(columns: number) {
    this.kind = new Uint8Array(columns);
    this.number = new Float64Array(columns);
    this.from = new Int32Array(columns);
    this.to = new Int32Array(columns);
    this.other = Array.from({ length: columns }, () => undefined);
  }

  /** Points at other bytes. */
  setBytes(bytes: Uint8Array, view: DataView): void {
    this.bytes = bytes;
    this.view = view;
  }

  /**
   * Sets a column to a value of the language; a bigint is the number that it is, or else its digits, which ids need.
   */
  setValue(column: number, given: unknown): void {
    const value = typeof given === "bigint" ? exactly(given) : given;
    this.kind[column] = kindOf(value);
    if (typeof value === "number") this.number[column] = value;
    else this.other[column] = value;
  }

  /** The column as a value of the language. */
  value(column: number): unknown {
    switch (this.kind[column]) {
      case token.absent:
        return undefined;
      case token.null:
        return null;
      case token.false:
        return false;
      case token.true:
        return true;
      case token.number:
        return this.number[column];
      case token.bytes:
        return textOfBytes(this.bytes, this.from[column] as number, this.to[column] as number);
      default:
        return this.other[column];
    }
  }
}

/** The text of UTF-8 bytes that are known to be valid. */
function textOfBytes(bytes: Uint8Array, from: number, to: number): string {
  return to - from <= 40 && isAscii(bytes, from, to)
    ? String.fromCharCode.apply(null, bytes.subarray(from, to) as unknown as number[])
    : decoder.decode(bytes.subarray(from, to));
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if ((bytes[i] as number) > 127) return false;
  return true;
}

function exactly(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function kindOf(value: unknown): number {
  switch (typeof value) {
    case "undefined":
      return token.absent;
    case "number":
      return token.number;
    case "string":
      return token.text;
    case "boolean":
      return value ? token.true : token.false;
    default:
      return value === null ? token.null : token.other;
  }
}
