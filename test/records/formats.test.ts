import { desc, table } from "arquero";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { batchesFromTable } from "../../src/records/arquero.ts";
import type { RecordBatch } from "../../src/records/batch.ts";
import { readCsv } from "../../src/records/csv/csv.ts";
import { readJmeterXml } from "../../src/records/formats/jmeter-xml.ts";
import { readOtlpSpans } from "../../src/records/formats/otlp-spans.ts";
import { readJsonArray } from "../../src/records/json/json-array.ts";
import { JsonElements } from "../../src/records/json/json-elements.ts";
import { readNdjson } from "../../src/records/json/ndjson.ts";
import { mappingPresets } from "../../src/records/mapping/mapping-presets.ts";
import { emptyQuality, mergeQuality } from "../../src/records/quality.ts";

async function* chunksOf(text: string, size = 1000): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(
  batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>,
): Promise<{ rows: unknown[][]; quality: typeof emptyQuality }> {
  const rows: unknown[][] = [];
  let quality = emptyQuality;
  for await (const batch of batches) {
    quality = mergeQuality(quality, batch.quality);
    for (let row = 0; row < batch.length; row++)
      rows.push([
        batch.arm.values[batch.arm.codes[row] as number],
        ...Object.values(batch.numbers).map((column) => column[row]),
      ]);
  }
  return { rows, quality };
}

const mapping = { fields: { arm: "version", latencyMs: "ms" } };

describe("JSON arrays and documents", () => {
  it("give one line of JSON an element, however they are laid out and wherever chunks end", () => {
    fc.assert(
      fc.property(
        fc.array(fc.dictionary(fc.string({ unit: "grapheme" }), fc.jsonValue()), { minLength: 1 }),
        fc.constantFrom(undefined, 2, "\t"),
        fc.integer({ min: 1, max: 50 }),
        fc.boolean(),
        (values, indent, size, array) => {
          const text = array
            ? JSON.stringify(values, null, indent)
            : values.map((value) => JSON.stringify(value, null, indent)).join("\n");
          const bytes = new TextEncoder().encode(text);
          const elements = new JsonElements();
          const decoder = new TextDecoder();
          let lines = "";
          for (let at = 0; at < bytes.length; at += size)
            lines += decoder.decode(elements.add(bytes.subarray(at, at + size)), { stream: true });
          expect(
            lines
              .split("\n")
              .filter((line) => line.trim() !== "")
              .map((line): unknown => JSON.parse(line)),
          ).toEqual(JSON.parse(JSON.stringify(values)));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("are read like the lines they amount to; what is broken is rejected by the number of the element", async () => {
    const { rows, quality } = await read(
      readJsonArray(
        chunksOf('[\n {"version":"v1","ms":1},\n {"version":"v2","ms":"x"},\n {"version":"v\n2","ms":3},\n {"ver'),
        mapping,
        "log",
        {},
      ),
    );
    expect(rows).toEqual([
      ["v1", 1],
      ["v2", Number.NaN],
    ]);
    expect(quality.rejected).toEqual({ "malformed-json": 3 });
    expect((await read(readJsonArray(chunksOf("[]"), mapping, "log"))).quality.rows).toBe(0);
  });
});

describe("OTLP traces", () => {
  it("make a row of each span of a generative AI client, in every layout of the file", async () => {
    const span = (model: string, start: number, ms: number, extra: object = {}) => ({
      traceId: "t",
      spanId: `s${start}`,
      name: "chat",
      startTimeUnixNano: `${1_767_571_200_000 + start}000000`,
      endTimeUnixNano: `${1_767_571_200_000 + start + ms}000000`,
      attributes: [
        { key: "gen_ai.operation.name", value: { stringValue: "chat" } },
        { key: "gen_ai.request.model", value: { stringValue: model } },
        { key: "gen_ai.usage.output_tokens", value: { intValue: "17" } },
      ],
      ...extra,
    });
    const request = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] },
          scopeSpans: [
            {
              spans: [
                span("a", 0, 120),
                span("b", 5, 250, { status: { code: 2 } }),
                { name: "other", startTimeUnixNano: "1", endTimeUnixNano: "2" },
              ],
            },
          ],
        },
      ],
    };
    for (const text of [JSON.stringify(request), JSON.stringify(request, null, 2), `${JSON.stringify(request)}\n`]) {
      const { rows, quality } = await read(
        readOtlpSpans(
          chunksOf(text, 100),
          {
            ...mappingPresets["otel-genai"],
            fields: {
              arm: '"gen_ai.request.model"',
              timestamp: "start_time_unix_nano/1e6",
              success: '"error.type" == null',
              latencyMs: '"gen_ai.client.operation.duration"*1000',
              outputTokens: '"gen_ai.usage.output_tokens"',
            },
          },
          "traces",
        ),
      );
      expect(rows).toEqual([
        ["a", 1, 120, 17],
        ["b", 0, 250, 17],
      ]);
      expect(quality).toMatchObject({ rows: 3, accepted: 2, filtered: 1 });
    }
  });
});

