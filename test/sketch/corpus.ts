import { isNotComputable } from "../../src/errors.ts";
import { decodeSketch, encodeSketch } from "../../src/sketch/codec/binary.ts";
import { crc32 } from "../../src/sketch/codec/bytes.ts";
import { QuantileSketch } from "../../src/sketch/quantile-sketch.ts";

/**
 * Everything that a sketch says about a fixed corpus, as one hash: equal in every engine or the engines compute
 * differently.
 */
export function corpusHash(): string {
  const lines: string[] = [];
  for (const scale of [-10, -3, 0, 3, 7, 8, 9, 14, 20]) {
    const sketch = new QuantileSketch({ scale });
    const other = new QuantileSketch({ scale: Math.max(-10, scale - 1) });
    const random = bitGenerator(scale + 100);
    const values = Float64Array.from({ length: 20_000 }, (_, i) => valueOf(random, i));
    lines.push(String(sketch.addAll(values)));
    for (const x of values.subarray(0, 3000)) if (!Number.isNaN(x)) other.add(x, 1 + (Math.abs(x) > 1 ? 2 : 0));
    for (const each of [sketch, other, sketch.merge(other), sketch.merge(other).diff(other)]) {
      lines.push(
        JSON.stringify(each),
        encodeSketch(decodeSketch(encodeSketch(each))).join(),
        String(isNotComputable(each.sum) ? each.sum.detail : each.sum),
      );
      for (const p of [0, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1])
        lines.push(JSON.stringify(each.quantile(p)));
      for (const x of [-1e3, -1, 0, 0.5, 1, 2, 100, 1e5])
        lines.push(JSON.stringify([each.rank(x), each.cdf(x), each.countAbove(x)]));
      const { lower, upper, count } = each.bins();
      lines.push(lower.join(), upper.join(), count.join());
    }
  }
  return crc32(new TextEncoder().encode(lines.join("\n")))
    .toString(16)
    .padStart(8, "0");
}

function bitGenerator(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
}

/** A double from random bits: no function whose last digit may differ between engines takes part. */
function valueOf(random: () => number, i: number): number {
  if (i % 1000 === 7) return [NaN, 0, -0, 5e-324, Infinity, 1, 1024, -2][(i / 1000) & 7] as number;
  const bits = new Uint32Array([random(), random()]);
  const exponent = i % 50 === 0 ? random() % 2046 : 1023 + (random() % 24) - 8;
  const words = new Uint32Array([
    bits[0] as number,
    ((exponent << 20) | ((bits[1] as number) >>> 12) | (i % 11 === 0 ? 0x80000000 : 0)) >>> 0,
  ]);
  return new Float64Array(words.buffer)[0] as number;
}
