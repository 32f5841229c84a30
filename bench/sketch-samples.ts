import { existsSync, readFileSync } from "node:fs";

/** A seeded generator of numbers in (0, 1). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
}

const n = 1_000_000;

/** Latencies in milliseconds of the shapes that services have. */
export function samples(): Record<string, Float64Array> {
  const random = generator(20261122);
  const make = (next: () => number): Float64Array => Float64Array.from({ length: n }, next);
  const found: Record<string, Float64Array> = {
    lognormal: make(() => 500 * Math.exp(0.8 * normal(random))),
    pareto: make(() => 100 * random() ** (-1 / 1.5)),
    bimodal: make(() => (random() < 0.7 ? Math.abs(50 + 5 * normal(random)) : 2000 * Math.exp(0.5 * normal(random)))),
    uniform: make(() => 1 + 999 * random()),
    constant: make(() => 250),
  };
  const real = llmperfLatencies();
  if (real !== undefined) found["llmperf"] = real;
  return found;
}

/** End-to-end latencies of the LLMPerf records, where the shared data is at hand. */
export function llmperfLatencies(): Float64Array | undefined {
  const file = new URL("../../shared/data/llm/llmperf_requests.csv", import.meta.url);
  if (!existsSync(file)) return undefined;
  const [head = "", ...rows] = readFileSync(file, "utf8").trim().split("\n");
  const column = head.split(",").indexOf("end_to_end_latency_s");
  return Float64Array.from(rows.map((row) => Number(row.split(",")[column]) * 1000).filter((x) => x > 0));
}
