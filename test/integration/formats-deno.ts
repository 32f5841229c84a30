import { readCsv } from "../../src/records/csv/csv.ts";
import { readJmeterXml } from "../../src/records/formats/jmeter-xml.ts";
import { readOtlpSpans } from "../../src/records/formats/otlp-spans.ts";
// Run by Deno: counts the rows of files of records with the core alone, and prints the counts as JSON.
import { emptyQuality, mergeQuality } from "../../src/records/quality.ts";
import { mappingOf } from "./formats.ts";

declare const Deno: {
  args: string[];
  open(path: string): Promise<{ readable: ReadableStream<Uint8Array> }>;
  readFileSync(path: string): Uint8Array;
};

const files = JSON.parse(Deno.args[0] as string) as Record<string, string>;
const counts: Record<string, unknown> = {};
for (const [name, path] of Object.entries(files)) {
  const { readable } = await Deno.open(path);
  const stream = name.endsWith(".gz") ? readable.pipeThrough(new DecompressionStream("gzip") as never) : readable;
  const xml = name.endsWith(".jtl") && Deno.readFileSync(path)[0] === 0x3c;
  const read = xml ? readJmeterXml : name.endsWith(".json") ? readOtlpSpans : readCsv;
  let quality = emptyQuality;
  for await (const batch of read(stream as ReadableStream<Uint8Array>, mappingOf(name), name))
    quality = mergeQuality(quality, batch.quality);
  counts[name] = quality;
}
console.log(JSON.stringify(counts));
