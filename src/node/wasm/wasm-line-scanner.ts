import { type DirectColumns, directKind } from "../../records/direct-columns.ts";
import type { LineAccelerator } from "../../records/json/line-accelerator.ts";
import { lineRoom } from "../../records/json/line-buffer.ts";
import type { TextDictionary } from "../../records/text-dictionary.ts";
import { blockCount, chunkSize } from "../read/range.ts";
import { lineScanner } from "./line-scanner.generated.ts";

/** All the memory there is; what is not written to costs nothing. */
const memoryPages = 512;
const pageSize = 1 << 16;
/** Room for lines that are copied: of the largest block, and of as much that is left from the one before. */
const linesRoom = 1 << 21;
/** Behind the last block bytes go on, since lines are read a little beyond their end. */
const linesSize = linesRoom + blockCount * (lineRoom + chunkSize) + lineRoom;
const literalsSize = 1 << 16;
/** Slots of a table of texts at first and at most, each of 32 bytes, and room for long texts. */
const slots = { least: 1 << 10, most: 1 << 15 } as const;
const arenaSize = 1 << 19;

/** So that nothing shares a line of the cache. */
const alignment = 64;

/** Sizes of the classes of wasm/line-scanner.ts. */
const keySize = 48;
const textsSize = 28;
const slotSize = 32;
const missedSize = 16;
const mostKeys = 256;
/** Notes of texts whose codes are not known. */
const mostMissed = 1 << 9;

interface Exports {
  readonly position: WebAssembly.Global;
  readonly misses: WebAssembly.Global;
  take(
    start: number,
    end: number,
    keys: number,
    count: number,
    first: number,
    most: number,
    missed: number,
    room: number,
  ): number;
  remember(texts: number, from: number, length: number, code: number): void;
  forget(texts: number): void;
}

/** Texts of a column, and where the table of those whose codes are known is. */
interface KnownTexts {
  readonly table: number;
  texts: TextDictionary;
}

let compiled: WebAssembly.Module | undefined;

/** Something to read lines faster with, where the engine has WebAssembly and the system the memory for it. */
export function lineAccelerator(): LineAccelerator | undefined {
  try {
    return new WasmLineScanner();
  } catch {
    return undefined;
  }
}

/** Takes lines by wasm/line-scanner.ts. */
export class WasmLineScanner implements LineAccelerator {
  readonly lines: Uint8Array;
  readonly linesRoom: number = linesRoom;
  readonly blocks: readonly Uint8Array[];
  readonly #memory: WebAssembly.Memory;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #code: Exports;
  readonly #fixed: { readonly keys: number; readonly literals: number; readonly missed: number; readonly free: number };
  #free = 0;
  #keys = 0;
  #columns: Int32Array = new Int32Array(0);
  /** The columns that the keys point to. */
  #pointed: DirectColumns | undefined;
  #known: (KnownTexts | undefined)[] = [];

  constructor() {
    compiled ??= new WebAssembly.Module(Uint8Array.from(atob(lineScanner), (byte) => byte.charCodeAt(0)));
    this.#memory = new WebAssembly.Memory({ initial: memoryPages });
    this.#code = new WebAssembly.Instance(compiled, { env: { memory: this.#memory } }).exports as unknown as Exports;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
    // The first page holds the constants of the code.
    this.lines = this.#bytes.subarray(pageSize, pageSize + linesSize);
    this.blocks = Array.from({ length: blockCount }, (_, block) => {
      const end = linesRoom + (block + 1) * (lineRoom + chunkSize);
      return this.lines.subarray(end - chunkSize, end);
    });
    const keys = pageSize + linesSize;
    const literals = keys + keySize * mostKeys;
    const missed = literals + literalsSize;
    this.#fixed = { keys, literals, missed, free: missed + missedSize * mostMissed };
    this.reset();
  }

  reset(): void {
    this.#free = this.#fixed.free;
    this.#keys = 0;
    this.#pointed = undefined;
    this.#known = [];
  }

