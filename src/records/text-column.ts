import type { TextColumn } from "./batch.ts";

/** Builds a dictionary-coded text column, value by value. */
export class TextColumnBuilder {
  readonly #codes: Int32Array;
  readonly #values: string[] = [];
  readonly #codeOf = new Map<string, number>();

  constructor(capacity: number) {
    this.#codes = new Int32Array(capacity);
  }

  /** Sets row `index`; `undefined` is a missing value. */
  set(index: number, value: string | undefined): void {
    if (value === undefined) {
      this.#codes[index] = -1;
      return;
    }
    let code = this.#codeOf.get(value);
    if (code === undefined) {
      code = this.#values.length;
      this.#codeOf.set(value, code);
      this.#values.push(value);
    }
    this.#codes[index] = code;
  }

  /** The first `length` rows. */
  build(length: number): TextColumn {
    return { values: this.#values, codes: this.#codes.subarray(0, length) };
  }
}
