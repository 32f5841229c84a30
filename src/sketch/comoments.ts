import { addProduct } from "./exact-product.ts";
import { ExactSum } from "./exact-sum.ts";
import { addParts, partsOf, requireCountField, type SumJson } from "./moments.ts";

/** The serialised form of {@link CoMoments}. */
export interface CoMomentsJson {
  readonly count: number;
  readonly sumX: SumJson;
  readonly sumY: SumJson;
  readonly sumXX: SumJson;
  readonly sumYY: SumJson;
  readonly sumXY: SumJson;
}

const sums = ["sumX", "sumY", "sumXX", "sumYY", "sumXY"] as const;

/** Counts, sums, squares and products of pairs (x, y), exact and independent of order: for ratios and covariates. */
export class CoMoments {
  #count = 0;
  readonly #sums: Readonly<Record<(typeof sums)[number], ExactSum>> = {
    sumX: new ExactSum(),
    sumY: new ExactSum(),
    sumXX: new ExactSum(),
    sumYY: new ExactSum(),
    sumXY: new ExactSum(),
  };

  /** Adds the pairs of which neither is NaN; returns how many were left out. */
  addAll(xs: Float64Array, ys: Float64Array): number {
    let missing = 0;
    for (let i = 0; i < xs.length; i++) {
      const x = xs[i] as number;
      const y = ys[i] as number;
      if (Number.isNaN(x) || Number.isNaN(y)) {
        missing++;
        continue;
      }
      this.#sums.sumX.add(x);
      this.#sums.sumY.add(y);
      addProduct(this.#sums.sumXX, x, x);
      addProduct(this.#sums.sumYY, y, y);
      addProduct(this.#sums.sumXY, x, y);
    }
    this.#count += xs.length - missing;
    return missing;
  }

  absorb(other: CoMoments): this {
    this.#count += other.#count;
    for (const name of sums) this.#sums[name].absorb(other.#sums[name]);
    return this;
  }

  clone(): CoMoments {
    return new CoMoments().absorb(this);
  }

  get count(): number {
    return this.#count;
  }

  get sumX(): number {
    return this.#sums.sumX.value();
  }

  get sumY(): number {
    return this.#sums.sumY.value();
  }

  get varianceX(): number {
    return this.#covariance("sumXX", "sumX", "sumX");
  }

  get varianceY(): number {
    return this.#covariance("sumYY", "sumY", "sumY");
  }

  get covariance(): number {
    return this.#covariance("sumXY", "sumX", "sumY");
  }

  /** (n Σxy - Σx Σy) / (n (n - 1)), the numerator without rounding; NaN for fewer than two pairs. */
  #covariance(product: (typeof sums)[number], first: "sumX" | "sumY", second: "sumX" | "sumY"): number {
    const n = this.#count;
    if (n < 2) return Number.NaN;
    const scaled = new ExactSum();
    for (const part of this.#sums[product].parts()) addProduct(scaled, part, n);
    for (const a of this.#sums[first].parts()) for (const b of this.#sums[second].parts()) addProduct(scaled, -a, b);
    return scaled.value() / n / (n - 1);
  }

  toJSON(): CoMomentsJson {
    const parts = Object.fromEntries(sums.map((name) => [name, partsOf(this.#sums[name])])) as unknown as Omit<
      CoMomentsJson,
      "count"
    >;
    return { count: this.#count, ...parts };
  }

  /** @throws {FormatError} when the value is not what {@link toJSON} gives. */
  static fromJSON(json: unknown): CoMoments {
    const given = (json ?? {}) as Partial<CoMomentsJson>;
    const comoments = new CoMoments();
    comoments.#count = requireCountField(given.count);
    for (const name of sums) addParts(comoments.#sums[name], given[name], name);
    return comoments;
  }
}
