import { textOfBytes } from "./row-tokens.ts";

/** Numbers repeated texts 0, 1, 2 ... in the order of their first appearance, from strings or straight from their bytes. */
export class TextDictionary {
  readonly values: string[] = [];
  readonly #codeOf = new Map<string, number>();
  /** Open addressing: 1 + number of a spelling, 0 where free. */
  #table: Int32Array = new Int32Array(64);
  #hashes: Int32Array = new Int32Array(32);
  #starts: Int32Array = new Int32Array(33);
  #codes: Int32Array = new Int32Array(32);
  #arena: Uint8Array = new Uint8Array(1024);
  #spellings = 0;

  code(value: string): number {
    let code = this.#codeOf.get(value);
    if (code === undefined) {
      code = this.values.push(value) - 1;
      this.#codeOf.set(value, code);
    }
    return code;
  }

  /** The code of the text with these bytes, UTF-8. */
  codeOfBytes(bytes: Uint8Array, from: number, to: number): number {
    let hash = to - from;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x0100_0193);
    hash ^= hash >>> 15;
    const table = this.#table;
    const mask = table.length - 1;
    let slot = hash & mask;
    for (let entry = table[slot] as number; entry !== 0; entry = table[slot] as number) {
      if (this.#hashes[entry - 1] === hash && this.#equals(entry - 1, bytes, from, to)) return this.#codes[entry - 1] as number;
      slot = (slot + 1) & mask;
    }
    return this.#insert(hash, slot, bytes, from, to);
  }

  #equals(spelling: number, bytes: Uint8Array, from: number, to: number): boolean {
    const start = this.#starts[spelling] as number;
    if ((this.#starts[spelling + 1] as number) - start !== to - from) return false;
    const arena = this.#arena;
    for (let i = from, j = start; i < to; i++, j++) if (arena[j] !== bytes[i]) return false;
    return true;
  }

  #insert(hash: number, slot: number, bytes: Uint8Array, from: number, to: number): number {
    const code = this.code(textOfBytes(bytes, from, to));
    const spelling = this.#spellings++;
    const start = this.#starts[spelling] as number;
    if (start + to - from > this.#arena.length) this.#arena = grown(this.#arena, 2 * (start + to - from));
    this.#arena.set(bytes.subarray(from, to), start);
    this.#hashes[spelling] = hash;
    this.#codes[spelling] = code;
    this.#starts[spelling + 1] = start + to - from;
    this.#table[slot] = spelling + 1;
    if (2 * this.#spellings === this.#table.length) this.#enlarge();
    return code;
  }

  #enlarge(): void {
    const size = 2 * this.#table.length;
    this.#hashes = grown(this.#hashes, size / 2);
    this.#codes = grown(this.#codes, size / 2);
    this.#starts = grown(this.#starts, size / 2 + 1);
    const table = new Int32Array(size);
    for (let spelling = 0; spelling < this.#spellings; spelling++) {
      let slot = (this.#hashes[spelling] as number) & (size - 1);
      while (table[slot] !== 0) slot = (slot + 1) & (size - 1);
      table[slot] = spelling + 1;
    }
    this.#table = table;
  }
}

function grown<T extends Int32Array | Uint8Array>(array: T, length: number): T {
  const larger = new (array.constructor as new (length: number) => T)(length);
  larger.set(array);
  return larger;
}
