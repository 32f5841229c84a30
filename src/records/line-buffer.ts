/** Bytes that are always free behind the end. */
const slack = 16;

/** Bytes that came but are not read yet, in one piece, so that a line is never cut. */
export class LineBuffer {
  bytes: Uint8Array;
  view: DataView;
  /** The first byte that is not read yet. */
  start = 0;
  /** The end of the bytes. */
  end = 0;
  readonly #home: Uint8Array;

  /** @param home - where the bytes are while they have room there. */
  constructor(home: Uint8Array = new Uint8Array(1 << 16)) {
    this.#home = home;
    this.bytes = home;
    this.view = viewOf(home);
  }

  append(chunk: Uint8Array): void {
    const left = this.end - this.start;
    const room = left + chunk.length + slack;
    if (room <= this.#home.length) this.#moveTo(this.#home);
    else this.#moveTo(room <= this.bytes.length ? this.bytes : new Uint8Array(2 ** Math.ceil(Math.log2(room))));
    this.start = 0;
    this.bytes.set(chunk, left);
    this.end = left + chunk.length;
  }

  #moveTo(bytes: Uint8Array): void {
    bytes.set(this.bytes.subarray(this.start, this.end));
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  /** The position after the last line feed; `start` when there is none. */
  completeEnd(): number {
    let at = this.end;
    while (at > this.start && this.bytes[at - 1] !== 10) at--;
    return at;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
