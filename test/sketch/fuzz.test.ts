import { DDSketch } from "@datadog/sketches-js";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../src/errors.ts";
import { crc32 } from "../../src/sketch/codec/bytes.ts";
import {
  decodeDDSketch,
  decodeHdr,
  decodeOtlpJson,
  decodeOtlpProtobuf,
  decodePrometheusClassic,
  decodePrometheusNative,
  decodeSketch,
  encodeOtlpExponentialDataPoint,
  encodeOtlpProtobuf,
  encodePrometheusNative,
  encodeSketch,
  formatPrometheusNative,
  parsePrometheusNative,
  QuantileSketch,
} from "../../src/sketch/index.ts";

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Flips, overwrites, cuts, repeats and inserts bytes. */
function mutate(bytes: Uint8Array, random: (below: number) => number): Uint8Array {
  let mutated = Array.from(bytes);
  for (let rounds = 1 + random(4); rounds > 0; rounds--) {
    const at = random(mutated.length + 1);
    const kind = random(6);
    if (kind === 0) mutated = mutated.slice(0, at);
    else if (kind === 1) mutated[at] = [0, 1, 127, 128, 255, random(256)][random(6)] as number;
    else if (kind === 2) mutated[at] = (mutated[at] ?? 0) ^ (1 << random(8));
    else if (kind === 3) mutated.splice(at, 0, ...Array.from({ length: 1 + random(9) }, () => random(256)));
    else if (kind === 4) mutated.splice(at, 1 + random(4));
    else mutated.splice(at, 0, ...mutated.slice(at, at + random(16)));
  }
  return Uint8Array.from(mutated, (x) => x ?? 0);
}

const sketch = new QuantileSketch({ scale: 5 });
sketch.addAll(Float64Array.from({ length: 300 }, (_, i) => ((i * 37) % 101) - 20));
const peer = new DDSketch({ relativeAccuracy: 0.05 });
for (let i = 1; i < 300; i++) peer.accept(i % 7 === 0 ? -i : i);

const text = new TextEncoder();
const read = new TextDecoder();
const point = JSON.stringify({
  resourceMetrics: [
    {
      scopeMetrics: [
        { metrics: [{ name: "m", exponentialHistogram: { dataPoints: [encodeOtlpExponentialDataPoint(sketch)] } }] },
      ],
    },
  ],
});

interface Target {
  readonly name: string;
  readonly seed: Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
}

/** The checksum is put right again, so that the mutation reaches what lies behind it. */
const rechecked = (bytes: Uint8Array): Uint8Array => {
  const copy = bytes.slice();
  if (copy.length > 4) new DataView(copy.buffer).setUint32(copy.length - 4, crc32(copy.subarray(0, -4)), true);
  return copy;
};
const parsed = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(read.decode(bytes));
  } catch {
    return read.decode(bytes);
  }
};

const targets: readonly Target[] = [
  { name: "own binary", seed: encodeSketch(sketch), decode: decodeSketch },
  {
    name: "own binary with a valid checksum",
    seed: encodeSketch(sketch),
    decode: (bytes) => decodeSketch(rechecked(bytes)),
  },
  {
    name: "own JSON",
    seed: text.encode(JSON.stringify(sketch)),
    decode: (bytes) => QuantileSketch.fromJSON(parsed(bytes)),
  },
  {
    name: "OTLP protobuf",
    seed: encodeOtlpProtobuf([{ name: "m", temporality: "delta", attributes: { a: 1 }, histogram: sketch }]),
    decode: decodeOtlpProtobuf,
  },
  { name: "OTLP JSON", seed: text.encode(point), decode: (bytes) => decodeOtlpJson(parsed(bytes)) },
  { name: "DDSketch", seed: peer.toProto(), decode: (bytes) => decodeDDSketch(bytes, { keys: "ceiling" }) },
  {
    name: "Prometheus native JSON",
    seed: text.encode(JSON.stringify(encodePrometheusNative(sketch))),
    decode: (bytes) => decodePrometheusNative(parsed(bytes)),
  },
  {
    name: "Prometheus native notation",
    seed: text.encode(formatPrometheusNative(sketch)),
    decode: (bytes) => parsePrometheusNative(read.decode(bytes)),
  },
  {
    name: "Prometheus classic",
    seed: text.encode(
      'h_bucket{le="1",a="b"} 5\nh_bucket{le="2",a="b"} 7\nh_bucket{le="+Inf",a="b"} 9\nh_sum{a="b"} ' +
        '11\nh_count{a="b"} 9\n',
    ),
    decode: (bytes) => decodePrometheusClassic(read.decode(bytes)),
  },
];

const hdrSeed =
  "HISTFAAAAEV42pNpmSzMwMCgyAABTBDKT4GBgdnNYMcCBvsPEBEJISEuATEZMQ4uASkhIR4nrxg9v2lMaxhvMekILGZkKmcCAEf2CsI=";
/** Mutated buffers in all; more with FUZZ=1000000 in the environment. */
const runs = Number(process.env["FUZZ"] ?? 50_000);

describe("decoders of hostile bytes", () => {
  const share = Math.floor((runs * 0.99) / targets.length);
  it.each(targets)(
    "$name: a FormatError or a consistent histogram, in bounded time",
    ({ name, seed, decode }) => {
      const random = generator(name.length * 7919);
      let accepted = 0;
      let slowest = 0;
      for (let i = 0; i < share; i++) {
        const bytes = mutate(seed, random);
        const start = performance.now();
        try {
          const histogram = decode(bytes);
          accepted++;
          if (histogram instanceof QuantileSketch) {
            const total = histogram.bins().count.reduce((a, b) => a + b, 0);
            expect(total).toBe(histogram.count);
            if (accepted % 50 === 0)
              expect(JSON.stringify(decodeSketch(encodeSketch(histogram)))).toBe(JSON.stringify(histogram));
          }
        } catch (error) {
          if (!(error instanceof FormatError)) throw new Error(`${name}, run ${i}: ${String(error)}`, { cause: error });
        }
        slowest = Math.max(slowest, performance.now() - start);
      }
      console.log(`${name}: ${share} buffers, ${accepted} accepted, slowest ${slowest.toFixed(1)} ms`);
    },
    300_000,
  );

  it("HdrHistogram: a FormatError or a histogram", async () => {
    const seed = Uint8Array.from(atob(hdrSeed), (c) => c.charCodeAt(0));
    const random = generator(3);
    for (let i = 0; i < runs / 100; i++) {
      const bytes = mutate(seed, random);
      try {
        await decodeHdr(btoa(String.fromCharCode(...bytes)));
      } catch (error) {
        if (!(error instanceof FormatError)) throw new Error(`run ${i}: ${String(error)}`, { cause: error });
      }
    }
  }, 300_000);
});
