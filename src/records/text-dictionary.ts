const multiplier = 0x9e37_79b1 | 0;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Numbers repeated texts 0, 1, 2 ... in the order of their first appearance, from strings or straight from their bytes.
 */
export class TextDictionary {
  readonly #values: string[] = [];
  /** The codes of texts that came as strings. */
  readonly #codes = new Map<string, number>();
  /** Open addressing; a slot is a hash and 1 + the code, 0 where free. Small, so that it stays in cache. */
  #table: Int32Array = new Int32Array(128);
  /** The bytes of all texts, one after the other, and where each begins. */
  #arena: Uint8Array = new Uint8Array(1024);
  #arenaView: DataView = new DataView(this.#arena.buffer);
  #starts: Int32Array = new Int32Array(65);
  #length = 0;
  #scratch = new Uint8Array(64);
  #scratchView = new DataView(this.#scratch.buffer);

  /** Number of texts. */
  get length(): number {
    return this.#length;
  }

  /** The texts by code: always the same list, which grows. */
  get values(): readonly string[] {
    if (this.#values.length < this.#length) this.#decode();
    return this.#values;
  }

  code(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    if (this.#scratch.length < 3 * text.length) {
      this.#scratch = new Uint8Array(6 * text.length);
      this.#scratchView = new DataView(this.#scratch.buffer);
    }
    const code = this.codeOfBytes(this.#scratch, this.#scratchView, 0, encoder.encodeInto(text, this.#scratch).written);
    this.#codes.set(text, code);
    return code;
  }

  /** The code of the text with these bytes, UTF-8; `view` is a view of `bytes`. */
  codeOfBytes(bytes: Uint8Array, view: DataView, from: number, to: number): number {
    const hash = hashOf(bytes, view, from, to);
    const table = this.#table;
    const mask = table.length - 1;
    let slot = (2 * hash) & mask;
    for (let code = table[slot + 1] as number; code !== 0; code = table[slot + 1] as number) {
      if (table[slot] === hash && this.#has(code - 1, bytes, view, from, to)) return code - 1;
      slot = (slot + 2) & mask;
    }
    return this.#insert(hash, slot, bytes, from, to);
  }

  #has(code: number, bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
    const start = this.#starts[code] as number;
    if ((this.#starts[code + 1] as number) - start !== to - from) return false;
    if (to - from < 4) {
      for (let i = from, j = start; i < to; i++, j++) if (this.#arena[j] !== bytes[i]) return false;
      return true;
    }
    const arena = this.#arenaView;
    const shift = start - from;
    for (let at = from; at < to; at += 4) {
      const word = at + 4 <= to ? at : to - 4;
      if (view.getInt32(word, true) !== arena.getInt32(word + shift, true)) return false;
    }
    return true;
  }

  #insert(hash: number, slot: number, bytes: Uint8Array, from: number, to: number): number {
    const code = this.#length++;
    const start = this.#starts[code] as number;
    const end = start + to - from;
    if (end > this.#arena.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.#arena);
      this.#arena = larger;
      this.#arenaView = new DataView(larger.buffer);
    }
    const arena = this.#arena;
    for (let i = from, j = start; i < to; i++, j++) arena[j] = bytes[i] as number;
    this.#starts[code + 1] = end;
    const table = this.#table;
    table[slot] = hash;
    table[slot + 1] = code + 1;
    if (4 * this.#length === table.length) this.#enlarge();
    return code;
  }

  #enlarge(): void {
    const before = this.#table;
    const table = new Int32Array(2 * before.length);
    for (let from = 0; from < before.length; from += 2) {
      if (before[from + 1] === 0) continue;
      let slot = (2 * (before[from] as number)) & (table.length - 1);
      while (table[slot + 1] !== 0) slot = (slot + 2) & (table.length - 1);
      table[slot] = before[from] as number;
      table[slot + 1] = before[from + 1] as number;
    }
    this.#table = table;
    const starts = new Int32Array(2 * this.#starts.length);
    starts.set(this.#starts);
    this.#starts = starts;
  }

  /** Makes strings of the texts that came since the last time: all at once where each byte is a character. */
  #decode(): void {
    const starts = this.#starts;
    const values = this.#values;
    const first = starts[values.length] as number;
    const end = starts[this.#length] as number;
    const all = decoder.decode(this.#arena.subarray(first, end));
    const ascii = all.length === end - first;
    for (let code = values.length; code < this.#length; code++) {
      const [from, to] = [starts[code] as number, starts[code + 1] as number];
      values.push(ascii ? all.slice(from - first, to - first) : decoder.decode(this.#arena.subarray(from, to)));
    }
  }
}

/** Hashes the bytes four at a time, the last four overlapping those before. */
function hashOf(bytes: Uint8Array, view: DataView, from: number, to: number): number {
  let hash = to - from;
  if (hash < 4) for (let i = from; i < to; i++) hash = (hash << 8) ^ (bytes[i] as number);
  else {
    for (let at = from; at < to; at += 4) {
      hash = Math.imul(hash ^ view.getInt32(at + 4 <= to ? at : to - 4, true), multiplier);
      hash ^= hash >>> 15;
    }
  }
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 13);
}
