import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RejectedRow } from "../../../src/records/batch-builder.ts";
import { readTextLog } from "../../../src/records/formats/text-log.ts";
import type { FieldMapping } from "../../../src/records/mapping/fields.ts";
import { parseTimestamp } from "../../../src/records/timestamp.ts";

const mapping: FieldMapping = {
  fields: {
    arm: "http_user_agent",
    timestamp: "time_local",
    success: "http_status(status)",
    latencyMs: "request_time*1000",
  },
};

/** Arm, instant, success and latency of each record; the rejected lines with their reasons. */
async function read(
  bytes: Uint8Array,
  format: string,
  chunk: number,
  wanted: FieldMapping = mapping,
): Promise<{ readonly rows: unknown[]; readonly rejected: unknown[]; readonly filtered: number }> {
  const source = (async function* () {
    for (let at = 0; at < bytes.length; at += chunk) yield await Promise.resolve(bytes.subarray(at, at + chunk));
  })();
  const rows: unknown[] = [];
  const rejected: unknown[] = [];
  let filtered = 0;
  const onRejected = ({ line, code }: RejectedRow): void => void rejected.push([line, code]);
  for await (const batch of readTextLog(source, wanted, "access.log", format, { onRejected })) {
    filtered += batch.quality.filtered;
    for (let row = 0; row < batch.length; row++)
      rows.push([
        batch.arm.values[batch.arm.codes[row] as number],
        batch.timestamp?.[row] ?? null,
        batch.numbers["success"]?.[row] ?? null,
        batch.numbers["latencyMs"]?.[row] ?? null,
      ]);
  }
  return { rows, rejected, filtered };
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The slow, obvious way: one regular expression a line. */
function obvious(text: string): { readonly rows: unknown[]; readonly rejected: unknown[] } {
  const form =
    /^(.*?) (.*?) (.*?) \[(.*?)\] "((?:[^"\\]|\\.)*)" (.*?) (.*?) "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)"(?: (.*))?$/su;
  const rows: unknown[] = [];
  const rejected: unknown[] = [];
  text.split("\n").forEach((whole, index) => {
    const line = whole.replace(/\r$/u, "");
    if (line === "") return;
    const parts = form.exec(line);
    if (parts === null) {
      rejected.push([index + 1, "malformed-line"]);
      return;
    }
    const [, , , , time, , status, , , agent, duration] = parts as unknown as string[];
    const arm = agent === "-" || agent === "" ? undefined : (agent as string).replace(/\\(.)/gsu, "$1");
    const instant = parseTimestamp(time);
    if (arm === undefined) rejected.push([index + 1, "arm-missing"]);
    else if (Number.isNaN(instant)) rejected.push([index + 1, "timestamp-invalid"]);
    else {
      const missing = duration === undefined || duration === "-";
      const code = Number(status);
      rows.push([arm, instant, code >= 100 && code < 500 ? 1 : 0, missing ? Number.NaN : Number(duration) * 1000]);
    }
  });
  return { rows, rejected };
}

const part = fc.constantFrom("-", "v1", "v 2", String.raw`a\"b`, "é", "x[y]", "");
const line = fc
  .record({
    address: fc.constantFrom("10.0.0.1", "2001:db8::1"),
    time: fc.constantFrom(
      "30/Nov/2026:10:00:00 +0000",
      "30/Nov/2026:11:00:01 +0100",
      "31/Feb/2026:10:00:00 +0000",
      "-",
    ),
    request: fc.constantFrom("GET / HTTP/1.1", "-", String.raw`\x16\x03`, String.raw`GET /\" HTTP/1.1`),
    status: fc.constantFrom("200", "404", "503", "0", "-"),
    agent: part,
    tail: fc.constantFrom("", " 0.120", " -", " 3"),
    damage: fc.constantFrom("", "", "", "", "cut", "quote", "empty", "return"),
  })
  .map(({ address, time, request, status, agent, tail, damage }) => {
    const whole = `${address} - ana [${time}] "${request}" ${status} 12 "-" "${agent}"${tail}`;
    if (damage === "cut") return whole.slice(0, 30);
    if (damage === "quote") return whole.replace('"', "");
    if (damage === "empty") return "";
    return damage === "return" ? `${whole}\r` : whole;
  });

