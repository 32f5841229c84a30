/**
 * Turns a JSON array, or JSON documents that stretch over lines, into one line of JSON per element or document. Nothing
 * is checked: a line that is not JSON stays so.
 *
 * Line breaks between tokens become spaces; those inside strings, which JSON does not allow, are kept and found when
 * the line is read.
 */
export class JsonElements {
  #depth = 0;
  #base = 0;
  #begun = false;
  #inString = false;
  #escaped = false;

  /** The lines of the next chunk, as far as they are complete. */
  add(chunk: Uint8Array): Uint8Array {
    const lines = new Uint8Array(2 * chunk.length);
    let end = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] as number;
      if (this.#inString) {
        lines[end++] = byte;
        if (this.#escaped) this.#escaped = false;
        else if (byte === 92) this.#escaped = true;
        else if (byte === 34) this.#inString = false;
        continue;
      }
      if (byte === 10 || byte === 13 || byte === 9 || byte === 32) {
        lines[end++] = 32;
        continue;
      }
      if (!this.#begun) {
        this.#begun = true;
        if (byte === 91) {
          this.#base = 1;
          this.#depth = 1;
          continue;
        }
      }
      if (byte === 44 && this.#depth === this.#base && this.#base === 1) {
        lines[end++] = 10;
        continue;
      }
      if (byte === 34) this.#inString = true;
      else if (byte === 123 || byte === 91) this.#depth++;
      else if (byte === 125 || byte === 93) {
        this.#depth--;
        if (this.#base === 1 && this.#depth === 0 && byte === 93) {
          this.#base = 0;
          lines[end++] = 10;
          continue;
        }
      }
      lines[end++] = byte;
      if (this.#base === 0 && this.#depth === 0 && (byte === 125 || byte === 93)) lines[end++] = 10;
    }
    return lines.subarray(0, end);
  }
}
