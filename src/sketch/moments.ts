import { FormatError, showValue } from "../errors.ts";
import { addProduct } from "./exact-product.ts";
import { ExactSum } from "./exact-sum.ts";
import { isJsonNumber, type JsonNumber, toJsonNumber } from "./json-number.ts";

/** A sum as a list of doubles that add up to it exactly; infinite where it is beyond the largest double. */
export type SumJson = readonly JsonNumber[];

/** The serialised form of {@link Moments}. */
export interface MomentsJson {
  readonly count: number;
  readonly sum: SumJson;
  readonly sumOfSquares: SumJson;
}

/**
 * Count, mean and variance of a sample, exact and independent of order: both sums are kept without rounding, so that
 * merging is the same as concatenating, to the bit.
 */
export class Moments {
  #count = 0;
  readonly #sum: ExactSum = new ExactSum();
  readonly #sumOfSquares: ExactSum = new ExactSum();

  /** Adds the finite values among these; returns how many were NaN and left out. */
  addAll(values: Float64Array): number {
    let missing = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      if (Number.isNaN(value)) {
        missing++;
        continue;
      }
      this.#sum.add(value);
      addProduct(this.#sumOfSquares, value, value);
    }
    this.#count += values.length - missing;
    return missing;
  }

  absorb(other: Moments): this {
    this.#count += other.#count;
    this.#sum.absorb(other.#sum);
    this.#sumOfSquares.absorb(other.#sumOfSquares);
    return this;
  }

  clone(): Moments {
    return new Moments().absorb(this);
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum.value();
  }

  get sumOfSquares(): number {
    return this.#sumOfSquares.value();
  }

  /** Sum / count; NaN for an empty sample. */
  get mean(): number {
    return this.sum / this.#count;
  }

  /** Sum of squared deviations from the mean, from the exact sums; 0 for one value, NaN for none. */
  get sumOfSquaredDeviations(): number {
    const scaled = new ExactSum();
    for (const part of this.#sumOfSquares.parts()) addProduct(scaled, part, this.#count);
    const parts = this.#sum.parts();
    for (const a of parts) for (const b of parts) addProduct(scaled, -a, b);
    return scaled.value() / this.#count;
  }

  /** Unbiased variance; NaN for fewer than two values. */
  get variance(): number {
    return this.#count < 2 ? Number.NaN : this.sumOfSquaredDeviations / (this.#count - 1);
  }

  toJSON(): MomentsJson {
    return { count: this.#count, sum: partsOf(this.#sum), sumOfSquares: partsOf(this.#sumOfSquares) };
  }

  /** @throws {FormatError} when the value is not what {@link toJSON} gives. */
  static fromJSON(json: unknown): Moments {
    const { count, sum, sumOfSquares } = (json ?? {}) as Partial<MomentsJson>;
    const moments = new Moments();
    moments.#count = requireCountField(count);
    addParts(moments.#sum, sum, "sum");
    addParts(moments.#sumOfSquares, sumOfSquares, "sumOfSquares");
    return moments;
  }
}

/** A sum to be serialised. */
export function partsOf(sum: ExactSum): SumJson {
  return sum.parts().map(toJsonNumber);
}

/** Adds the doubles of a serialised sum. */
export function addParts(sum: ExactSum, parts: unknown, field: string): void {
  if (!Array.isArray(parts) || !parts.every(isJsonNumber)) {
    throw new FormatError(
      `Cannot decode the moments: ${field} must be a list of numbers, current value is ${showValue(parts)}`,
      {
        code: "invalid-moments",
        field,
        value: parts,
        fix: "Encode the summary again",
      },
    );
  }
  for (const part of parts) sum.add(Number(part));
}

/** The count of a serialised sample. */
export function requireCountField(count: unknown): number {
  if (typeof count === "number" && Number.isSafeInteger(count) && count >= 0) return count;
  throw new FormatError(
    `Cannot decode the moments: count must be a non-negative integer, current value is ${showValue(count)}`,
    {
      code: "invalid-moments",
      field: "count",
      value: count,
      fix: "Encode the summary again",
    },
  );
}