describe("readTextLog", () => {
  it("reads what a slow, obvious reader reads, however the bytes come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.integer({ min: 1, max: 300 }), async (lines, chunk) => {
        const text = lines.join("\n");
        const { rows, rejected } = await read(encode(text), "combined", chunk);
        expect({ rows, rejected }).toEqual(obvious(text));
      }),
      { numRuns: Number(process.env["ASSAY_LOG_LINES"] ?? 300) },
    );
  });

  it("reads the format string of nginx as the format of that name", async () => {
    const text = '10.0.0.1 - - [30/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "v1" 0.120\n';
    const format =
      '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" ' +
      '"$http_user_agent" $request_time';
    expect(await read(encode(text), format, 64)).toEqual(await read(encode(text), "combined", 64));
  });

  it("reads the format string of Apache httpd", async () => {
    const text = '10.0.0.1 - - [30/Nov/2026:11:00:00 +0100] "GET /\\" HTTP/1.1" 200 - "-" "v1" 137655\n';
    const format = String.raw`%h %l %u %t \"%r\" %>s %b \"%{Referer}i\" \"%{User-Agent}i\" %D`;
    const { rows } = await read(encode(text), format, 10, {
      fields: {
        arm: "user_agent",
        timestamp: "time_local",
        success: "http_status(status)",
        latencyMs: "duration_us/1000",
      },
    });
    expect(rows).toEqual([["v1", Date.UTC(2026, 10, 30, 10), 1, 137.655]]);
  });

  it("counts lines that a tool writes beside requests, and rejects the rest with their number", async () => {
    const text = [
      "Nov 30 10:00:00 lb1 haproxy[2214]: Server shop_v1/web1 is DOWN",
      "Nov 30 10:00:00 lb1 haproxy[2214]: 10.0.0.1:1 [30/Nov/2026:10:00:00.142] fe shop_v1/web1 " +
        '0/0/1/100/102 200 28 - - ---- 2/1/0/0/0 0/0 "GET / HTTP/1.1"',
      "something else",
    ].join("\n");
    const found = await read(encode(text), "haproxy", 1000, {
      fields: { arm: "backend", timestamp: "accept_date", success: "http_status(status)", latencyMs: "total_ms" },
    });
    expect(found).toEqual({
      rows: [["shop_v1", Date.UTC(2026, 10, 30, 10, 0, 0, 142), 1, 102]],
      rejected: [[3, "malformed-line"]],
      filtered: 1,
    });
  });

  it("takes -1 of a load balancer's time for none", async () => {
    const line = (time: string): string =>
      `https 2026-11-30T10:00:00.2Z app/shop/0 10.0.0.1:1 - ${time} 502 - 212 22 "GET / HTTP/2.0" "x" - - ` +
      'arn:targetgroup/v1/1 "t" "d" "c" 10 2026-11-30T10:00:00.1Z "forward" "-" "-" "-"';
    const { rows } = await read(encode(`${line("0.001 0.002 0.003")}\n${line("-1 -1 -1")}`), "alb", 50, {
      fields: {
        arm: "target_group_arn",
        timestamp: "time",
        success: "http_status(elb_status_code)",
        latencyMs: "(request_processing_time + target_processing_time + response_processing_time) * 1000",
      },
    });
    expect(rows.map((row) => (row as unknown[]).slice(2))).toEqual([
      [0, expect.closeTo(6, 9)],
      [0, Number.NaN],
    ]);
  });

  it("rejects bytes that are not UTF-8 with the line", async () => {
    const good = encode('10.0.0.1 - - [30/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 12 "-" "v1" 0.1\n');
    const bad = good.slice();
    bad[60] = 0xff;
    const { rows, rejected } = await read(Uint8Array.of(...good, ...bad), "combined", 7);
    expect([rows.length, rejected]).toEqual([1, [[2, "not-utf8"]]]);
  });

  it("refuses a log whose fields change", async () => {
    const text = "#Fields: date time a\n2026-11-30\t10:00:00\t1\n#Fields: date time b\n";
    await expect(read(encode(text), "cloudfront", 100, { fields: { arm: "a" } })).rejects.toThrow(
      'a later line #Fields: must be the same as the first one, current value is "b"',
    );
  });

  it.each([
    ["combinde", "the log format must be one of"],
    ["$a$b", "with a text between its fields a and b"],
    ["$a $a", "names each field once, not a twice"],
  ])("refuses the format %s", async (format, message) => {
    await expect(read(encode("x\n"), format, 10)).rejects.toThrow(message);
  });
});
