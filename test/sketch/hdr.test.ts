import * as peer from "hdr-histogram-js";
import { describe, expect, it } from "vitest";
import { decodeHdr, decodeHdrLog } from "../../src/sketch/codec/hdr.ts";
import type { QuantileEstimate } from "../../src/sketch/histogram.ts";
import { sharedFormat } from "./shared-formats.ts";

const samples = sharedFormat("hdr/encoded_samples_v2_base64.json");

describe.runIf(samples !== undefined)("HdrHistogram", () => {
  it("reads the base64 samples: counts of their tests, quantiles inside the brackets", async () => {
    const encoded = JSON.parse(samples as string) as string[];
    const counts = [];
    for (const text of encoded) {
      const histogram = await decodeHdr(text);
      const reference = peer.decodeFromCompressedBase64(text, 64, false);
      expect(histogram.count).toBe(reference.totalCount);
      for (const p of [1, 10, 25, 50, 75, 90, 99, 99.9, 99.99]) {
        const { lower, upper } = histogram.quantile(p / 100) as QuantileEstimate;
        const value = reference.getValueAtPercentile(p);
        expect(lower < value && value <= upper).toBe(true);
        expect(upper - lower).toBeLessThanOrEqual(
          Math.max(1, reference.maxValue / 10 ** reference.numberOfSignificantValueDigits),
        );
      }
      counts.push(histogram.count);
    }
    expect(counts).toEqual([10001, 20000]);
  });

  it.each([
    ["hdr/jHiccup-2.0.1.logV0.hlog", 81, 61256],
    ["hdr/jHiccup-2.0.6.logV1.hlog", 88, 65964],
    ["hdr/jHiccup-2.0.7S.logV2.hlog", 62, 48761],
    ["hdr/jHiccup-2.0.7S.logV3.hlog", 62, 48761],
    ["hdr/tagged-Log.logV2.hlog", 42, 32290],
    ["hdr/ycsb.logV1.hlog", 602, 300056],
  ])("reads %s: the largest value of every line is in the highest bucket", async (name, lines, values) => {
    const intervals = await decodeHdrLog(sharedFormat(name) as string);
    let total = 0;
    for (const { histogram, maxLogged } of intervals) {
      total += histogram.count;
      if (histogram.count === 0) continue;
      const { upper, lower } = histogram.quantile(1) as QuantileEstimate;
      expect(maxLogged * 1e6).toBeGreaterThan(lower - 1e3);
      expect(maxLogged * 1e6).toBeLessThan(upper + 1e3);
    }
    expect([intervals.length, total]).toEqual([lines, values]);
  });

  it("refuses what is not one, naming the line", async () => {
    await expect(decodeHdr("AAAA")).rejects.toThrow("the bytes must be at least 8");
    await expect(decodeHdr("!!")).rejects.toThrow("base64");
    await expect(decodeHdr(btoa("0123456789abcdef"))).rejects.toThrow("the cookie must be");
    await expect(decodeHdr((JSON.parse(samples as string) as string[])[0]?.slice(0, 60) ?? "")).rejects.toThrow(
      /length of the compressed part/,
    );
    await expect(decodeHdrLog("0,1,2,AAAA")).rejects.toThrow("line 1: Cannot decode an HdrHistogram");
    await expect(decodeHdrLog("0,1")).rejects.toThrow("line 1 must be start, length");
  });
});
