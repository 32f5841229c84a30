/** Counts of a run of neighbouring buckets, from `offset` on; grows where values fall, never beyond `limit` buckets. */
export class BucketWindow {
  counts: Float64Array;
  /** Bucket index of `counts[0]`. */
  offset: number;

  constructor(counts: Float64Array = new Float64Array(0), offset: number = 0) {
    this.counts = counts;
    this.offset = offset;
  }

  /** Lowest non-empty bucket; meaningless when all are empty. */
  lowest(): number {
    const { counts } = this;
    let i = 0;
    while (i < counts.length && (counts[i] as number) === 0) i++;
    return this.offset + i;
  }

  /** Highest non-empty bucket; below {@link lowest} when all are empty. */
  highest(): number {
    const { counts } = this;
    let i = counts.length - 1;
    while (i >= 0 && (counts[i] as number) === 0) i--;
    return this.offset + i;
  }

  isEmpty(): boolean {
    return this.highest() < this.offset;
  }

  holds(index: number): boolean {
    return index >= this.offset && index < this.offset + this.counts.length;
  }

  /** Whether every bucket of the other window, empty ones too, is one of this window. */
  holdsAll(other: BucketWindow): boolean {
    const { length } = other.counts;
    return length === 0 || (this.holds(other.offset) && this.holds(other.offset + length - 1));
  }

  /** Makes room for the buckets `from` to `to`; false, and nothing changed, when all in use would then span more than `limit`. */
  cover(from: number, to: number, limit: number): boolean {
    if (this.holds(from) && this.holds(to)) return true;
    const empty = this.isEmpty();
    const low = empty ? from : Math.min(from, this.lowest());
    const high = empty ? to : Math.max(to, this.highest());
    const span = high - low + 1;
    if (span > limit) return false;
    const length = Math.min(limit, Math.max(64, 2 * span));
    const below = Math.floor((length - span) / 2);
    const grown = new BucketWindow(new Float64Array(length), low - below);
    if (!empty) grown.addAll(this, 1);
    this.counts = grown.counts;
    this.offset = grown.offset;
    return true;
  }

  /** Adds `sign` times the counts of another window, all of whose non-empty buckets this one has. */
  addAll(other: BucketWindow, sign: 1 | -1): void {
    const mine = this.counts;
    const theirs = other.counts;
    const shift = other.offset - this.offset;
    const from = Math.max(0, -shift);
    const to = Math.min(theirs.length, mine.length - shift);
    if (sign === 1) for (let i = from; i < to; i++) mine[i + shift] = (mine[i + shift] as number) + (theirs[i] as number);
    else for (let i = from; i < to; i++) mine[i + shift] = (mine[i + shift] as number) - (theirs[i] as number);
  }

  /** The same values in buckets of a scale `steps` coarser: each merges 2^steps neighbours. */
  coarser(steps: number): BucketWindow {
    if (this.isEmpty()) return new BucketWindow();
    const factor = 2 ** steps;
    const low = this.lowest();
    const high = this.highest();
    const offset = Math.floor(low / factor);
    const counts = new Float64Array(Math.floor(high / factor) - offset + 1);
    for (let i = low; i <= high; i++) {
      const at = Math.floor(i / factor) - offset;
      counts[at] = (counts[at] as number) + (this.counts[i - this.offset] as number);
    }
    return new BucketWindow(counts, offset);
  }

  clone(): BucketWindow {
    return new BucketWindow(this.counts.slice(), this.offset);
  }
}