  get position(): number {
    return (this.#code.position.value as number) - this.lines.byteOffset;
  }

  numbers(length: number): Float64Array {
    const at = this.#allocate(8 * length);
    return at === undefined ? new Float64Array(length) : new Float64Array(this.#memory.buffer, at, length).fill(0);
  }

  integers(length: number): Int32Array {
    const at = this.#allocate(4 * length);
    return at === undefined ? new Int32Array(length) : new Int32Array(this.#memory.buffer, at, length).fill(0);
  }

  expect(
    bytes: Uint8Array,
    start: number,
    keys: number,
    starts: Int32Array,
    ends: Int32Array,
    columns: Int32Array,
  ): void {
    this.#keys = 0;
    this.#pointed = undefined;
    const { keys: firstKey, literals, missed } = this.#fixed;
    let literal = literals;
    let from = start;
    for (let key = 0; key < keys; key++) {
      const length = (starts[key] as number) - from;
      if (literal + length + 16 > missed) return;
      this.#bytes.set(bytes.subarray(from, from + length), literal);
      const at = firstKey + keySize * key;
      this.#view.setInt32(at, literal, true);
      this.#view.setInt32(at + 4, length, true);
      this.#view.setInt32(at + 20, columns[key] as number, true);
      literal += length;
      from = ends[key] as number;
    }
    this.#columns = columns.slice(0, keys);
    this.#keys = keys;
  }

  takeDirect(
    bytes: Uint8Array,
    start: number,
    end: number,
    direct: DirectColumns,
    first: number,
    most: number,
  ): number {
    if (this.#keys === 0 || bytes !== this.lines) return 0;
    if (this.#pointed !== direct && !this.#point(direct)) return 0;
    this.#forgetOld(direct);
    const base = this.lines.byteOffset;
    let from = base + start;
    let taken = 0;
    // It also stops when there is no more room to note what it missed: it misses less of what follows once that is
    // learnt.
    for (;;) {
      const lines = this.#code.take(
        from,
        base + end,
        this.#fixed.keys,
        this.#keys,
        first + taken,
        most,
        this.#fixed.missed,
        mostMissed,
      );
      const misses = this.#code.misses.value as number;
      if (misses > 0) this.#learn(direct, misses);
      from = this.#code.position.value as number;
      taken += lines;
      if (lines === 0 || misses + this.#keys <= mostMissed) return taken;
    }
  }

  /** Forgets the codes of texts that were numbered anew. */
  #forgetOld({ texts }: DirectColumns): void {
    for (const [column, known] of this.#known.entries()) {
      const now = texts[column];
      if (known === undefined || now === undefined || known.texts === now) continue;
      known.texts = now;
      this.#code.forget(known.table);
    }
  }

  #allocate(size: number): number | undefined {
    const at = this.#free;
    if (at + size > this.#bytes.length) return undefined;
    this.#free = Math.ceil((at + size) / alignment) * alignment;
    return at;
  }

  /** Finds the codes of texts that were missed. */
  #learn(direct: DirectColumns, misses: number): void {
    const view = this.#view;
    const { missed } = this.#fixed;
    for (let at = missed; at < missed + missedSize * misses; at += missedSize) {
      const column = view.getInt32(at, true);
      const from = view.getInt32(at + 8, true);
      const to = view.getInt32(at + 12, true);
      const { table, texts } = this.#known[column] as KnownTexts;
      const code = texts.codeOfBytes(this.#bytes, view, from, to);
      (direct.codes[column] as Int32Array)[view.getInt32(at + 4, true)] = code;
      this.#code.remember(table, from, to - from, code);
    }
  }

  /** Points the keys at the columns; false when they are not in this memory. */
  #point(direct: DirectColumns): boolean {
    const view = this.#view;
    for (let key = 0; key < this.#keys; key++) {
      const column = this.#columns[key] as number;
      const at = this.#fixed.keys + keySize * key;
      const kind = column < 0 ? directKind.none : (direct.kinds[column] as number);
      view.setInt32(at + 8, kind, true);
      if (kind === directKind.none) continue;
      const values = kind === directKind.text ? direct.codes[column] : direct.numbers[column];
      if (values?.buffer !== this.#memory.buffer) return false;
      view.setInt32(at + 12, values.byteOffset, true);
      view.setFloat64(at + 24, direct.factors[column] as number, true);
      view.setFloat64(at + 32, direct.lowest[column] as number, true);
      view.setFloat64(at + 40, direct.highest[column] as number, true);
      if (kind !== directKind.text) continue;
      const known = this.#known[column] ?? this.#tableFor(direct.texts[column] as TextDictionary);
      if (known === undefined) return false;
      this.#known[column] = known;
      view.setInt32(at + 16, known.table, true);
    }
    this.#pointed = direct;
    return true;
  }

  #tableFor(texts: TextDictionary): KnownTexts | undefined {
    const table = this.#allocate(textsSize);
    const first = this.#allocate(slotSize * slots.most);
    const arena = this.#allocate(arenaSize);
    if (table === undefined || first === undefined || arena === undefined) return undefined;
    [first, slots.least - 1, slots.most - 1, 0, arena, arena + arenaSize, arena].forEach((value, index) =>
      this.#view.setInt32(table + 4 * index, value, true),
    );
    this.#code.forget(table);
    return { table, texts };
  }
}
