import fc from "fast-check";
import { expect, it } from "vitest";
import { isNotComputable, type NotComputable } from "../../src/errors.ts";
import type { CountBounds, Histogram, QuantileEstimate } from "../../src/sketch/histogram.ts";

/** What the laws need of an implementation. */
export interface MergeableHistogram<H> extends Histogram {
  readonly sum: number | NotComputable;
  merge(other: H): H;
  diff(earlier: H): H;
  quantile(p: number): QuantileEstimate | NotComputable;
  rank(x: number): CountBounds;
  countAbove(x: number): CountBounds;
  cdf(x: number): { value: number; lower: number; upper: number } | NotComputable;
}

/** An implementation under test. */
export interface Implementation<H extends MergeableHistogram<H>> {
  readonly name: string;
  readonly of: (values: readonly number[]) => H;
  /** Everything the histogram knows, as text: equal text is equality to the bit. */
  readonly text: (histogram: H) => string;
  readonly roundTrip: (histogram: H) => H;
}

/** Numbers of every size and sign, with ties, zeros, edges and infinities. */
const anyValue = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 1e-3, max: 1e5, noNaN: true }) },
  { weight: 3, arbitrary: fc.integer({ min: -20, max: 20 }) },
  { weight: 1, arbitrary: fc.double({ noNaN: true }) },
  { weight: 1, arbitrary: fc.integer({ min: -300, max: 300 }).map((e) => 2 ** e) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -0, Infinity, -Infinity, 5e-324, -5e-324, Number.MAX_VALUE, -Number.MAX_VALUE),
  },
);
const sample = fc.oneof(
  { weight: 4, arbitrary: fc.array(anyValue, { maxLength: 60 }) },
  { weight: 1, arbitrary: fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 400, maxLength: 900 }) },
);
const probability = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 0.99, 1));

/** Fails a law; for loops over bins, where an `expect` for each would take most of the time. */
function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`it does not hold that ${what}`);
}

