/** Counts of a run of neighbouring buckets, from `offset` on; grows where values fall, never beyond `limit` buckets. */
export class BucketWindow {
  counts: Float64Array;
  /** Bucket index of `counts[0]`. */
  offset: number;
  /** Lowest and highest non-empty bucket; the highest is below the lowest when all are empty. */
  #low: number = 0;
  #high: number = -1;

  constructor(counts: Float64Array = new Float64Array(0), offset: number = 0) {
    this.counts = counts;
    this.offset = offset;
    this.#findEnds();
  }

  #findEnds(): void {
    const { counts } = this;
    let i = 0;
    while (i < counts.length && (counts[i] as number) === 0) i++;
    let j = counts.length - 1;
    while (j > i && (counts[j] as number) === 0) j--;
    this.#low = this.offset + i;
    this.#high = this.offset + j;
  }

  /** Lowest non-empty bucket; meaningless when all are empty. */
  lowest(): number {
    return this.#low;
  }

  /** Highest non-empty bucket. */
  highest(): number {
    return this.#high;
  }

  isEmpty(): boolean {
    return this.#high < this.#low;
  }

  holds(index: number): boolean {
    return index >= this.offset && index < this.offset + this.counts.length;
  }

  /** Whether this window has all the buckets of another one that are in use. */
  holdsAll(other: BucketWindow): boolean {
    return other.isEmpty() || (this.holds(other.#low) && this.holds(other.#high));
  }

  /**
   * Makes room for the buckets `from` to `to`; false, and nothing changed, when all in use would then span more than
   * `limit`.
   */
  cover(from: number, to: number, limit: number): boolean {
    if (this.holds(from) && this.holds(to)) return true;
    const empty = this.isEmpty();
    const low = empty ? from : Math.min(from, this.lowest());
    const high = empty ? to : Math.max(to, this.highest());
    const span = high - low + 1;
    if (span > limit) return false;
    const length = Math.min(limit, Math.max(64, 2 * span));
    const below = Math.floor((length - span) / 2);
    const counts = new Float64Array(length);
    const offset = low - below;
    if (!empty)
      counts.set(this.counts.subarray(this.#low - this.offset, this.#high - this.offset + 1), this.#low - offset);
    this.counts = counts;
    this.offset = offset;
    if (empty) this.#findEnds();
    return true;
  }

  /** Number of non-empty buckets before position `end` in `counts`. */
  used(end: number = this.counts.length): number {
    const { counts } = this;
    let used = 0;
    for (let i = Math.max(0, this.#low - this.offset); i < end; i++) if ((counts[i] as number) > 0) used++;
    return used;
  }

  /** Adds to a bucket that this window has. */
  add(index: number, count: number): void {
    const at = index - this.offset;
    const empty = this.isEmpty();
    this.counts[at] = (this.counts[at] as number) + count;
    if (empty || index < this.#low) this.#low = index;
    if (empty || index > this.#high) this.#high = index;
  }

  /** Adds `sign` times the counts of another window, all of whose non-empty buckets this one has. */
  addAll(other: BucketWindow, sign: 1 | -1): void {
    if (other.isEmpty()) return;
    const mine = this.counts;
    const theirs = other.counts;
    const shift = other.offset - this.offset;
    const from = other.#low - other.offset;
    const to = other.#high - other.offset + 1;
    if (sign === 1) {
      addShifted(mine, theirs, shift, from, to);
      const empty = this.isEmpty();
      this.#low = empty ? other.#low : Math.min(this.#low, other.#low);
      this.#high = empty ? other.#high : Math.max(this.#high, other.#high);
    } else {
      for (let i = from; i < to; i++) mine[i + shift] = (mine[i + shift] as number) - (theirs[i] as number);
      this.#findEnds();
    }
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

  /**
   * Where a running total from the high end (step -1) or the low end (step 1) first exceeds `target`: the bucket's
   * position in `counts`, -1 when it never does, and what is left of the target before that bucket.
   */
  find(target: number, step: 1 | -1): { readonly at: number; readonly left: number } {
    const { counts } = this;
    const first = this.#low - this.offset;
    const last = this.#high - this.offset;
    let left = target;
    let at = step === 1 ? first : last;
    if (step === 1) {
      for (; at + 7 <= last; at += 8) {
        const total = eight(counts, at);
        if (total > left) break;
        left -= total;
      }
    } else {
      for (; at - 7 >= first; at -= 8) {
        const total = eight(counts, at - 7);
        if (total > left) break;
        left -= total;
      }
    }
    for (; at >= first && at <= last; at += step) {
      const values = counts[at] as number;
      if (values > left) return { at, left };
      left -= values;
    }
    return { at: -1, left };
  }
}

function eight(c: Float64Array, i: number): number {
  const low = (c[i] as number) + (c[i + 1] as number) + ((c[i + 2] as number) + (c[i + 3] as number));
  return low + ((c[i + 4] as number) + (c[i + 5] as number) + ((c[i + 6] as number) + (c[i + 7] as number)));
}

/** mine[i + shift] += theirs[i] for from <= i < to, four loads before four stores. */
function addShifted(mine: Float64Array, theirs: Float64Array, shift: number, from: number, to: number): void {
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const k = i + shift;
    const a = (mine[k] as number) + (theirs[i] as number);
    const b = (mine[k + 1] as number) + (theirs[i + 1] as number);
    const c = (mine[k + 2] as number) + (theirs[i + 2] as number);
    const d = (mine[k + 3] as number) + (theirs[i + 3] as number);
    mine[k] = a;
    mine[k + 1] = b;
    mine[k + 2] = c;
    mine[k + 3] = d;
  }
  for (; i < to; i++) mine[i + shift] = (mine[i + shift] as number) + (theirs[i] as number);
}
