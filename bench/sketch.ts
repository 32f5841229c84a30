/*
 * One process, all subjects interleaved round by round, ratios to a plain sum over the same array in the same round.
 * Usage: npm run bench:sketch [-- rounds]
 */
import { deflateRawSync } from "node:zlib";
import { DDSketch } from "@datadog/sketches-js";
import { encodeSketch } from "../src/sketch/codec/binary.ts";
import type { QuantileEstimate } from "../src/sketch/histogram.ts";
import { QuantileSketch } from "../src/sketch/quantile-sketch.ts";
import { subjects } from "./sketch-peers.ts";
import { samples } from "./sketch-samples.ts";

const rounds = Number(process.argv[2] ?? 15);
const data = samples();
const lognormal = data["lognormal"] as Float64Array;

console.log(`node ${process.version}, ${lognormal.length} lognormal values, ${rounds} rounds, medians\n`);
insertion();
operations();
sizes();
accuracy();

function time(run: () => unknown): number {
  const start = process.hrtime.bigint();
  sink(run());
  return Number(process.hrtime.bigint() - start);
}

/** Keeps the compiler from dropping a result. */
function sink(value: unknown): void {
  if (value === subjects) console.log(value);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] as number;
}

function insertion(): void {
  const inputs = { double: lognormal, integer: lognormal.map((x) => Math.round(x * 1000)) };
  const times = new Map<string, number[]>();
  const ratios = new Map<string, number[]>();
  for (const { name, insert, input } of subjects) {
    times.set(name, []);
    ratios.set(name, []);
    const small = inputs[input].subarray(0, 2048);
    const stop = process.hrtime.bigint() + 400_000_000n;
    while (process.hrtime.bigint() < stop) sink(insert(small));
    sink(insert(inputs[input]));
  }
  for (let round = 0; round < rounds; round++) {
    const order = round % 2 === 0 ? subjects : [...subjects].reverse();
    const taken = new Map(
      order.map(({ name, insert, input }) => [name, time(() => insert(inputs[input])) / lognormal.length]),
    );
    for (const [name, ns] of taken) {
      (times.get(name) as number[]).push(ns);
      (ratios.get(name) as number[]).push(ns / (taken.get("sum += x") as number));
    }
  }
  const best = Math.min(
    ...subjects.filter(({ kind }) => kind === "peer").map(({ name }) => median(ratios.get(name) as number[])),
  );
  console.log("insert                                 ns/value    min   x sum   best peer / this");
  for (const { name, kind } of subjects) {
    const ns = times.get(name) as number[];
    const ratio = median(ratios.get(name) as number[]);
    console.log(
      `${name.padEnd(36)} ${median(ns).toFixed(2).padStart(9)} ${Math.min(...ns)
        .toFixed(2)
        .padStart(7)} ${ratio.toFixed(2).padStart(7)} ${kind === "own" ? (best / ratio).toFixed(1).padStart(12) : ""}`,
    );
  }
}

function operations(): void {
  const own = Array.from({ length: 1000 }, (_, i) => {
    const sketch = new QuantileSketch();
    sketch.addAll(lognormal, 1000 * i, 1000 * i + 1000);
    return sketch;
  });
  own.forEach((sketch) => sketch.quantile(0.5));
  const peers = Array.from({ length: 1000 }, (_, i) => {
    const sketch = new DDSketch({ relativeAccuracy: 0.0027 });
    for (const x of lognormal.subarray(1000 * i, 1000 * i + 1000)) sketch.accept(x);
    return sketch;
  });
  const mergeOwn = (): QuantileSketch => own.reduce((all, sketch) => all.absorb(sketch), new QuantileSketch());
  const mergePeer = (): DDSketch => {
    const all = new DDSketch({ relativeAccuracy: 0.0027 });
    for (const sketch of peers) all.merge(sketch);
    return all;
  };
  const whole = mergeOwn();
  const wholePeer = mergePeer();
  const queries = 1000;
  const runs = {
    "merge 1000, QuantileSketch": { run: mergeOwn, per: 1000 },
    "merge 1000, DDSketch 0.27 %": { run: mergePeer, per: 1000 },
    "P99, QuantileSketch": { run: () => repeat(queries, () => whole.quantile(0.99)), per: queries },
    "P99, DDSketch 0.27 %": { run: () => repeat(queries, () => wholePeer.getValueAtQuantile(0.99)), per: queries },
    "P50, QuantileSketch": { run: () => repeat(queries, () => whole.quantile(0.5)), per: queries },
    "P50, DDSketch 0.27 %": { run: () => repeat(queries, () => wholePeer.getValueAtQuantile(0.5)), per: queries },
  };
  const times = Object.fromEntries(Object.keys(runs).map((name) => [name, [] as number[]]));
  for (let round = -5; round < 2 * rounds; round++) {
    for (const [name, { run, per }] of Object.entries(runs)) {
      const ns = time(run) / per;
      if (round >= 0) (times[name] as number[]).push(ns);
    }
  }
  console.log("\noperation                                 ns each");
  for (const [name, values] of Object.entries(times))
    console.log(`${name.padEnd(36)} ${median(values).toFixed(0).padStart(12)}`);
}

function repeat(times: number, run: () => unknown): void {
  for (let i = 0; i < times; i++) sink(run());
}

function sizes(): void {
  const sketch = new QuantileSketch();
  sketch.addAll(lognormal);
  const binary = encodeSketch(sketch);
  const peer = new DDSketch({ relativeAccuracy: 0.0027 });
  for (const x of lognormal) peer.accept(x);
  const proto = peer.toProto();
  console.log("\nsize of the lognormal sketch              bytes  deflated");
  for (const [name, bytes] of [
    ["QuantileSketch binary", binary],
    ["QuantileSketch JSON", Buffer.from(JSON.stringify(sketch))],
    ["DDSketch 0.27 % protobuf", proto],
  ] as const) {
    console.log(
      `${name.padEnd(36)} ${String(bytes.length).padStart(10)} ${String(deflateRawSync(bytes).length).padStart(9)}`,
    );
  }
}

function accuracy(): void {
  console.log("\nmax relative error over P1..P99.99, %     QuantileSketch   DDSketch 0.27 %");
  for (const [name, values] of Object.entries(data)) {
    const sorted = values.toSorted();
    const sketch = new QuantileSketch();
    sketch.addAll(values);
    const peer = new DDSketch({ relativeAccuracy: 0.0027 });
    for (const x of values) peer.accept(x);
    let worst = 0;
    let worstPeer = 0;
    for (const p of [...Array.from({ length: 99 }, (_, i) => (i + 1) / 100), 0.999, 0.9999]) {
      const exact = sorted[Math.max(1, Math.ceil(p * sorted.length - 1e-9)) - 1] as number;
      const below = sorted[Math.floor(p * (sorted.length - 1))] as number;
      worst = Math.max(worst, Math.abs((sketch.quantile(p) as QuantileEstimate).value / exact - 1));
      worstPeer = Math.max(worstPeer, Math.abs(peer.getValueAtQuantile(p) / below - 1));
    }
    console.log(
      `${name.padEnd(40)} ${(100 * worst).toFixed(4).padStart(13)} ${(100 * worstPeer).toFixed(4).padStart(17)}`,
    );
  }
}
