import { powerOfTwo } from "./bucket-edge.ts";
import { HIGH_WORD } from "./bucket-index.ts";

/** Limbs of 32 bits from 2^-1088 to beyond the largest sum of 2^53 doubles. */
const limbCount = 71;
const lowestExponent = -1088;
const limb = 2 ** 32;
/** So many additions of less than 2^33 keep a limb an exact integer. */
const additionsBeforeCarry = 2 ** 18;

const scratch = new Float64Array(1);
const words = new Int32Array(scratch.buffer);

/**
 * The exact sum of any number of finite doubles, whatever their order and size: a fixed-point number that spans the
 * whole range of doubles (a superaccumulator, Kulisch 2013). Its value is the exact sum rounded once, so two sums of
 * the same values are equal to the bit, and so are their merges.
 */
export class ExactSum {
  readonly #limbs: Float64Array;
  /** Limbs from `low` up to, not including, `high` may differ from 0. */
  #low: number;
  #high: number;
  #pending: number;
  /** Sum of the infinite parts: 0 when there is none. */
  #infinite: number;

  constructor() {
    this.#limbs = new Float64Array(limbCount);
    this.#low = limbCount;
    this.#high = 0;
    this.#pending = 0;
    this.#infinite = 0;
  }

  /** Adds a number `times` times, `times` an integer from 1 to 2^53 - 1. */
  add(value: number, times: number = 1): void {
    if (!Number.isFinite(value)) {
      this.#infinite += value;
      return;
    }
    scratch[0] = value;
    const high = words[HIGH_WORD] as number;
    const low = words[1 - HIGH_WORD] as number;
    const biased = (high >>> 20) & 0x7ff;
    const upper = biased === 0 ? high & 0xfffff : (high & 0xfffff) | 0x100000;
    const position = (biased === 0 ? 1 : biased) - 1075 - lowestExponent;
    const sign = high < 0 ? -1 : 1;
    if (times === 1) this.#addShifted(upper, low, position, sign);
    else {
      for (let rest = times, at = position; rest > 0; rest = Math.floor(rest / 0x40000), at += 18) {
        this.#addShifted(upper, low, at, sign * (rest % 0x40000));
        this.#carry();
      }
    }
  }

  #addShifted(upper: number, low: number, position: number, weight: number): void {
    const at = position >>> 5;
    const shift = position & 31;
    const limbs = this.#limbs;
    if (at < this.#low) this.#low = at;
    if (at + 3 > this.#high) this.#high = at + 3;
    limbs[at] = (limbs[at] as number) + ((low << shift) >>> 0) * weight;
    const carried = shift === 0 ? 0 : low >>> (32 - shift);
    limbs[at + 1] = (limbs[at + 1] as number) + (carried + ((upper << shift) >>> 0)) * weight;
    if (shift > 11) limbs[at + 2] = (limbs[at + 2] as number) + (upper >>> (32 - shift)) * weight;
    if (++this.#pending >= additionsBeforeCarry) this.#carry();
  }

  /** Brings every limb but the last into [0, 2^32). */
  #carry(): void {
    const limbs = this.#limbs;
    let carried = 0;
    let i = this.#low;
    for (; i < limbCount - 1 && (i < this.#high || carried !== 0); i++) {
      const value = (limbs[i] as number) + carried;
      if (value >= 0 && value < limb) {
        limbs[i] = value;
        carried = 0;
      } else {
        carried = Math.floor(value / limb);
        limbs[i] = value - carried * limb;
      }
    }
    if (carried !== 0) {
      limbs[limbCount - 1] = (limbs[limbCount - 1] as number) + carried;
      i = limbCount;
    }
    if (this.#high > 0) this.#high = Math.max(this.#high, i);
    this.#pending = 0;
  }

  /** Adds another sum; the other is not changed in value. */
  absorb(other: ExactSum, sign: 1 | -1 = 1): void {
    if (this.#pending + other.#pending >= additionsBeforeCarry) {
      this.#carry();
      other.#carry();
    }
    const mine = this.#limbs;
    const theirs = other.#limbs;
    for (let i = other.#low; i < other.#high; i++) mine[i] = (mine[i] as number) + sign * (theirs[i] as number);
    this.#low = Math.min(this.#low, other.#low);
    this.#high = Math.max(this.#high, other.#high);
    this.#pending += other.#pending + 1;
    if (other.#infinite !== 0) this.#infinite += sign * other.#infinite;
  }

  clone(): ExactSum {
    const copy = new ExactSum();
    copy.#infinite = this.#infinite;
    copy.#limbs.set(this.#limbs);
    copy.#low = this.#low;
    copy.#high = this.#high;
    copy.#pending = this.#pending;
    return copy;
  }

  /**
   * The exact sum rounded to the nearest double; infinite beyond the largest double, NaN when it has both infinities.
   */
  value(): number {
    if (this.#infinite !== 0) return this.#infinite;
    this.#carry();
    const limbs = this.#limbs;
    let top = this.#high - 1;
    while (top >= 0 && (limbs[top] as number) === 0) top--;
    if (top < 0) return 0;
    if (top === limbCount - 1 && (limbs[top] as number) < 0) {
      const negated = new ExactSum();
      negated.absorb(this, -1);
      return -negated.value();
    }
    let head = 0n;
    for (let i = top; i > top - 4; i--) head = (head << 32n) | BigInt(i < 0 ? 0 : (limbs[i] as number));
    for (let i = top - 4; i >= 0; i--) {
      if ((limbs[i] as number) !== 0) {
        head |= 1n;
        break;
      }
    }
    return timesPowerOfTwo(Number(head), (top - 3) * 32 + lowestExponent);
  }

  /**
   * The exact sum as doubles that add up to it, each the nearest to what the ones before left: one list for one sum,
   * empty for 0. A sum beyond the largest double is one infinite part, a sum of both infinities is those two.
   */
  parts(): number[] {
    if (Number.isNaN(this.#infinite)) return [Infinity, -Infinity];
    const rest = this.clone();
    const found: number[] = [];
    for (let part = rest.value(); part !== 0; part = rest.value()) {
      found.push(part);
      if (!Number.isFinite(part)) break;
      rest.add(-part);
    }
    return found;
  }
}

/**
 * value * 2^exponent, exponent from -1184 to 992: sums of doubles are multiples of the smallest one, and so is the
 * result, or it is too large.
 */
function timesPowerOfTwo(value: number, exponent: number): number {
  return exponent < -1000 ? value * powerOfTwo(-1000) * powerOfTwo(exponent + 1000) : value * powerOfTwo(exponent);
}
