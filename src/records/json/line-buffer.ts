/** Bytes that are always free behind the end. */
const slack = 16;

/** Bytes that are free before each place where a chunk may lie that is left there. */
export const lineRoom: number = 1 << 16;

/** Bytes that came but are not read yet, in one piece, so that a line is never cut. */
export class LineBuffer {
  bytes: Uint8Array;
  view: DataView;
  /** The first byte that is not read yet. */
  start = 0;
  /** The end of the bytes. */
  end = 0;
  /** Where the last chunk begins: what is left from before it holds no line feed. */
  #fresh = 0;
  readonly #home: Uint8Array;
  readonly #room: number;

  /**
   * @param home - where the bytes are while they have room there: in its first `room` bytes, or where a chunk that came
   * in it lies already.
   */
  constructor(home: Uint8Array = new Uint8Array(1 << 16), room: number = home.length) {
    this.#home = home;
    this.#room = room;
    this.bytes = home;
    this.view = viewOf(home);
  }

  append(chunk: Uint8Array): void {
    if (this.#adopt(chunk)) return;
    const left = this.end - this.start;
    const room = left + chunk.length + slack;
    if (room <= this.#room) this.#moveTo(this.#home);
    else
      this.#moveTo(
        room <= this.bytes.length && this.bytes !== this.#home
          ? this.bytes
          : new Uint8Array(2 ** Math.ceil(Math.log2(room))),
      );
    this.start = 0;
    this.#fresh = left;
    this.bytes.set(chunk, left);
    this.end = left + chunk.length;
  }

  /** Leaves a chunk where it is and puts what is left before it, if there is room for a line. */
  #adopt(chunk: Uint8Array): boolean {
    const home = this.#home;
    const left = this.end - this.start;
    const at = chunk.byteOffset - home.byteOffset;
    if (chunk.buffer !== home.buffer || at < this.#room || left > lineRoom) return false;
    if (left > 0) home.set(this.bytes.subarray(this.start, this.end), at - left);
    this.#use(home);
    this.start = at - left;
    this.#fresh = at;
    this.end = at + chunk.length;
    return true;
  }

  #moveTo(bytes: Uint8Array): void {
    if (bytes === this.bytes && this.start === 0) return;
    bytes.set(this.bytes.subarray(this.start, this.end));
    this.#use(bytes);
  }

  #use(bytes: Uint8Array): void {
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.view = viewOf(bytes);
  }

  /**
   * The position after the last line feed; `start` when there is none. Whole lines must be taken before the next chunk
   * comes.
   */
  completeEnd(): number {
    let at = this.end;
    while (at > this.#fresh && this.bytes[at - 1] !== 10) at--;
    return at > this.#fresh ? at : this.start;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
