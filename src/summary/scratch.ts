/**
 * Arrays that one batch after the other is worked on in: fresh ones cost more, in memory that the system must hand out
 * page by page, than what is computed in them. What an array holds at first is not defined; it is the caller's until
 * the same use is asked for again.
 */
export class Scratch {
  readonly #integers = new Map<string, Int32Array>();
  readonly #numbers = new Map<string, Float64Array>();

  integers(use: string, length: number): Int32Array {
    let array = this.#integers.get(use);
    if (array === undefined || array.length < length) {
      array = new Int32Array(length);
      this.#integers.set(use, array);
    }
    return array.length === length ? array : array.subarray(0, length);
  }

  numbers(use: string, length: number): Float64Array {
    let array = this.#numbers.get(use);
    if (array === undefined || array.length < length) {
      array = new Float64Array(length);
      this.#numbers.set(use, array);
    }
    return array.length === length ? array : array.subarray(0, length);
  }
}
