/** Bytes of a source, taken in runs of a wanted length. */
export class ByteQueue {
  readonly #source: AsyncIterator<Uint8Array>;
  #pending: Uint8Array = new Uint8Array(0);
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** The next bytes, and no more than there are. */
  async take(length: number): Promise<Uint8Array> {
    if (this.#pending.length < length) await this.#fill(length);
    const taken = this.#pending.subarray(0, length);
    this.#pending = this.#pending.subarray(taken.length);
    return taken;
  }

  /** Passes over bytes; false when there are fewer. */
  async skip(length: number): Promise<boolean> {
    const piece = 1 << 20;
    for (let left = length; left > 0;) {
      const { length: taken } = await this.take(Math.min(left, piece));
      if (taken === 0) return false;
      left -= taken;
    }
    return true;
  }

  async #fill(length: number): Promise<void> {
    const parts = [this.#pending];
    let total = this.#pending.length;
    while (total < length && !this.#ended) {
      const { done, value } = await this.#source.next();
      if (done === true) this.#ended = true;
      else {
        parts.push(value);
        total += value.length;
      }
    }
    if (parts.length === 1) return;
    this.#pending = new Uint8Array(total);
    let at = 0;
    for (const part of parts) {
      this.#pending.set(part, at);
      at += part.length;
    }
  }
}
