/** Bytes that are always free behind the end. */
const slack = 16;

/** Bytes that came but are not read yet, in one piece, so that a line is never cut. */
export class LineBuffer {
  bytes: Uint8Array = new Uint8Array(1 << 16);
  view: DataView = new DataView(this.bytes.buffer);
  /** The first byte that is not read yet. */
  start = 0;
  /** The end of the bytes. */
  end = 0;

  append(chunk: Uint8Array): void {
    const left = this.end - this.start;
    if (left + chunk.length + slack > this.bytes.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(left + chunk.length + slack)));
      larger.set(this.bytes.subarray(this.start, this.end));
      this.bytes = larger;
      this.view = new DataView(larger.buffer);
    } else if (this.start > 0) this.bytes.copyWithin(0, this.start, this.end);
    this.start = 0;
    this.bytes.set(chunk, left);
    this.end = left + chunk.length;
  }

  /** The position after the last line feed; `start` when there is none. */
  completeEnd(): number {
    let at = this.end;
    while (at > this.start && this.bytes[at - 1] !== 10) at--;
    return at;
  }
}
