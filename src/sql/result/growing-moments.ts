import { CoMoments } from "../../sketch/comoments.ts";
import { addProduct } from "../../sketch/exact-product.ts";
import { ExactSum } from "../../sketch/exact-sum.ts";
import { Moments } from "../../sketch/moments.ts";

/** Moments put together from sums of deviations from a centre; what the centre adds is added without rounding. */
export class GrowingMoments {
  readonly #centre: number;
  #count = 0;
  readonly #sum: ExactSum = new ExactSum();
  readonly #squares: ExactSum = new ExactSum();

  constructor(centre: number) {
    this.#centre = centre;
  }

  /** @param sum - sum of x - centre. @param squares - sum of (x - centre)². */
  add(count: number, sum: number, squares: number): void {
    this.#count += count;
    this.#sum.add(sum);
    this.#squares.add(squares);
  }

  build(): Moments {
    const side: Side = [this.#sum, this.#centre];
    return Moments.fromJSON({
      count: this.#count,
      sum: shifted(side, this.#count),
      sumOfSquares: shiftedProducts(this.#squares, this.#count, side, side),
    });
  }
}

/** The sums of pairs, each around its centre. */
export interface PairSums {
  readonly sumX: number;
  readonly sumY: number;
  readonly squaresX: number;
  readonly squaresY: number;
  readonly products: number;
}

/** The same for pairs. */
export class GrowingCoMoments {
  readonly #centreX: number;
  readonly #centreY: number;
  #count = 0;
  readonly #sums: Readonly<Record<keyof PairSums, ExactSum>> = {
    sumX: new ExactSum(),
    sumY: new ExactSum(),
    squaresX: new ExactSum(),
    squaresY: new ExactSum(),
    products: new ExactSum(),
  };

  constructor(centreX: number, centreY: number) {
    this.#centreX = centreX;
    this.#centreY = centreY;
  }

  add(count: number, sums: PairSums): void {
    this.#count += count;
    for (const name of ["sumX", "sumY", "squaresX", "squaresY", "products"] as const) this.#sums[name].add(sums[name]);
  }

  build(): CoMoments {
    const count = this.#count;
    const { sumX, sumY, squaresX, squaresY, products } = this.#sums;
    const x: Side = [sumX, this.#centreX];
    const y: Side = [sumY, this.#centreY];
    return CoMoments.fromJSON({
      count,
      sumX: shifted(x, count),
      sumY: shifted(y, count),
      sumXX: shiftedProducts(squaresX, count, x, x),
      sumYY: shiftedProducts(squaresY, count, y, y),
      sumXY: shiftedProducts(products, count, x, y),
    });
  }
}

/** A sum of deviations, and the centre they are from. */
type Side = readonly [deviations: ExactSum, centre: number];

/** Σx = Σ(x - c) + n c, as doubles that add up to it. */
function shifted([deviations, centre]: Side, count: number): number[] {
  const sum = deviations.clone();
  addProduct(sum, count, centre);
  return sum.parts();
}

/** Σxy = Σ(x - c)(y - d) + d Σ(x - c) + c Σ(y - d) + n c d. */
function shiftedProducts(products: ExactSum, count: number, [x, c]: Side, [y, d]: Side): number[] {
  const sum = products.clone();
  for (const part of x.parts()) addProduct(sum, d, part);
  for (const part of y.parts()) addProduct(sum, c, part);
  const centres = new ExactSum();
  addProduct(centres, c, d);
  for (const part of centres.parts()) addProduct(sum, count, part);
  return sum.parts();
}