describe("JMeter results", () => {
  it("leave out requests inside another sample, and tell a file that ends early", async () => {
    const xml =
      '<?xml version="1.0"?><testResults version="1.2">\n<httpSample t="5" ts="1767571200000" s="true" ' +
      'lb="home" lt="2">\n<httpSample t="3" ts="1767571200000" s="false" lb="home-0"/>\n</httpSample>\n<sample ' +
      't="7" ts="1767571200010" s="false" lb="a &amp; b"/>\n';
    const preset = {
      ...mappingPresets.jmeter,
      fields: { arm: "label", timestamp: "timeStamp", success: "success", latencyMs: "elapsed" },
    };
    const whole = await read(readJmeterXml(chunksOf(`${xml}</testResults>`, 30), preset, "jtl"));
    expect(whole.rows).toEqual([
      ["home", 1, 5],
      ["a & b", 0, 7],
    ]);
    expect(whole.quality).toMatchObject({ rows: 3, subSamples: 1, rejected: {} });
    expect((await read(readJmeterXml(chunksOf(`${xml}<sample t="`, 30), preset, "jtl"))).quality).toMatchObject({
      accepted: 2,
      rejected: { "malformed-xml": 1 },
    });
  });

  it("leave out numbered parts and transaction sums of the CSV, but no request that ends in a number", async () => {
    const csv = [
      "timeStamp,elapsed,label,responseCode,responseMessage,threadName,success",
      "1767571200000,100,home,200,OK,t1,true",
      "1767571200000,40,home-0,302,Found,t1,true",
      "1767571200040,60,home-1,200,OK,t1,true",
      "1767571200050,10,home-1,200,OK,t2,true",
      "1767571201000,10,home-1,200,OK,t1,true",
      '1767571200000,200,checkout,200,"Number of samples in transaction : 2, number of failing samples : 0",t1,true',
    ].join("\n");
    const { rows, quality } = await read(
      readCsv(chunksOf(csv), { ...mappingPresets.jmeter, fields: { arm: "label", latencyMs: "elapsed" } }, "jtl"),
    );
    expect(rows).toEqual([
      ["home", 100],
      ["home-1", 10],
      ["home-1", 10],
    ]);
    expect(quality.subSamples).toBe(3);
  });
});

describe("presets", () => {
  it("fit lines of LiteLLM and k6", async () => {
    const litellm =
      '{"id":"1","model":"gpt-x","status":"failure","startTime":1767571200.5,"endTime":1767571200.75,' +
      '"response_time":0.125,"completionStartTime":1767571200.625,"prompt_tokens":3,"completion_tokens":4}\n';
    expect((await read(readNdjson(chunksOf(litellm), mappingPresets.litellm, "log"))).rows).toEqual([
      ["gpt-x", 0, 250, 125, 3, 4],
    ]);
    const k6 =
      "metric_name,timestamp,metric_value,expected_response,scenario,name\n" +
      "http_reqs,1767571200,1,true,a,x\nhttp_req_duration,1767571200,12.5,true,a,x\n";
    expect((await read(readCsv(chunksOf(k6), mappingPresets.k6, "log"))).rows).toEqual([["a", 1, 12.5]]);
  });
});

describe("Arquero tables", () => {
  it("give their rows in order, after their filter", async () => {
    const rows = table({ version: ["v1", "v2", "v1"], ms: [3, 2, 1], big: [1n, 2n, 3n] })
      .filter((row: { ms: number }) => row.ms > 1)
      .orderby(desc("version"));
    expect(
      (await read(batchesFromTable(rows, { fields: { arm: "version", latencyMs: "ms", tokens: "big" } }))).rows,
    ).toEqual([
      ["v2", 2, 2],
      ["v1", 3, 1],
    ]);
    expect(() => batchesFromTable(rows, { fields: { arm: "model" } })).toThrow(
      /arm must be mapped to one of the columns "version", "ms", "big"/u,
    );
  });
});
