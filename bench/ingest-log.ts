import { closeSync, openSync, writeSync } from "node:fs";
import { createRandom, sampleNormal } from "../src/index.ts";

/** Lines of a gateway's log, about 200 bytes each, two versions, over one day; the same for the same seed. */
export function* logChunks(records: number, users: number, seed = 1): Generator<Uint8Array> {
  const random = createRandom(seed);
  const encoder = new TextEncoder();
  const start = Date.UTC(2026, 0, 5);
  let text = "";
  for (let i = 0; i < records; i++) {
    const user = Math.floor(random() * users);
    const id = ((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0");
    const latency = (420 * Math.exp(0.5 * sampleNormal(random))).toFixed(3);
    const timestamp = start + Math.floor((i / records) * 86_400_000);
    text +=
      `{"request_id":"req-${id}-${i.toString(16).padStart(8, "0")}","timestamp":${timestamp},` +
      `"user_id":"user-${user}","version":"${user % 2 === 1 ? "v2" : "v1"}","success":${random() < 0.997},` +
      `"latency_ms":${latency},"input_tokens":${50 + Math.floor(random() * 900)},` +
      `"output_tokens":${20 + Math.floor(random() * 400)},"region":"eu-west"}\n`;
    if (text.length < 1 << 20 && i < records - 1) continue;
    yield encoder.encode(text);
    text = "";
  }
}

export function writeLog(path: string, records: number, users: number): void {
  const file = openSync(path, "w");
  for (const chunk of logChunks(records, users)) writeSync(file, chunk);
  closeSync(file);
}