/** The laws that every mergeable histogram obeys. */
export function histogramLaws<H extends MergeableHistogram<H>>({ name, of, text, roundTrip }: Implementation<H>): void {
  const law = (title: string, property: fc.IRawProperty<unknown>, numRuns: number = 120): void => {
    it(`${name}: ${title}`, () => fc.assert(property, { numRuns }), 180_000);
  };

  law(
    "merge is concatenation",
    fc.property(sample, sample, (a, b) => void expect(text(of(a).merge(of(b)))).toBe(text(of([...a, ...b])))),
  );
  law(
    "merge is commutative to the bit",
    fc.property(sample, sample, (a, b) => void expect(text(of(a).merge(of(b)))).toBe(text(of(b).merge(of(a))))),
  );
  law(
    "merge is associative to the bit",
    fc.property(
      sample,
      sample,
      sample,
      (a, b, c) => void expect(text(of(a).merge(of(b)).merge(of(c)))).toBe(text(of(a).merge(of(b).merge(of(c))))),
    ),
  );
  law(
    "the empty one is the identity",
    fc.property(sample, (a) =>
      [of(a).merge(of([])), of([]).merge(of(a))].forEach((merged) => void expect(text(merged)).toBe(text(of(a)))),
    ),
  );
  law(
    "merge changes neither side",
    fc.property(sample, sample, (a, b) => {
      const [x, y] = [of(a), of(b)];
      const before = [text(x), text(y)];
      x.merge(y);
      x.bins();
      expect([text(x), text(y)]).toEqual(before);
    }),
  );
  law(
    "the order of insertion does not show",
    fc.property(sample, (a) => void expect(text(of([...a].reverse()))).toBe(text(of(a)))),
  );
  law(
    "decoding what was encoded gives the same",
    fc.property(sample, (a) => void expect(text(roundTrip(of(a)))).toBe(text(of(a)))),
  );
  law(
    "taking away what was added leaves the counts",
    fc.property(sample, sample, (a, b) => {
      const whole = of([...a, ...b]);
      const rest = whole.diff(of(a));
      expect(rest.count).toBe(b.length);
      const { lower, upper, count } = rest.bins();
      const left = b.map((x) => x + 0);
      count.forEach((values, i) => {
        const inside = left.filter(
          (x) => (x > (lower[i] as number) || x === rest.min || lower[i] === upper[i]) && x <= (upper[i] as number),
        );
        must(inside.length >= (i === 0 ? values : 0), `bin ${i} holds no more than the ${inside.length} values in it`);
      });
    }),
  );

  law(
    "count, extremes and sum are exact",
    fc.property(sample, (a) => {
      const histogram = of(a);
      expect(histogram.count).toBe(a.length);
      expect(histogram.min).toBe(a.length === 0 ? NaN : Math.min(...a) + 0);
      expect(histogram.max).toBe(a.length === 0 ? NaN : Math.max(...a) + 0);
      const sum = exactSum(a);
      if (Number.isNaN(sum)) expect(isNotComputable(histogram.sum)).toBe(true);
      else expect(histogram.sum).toBe(sum);
    }),
  );
  law(
    "bins ascend, lie inside the extremes, and hold exactly the values between their edges",
    fc.property(sample, (a) => {
      const histogram = of(a);
      const { lower, upper, count } = histogram.bins();
      let total = 0;
      for (let i = 0; i < count.length; i++) {
        const [from, to] = [lower[i] as number, upper[i] as number];
        must(from <= to, `bin ${i} ascends from ${from} to ${to}`);
        must(from >= (i === 0 ? histogram.min : (upper[i - 1] as number)), `bin ${i} begins after the one before`);
        must(to <= histogram.max, `bin ${i} ends at ${to}, inside the largest value ${histogram.max}`);
        const inside = a.filter((x) =>
          from === to
            ? x === from
            : (x > from || x === histogram.min) && x <= to && (i === 0 || x > (upper[i - 1] as number)),
        ).length;
        must(count[i] === inside, `bin ${i} holds ${count[i]} values, of ${inside} between its edges`);
        total += count[i] as number;
      }
      expect(total).toBe(a.length);
    }),
  );
  law(
    "a quantile's bracket contains the exact sample quantile",
    fc.property(sample, probability, (a, p) => {
      const quantile = of(a).quantile(p);
      if (a.length === 0) return void expect(isNotComputable(quantile)).toBe(true);
      const { value, lower, upper } = quantile as QuantileEstimate;
      const sorted = [...a].sort((x, y) => x - y);
      const exact = (sorted.find((_, i) => (i + 1) / a.length >= p) as number) + 0;
      expect(lower <= exact && exact <= upper && lower <= value && value <= upper).toBe(true);
    }),
  );
  law(
    "quantiles are monotone",
    fc.property(
      sample.filter((a) => a.length > 0),
      fc.array(probability, { minLength: 2, maxLength: 8 }),
      (a, ps) => {
        const histogram = of(a);
        const values = [...ps].sort((x, y) => x - y).map((p) => (histogram.quantile(p) as QuantileEstimate).value);
        expect(values).toEqual([...values].sort((x, y) => x - y));
      },
    ),
  );
  law(
    "rank, count above and share bound the exact ones",
    fc.property(sample, anyValue, (a, x) => {
      const histogram = of(a);
      const exact = a.filter((y) => y <= x).length;
      const [rank, above, share] = [histogram.rank(x), histogram.countAbove(x), histogram.cdf(x)];
      expect(rank.lower <= exact && exact <= rank.upper).toBe(true);
      expect(above).toEqual({ lower: a.length - rank.upper, upper: a.length - rank.lower });
      if (isNotComputable(share)) return void expect(a.length).toBe(0);
      expect(share.lower <= exact / a.length && exact / a.length <= share.upper).toBe(true);
      expect(share.lower <= share.value && share.value <= share.upper).toBe(true);
    }),
  );
  law(
    "counts at the edges of bins are exact",
    fc.property(sample, (a) => {
      const histogram = of(a);
      histogram.bins().upper.forEach((edge) => {
        const exact = a.filter((y) => y <= edge).length;
        const { lower, upper } = histogram.rank(edge);
        must(lower === exact && upper === exact, `the rank of ${edge} is ${exact}, not ${lower} to ${upper}`);
      });
    }),
    50,
  );
}

/** The exact sum rounded once, by big integers in units of the smallest double. */
export function exactSum(values: readonly number[]): number {
  const infinite = values.filter((x) => !Number.isFinite(x)).reduce((a, b) => a + b, 0);
  if (infinite !== 0) return infinite;
  const units = values.reduce((sum, x) => sum + inUnits(x), 0n);
  const magnitude = units < 0n ? -units : units;
  const excess = Math.max(0, magnitude.toString(2).length - 53);
  let mantissa = magnitude >> BigInt(excess);
  const rest = magnitude - (mantissa << BigInt(excess));
  const half = excess === 0 ? 1n : 1n << BigInt(excess - 1);
  if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
  const exponent = excess - 1074;
  const half1 = Math.trunc(exponent / 2);
  const rounded = Number(mantissa) * 2 ** half1 * 2 ** (exponent - half1);
  return units === 0n ? 0 : units < 0n ? -rounded : rounded;
}

function inUnits(x: number): bigint {
  const bits = new BigUint64Array(new Float64Array([Math.abs(x)]).buffer)[0] as bigint;
  const biased = bits >> 52n;
  const fraction = bits & 0xfffffffffffffn;
  const units = biased === 0n ? fraction : (fraction | (1n << 52n)) << (biased - 1n);
  return x < 0 ? -units : units;
}
