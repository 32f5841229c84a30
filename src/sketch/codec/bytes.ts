import { FormatError } from "../../errors.ts";

/** Appends numbers to a growing buffer, little-endian. */
export class ByteWriter {
  #bytes: Uint8Array = new Uint8Array(256);
  #length: number = 0;

  #room(size: number): DataView {
    if (this.#length + size > this.#bytes.length) {
      const grown = new Uint8Array(2 * this.#bytes.length + size);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return new DataView(this.#bytes.buffer);
  }

  byte(value: number): void {
    this.#room(1).setUint8(this.#length++, value);
  }

  uint32(value: number): void {
    this.#room(4).setUint32(this.#length, value, true);
    this.#length += 4;
  }

  double(value: number): void {
    this.#room(8).setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** A non-negative integer up to 2^53 in groups of 7 bits, the lowest first. */
  varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.byte((rest % 128) + 128);
    this.byte(rest);
  }

  /** An integer up to 2^53 in magnitude: sign and 6 bits, then groups of 7 bits. */
  signedVarint(value: number): void {
    const magnitude = Math.abs(value);
    const head = (value < 0 ? 64 : 0) + (magnitude % 64);
    const rest = Math.floor(magnitude / 64);
    this.byte(rest > 0 ? head + 128 : head);
    if (rest > 0) this.varint(rest);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads what {@link ByteWriter} wrote; past the end it throws a FormatError, never reads garbage. */
export class ByteReader {
  readonly #view: DataView;
  readonly #action: string;
  #at: number = 0;

  constructor(bytes: Uint8Array, action: string) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#action = action;
  }

  get remaining(): number {
    return this.#view.byteLength - this.#at;
  }

  #take(size: number): number {
    if (this.remaining < size) {
      throw new FormatError(
        `Cannot ${this.#action}: the bytes end at ${this.#view.byteLength}, in the middle of a field`,
        { code: "truncated", value: this.#view.byteLength },
      );
    }
    const start = this.#at;
    this.#at += size;
    return start;
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  varint(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 49; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new FormatError(`Cannot ${this.#action}: an integer before byte ${this.#at} exceeds 2^53`, {
      code: "invalid-varint",
      value: this.#at,
    });
  }

  signedVarint(): number {
    const head = this.byte();
    const magnitude = (head & 63) + (head >= 128 ? 64 * this.varint() : 0);
    return (head & 64) === 0 ? magnitude : -magnitude;
  }
}

const crcTable: Uint32Array = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

/** CRC-32 as in zip and PNG (ISO 3309). */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crcTable[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
