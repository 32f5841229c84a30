import {
  analyze,
  createRandom,
  createSummarizer,
  decide,
  type Decision,
  decodeSummary,
  definePolicy,
  encodeSummary,
  mergeSummaries,
  planFor,
  readCsv,
  readNdjson,
  type RequestRecord,
  safeRollout,
  summarize,
} from "../../src/index.ts";

/** Which checks a runtime passed, and digests of results that must be the same everywhere. */
export interface CoreReport {
  /** Digest of the encoded summary: the same to the bit in every runtime. */
  readonly summary: string;
  /** Digest of the decision with numbers to ten digits: engines differ in the last digits of logarithms. */
  readonly decision: string;
  readonly checks: Readonly<Record<string, boolean>>;
}

/** Runs the core from bytes to a decision, in whatever runtime this is. Uses no permission, no file, no clock. */
export async function coreReport(): Promise<CoreReport> {
  const policy = definePolicy({
    ...safeRollout({ control: "v1", treatments: ["v2"] }),
    unit: "user",
    allocation: { v1: 1, v2: 1 },
    minimumSampleSize: 1000,
  });
  const plan = planFor(policy);
  const records = madeUp(20_000);
  const whole = summarize(records, plan);
  const halves = mergeSummaries([summarize(records.slice(7_001), plan), summarize(records.slice(0, 7_001), plan)]);
  const text = encodeSummary(whole);
  const decision = decide(analyze(whole, policy), policy);
  const fields = { arm: "arm", timestamp: "timestamp", unit: "unit", success: "success", latencyMs: "latencyMs" };
  const streamed = createSummarizer(plan);
  for await (const batch of readNdjson(
    streamOf(records.map((record) => JSON.stringify(record)).join("\n")),
    { fields },
    "stream",
  ))
    streamed.addBatch(batch);
  const separated = createSummarizer(plan);
  const csv = [
    "arm,timestamp,unit,success,latencyMs",
    ...records.map((record) => [record.arm, record.timestamp, record.unit, record.success, record.latencyMs].join(",")),
  ].join("\n");
  for await (const batch of readCsv(streamOf(csv), { fields }, "stream")) separated.addBatch(batch);
  return {
    summary: digest(text),
    decision: digest(
      JSON.stringify(decision, (_key, value: unknown) =>
        typeof value === "number" ? Number(value.toPrecision(10)) : value,
      ),
    ),
    checks: {
      "merging halves is summarizing the whole": encodeSummary(halves) === text,
      "an encoded summary decodes to itself": encodeSummary(decodeSummary(text)) === text,
      "NDJSON from a stream gives the same summary": encodeSummary(streamed.summary()) === text,
      "CSV from a stream gives the same summary": encodeSummary(separated.summary()) === text,
      "the planted regression is rolled back": isRollback(decision),
    },
  };
}

function isRollback({ decision, reasons }: Decision): boolean {
  return decision === "rollback" && reasons[0]?.code === "rollback-rule-established";
}

/** Latencies from integers only, so that every runtime makes up the same. */
function madeUp(count: number): RequestRecord[] {
  const random = createRandom(11);
  return Array.from({ length: count }, (_, i): RequestRecord => {
    const user = Math.floor(random() * 500);
    const treated = user % 2 === 1;
    const slow = random() < (treated ? 0.08 : 0.005);
    return {
      arm: treated ? "v2" : "v1",
      timestamp: Date.UTC(2026, 0, 5) + i * 4000,
      unit: `user-${user}`,
      success: random() < 0.997,
      latencyMs: (200 + Math.floor(random() * 800)) * (slow ? 5 : 1),
    };
  });
}

function streamOf(text: string): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller): void {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.subarray(at, (at += 10_007)));
    },
  });
}

/** 64-bit FNV-1a of a text, in hexadecimal. */
function digest(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}
