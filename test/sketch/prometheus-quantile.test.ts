import { expect, it } from "vitest";
import { parsePrometheusNative } from "../../src/sketch/codec/prometheus-notation.ts";
import { prometheusQuantile } from "../../src/sketch/codec/prometheus-quantile.ts";
import { sharedFormat } from "./shared-formats.ts";

/** The quantiles that Prometheus' own tests expect of series that are loaded as one literal histogram. */
function cases(text: string): { series: string; literal: string; q: number; expected: number }[] {
  const found: { series: string; literal: string; q: number; expected: number }[] = [];
  let loaded = new Map<string, string>();
  const lines = text.split("\n");
  lines.forEach((line, i) => {
    if (/^clear/.test(line)) loaded = new Map();
    const load = /^\s+([a-z_0-9A-Z]+)\s+(\{\{[^}]*\}\})(?:x\d+)?\s*$/.exec(line);
    if (load !== null) loaded.set(load[1] as string, load[2] as string);
    const query = /^eval instant at \S+ histogram_quantile\(([\d.]+), ([a-z_0-9A-Z]+)\)/.exec(line);
    const literal = query === null ? undefined : loaded.get(query[2] as string);
    if (query === null || literal === undefined || Number(query[1]) > 1) return;
    const answer = lines
      .slice(i + 1, i + 4)
      .map((next) => /^\s+\{\} (\S+)/.exec(next)?.[1])
      .find((x) => x !== undefined);
    if (answer !== undefined)
      found.push({ series: query[2] as string, literal, q: Number(query[1]), expected: Number(answer) });
  });
  return found;
}

it("agrees with the quantiles that Prometheus' tests expect of native histograms", () => {
  const text = sharedFormat("prometheus/native_histograms.test");
  if (text === undefined) return;
  const all = cases(text);
  expect(all.length).toBeGreaterThanOrEqual(30);
  for (const { series, literal, q, expected } of all) {
    const value = prometheusQuantile(parsePrometheusNative(literal), q);
    expect({ series, q, value }).toEqual({ series, q, value: expect.closeTo(expected, 9) as number });
  }
});

it("loads every histogram literal of that file whose counts agree, and refuses the others with a reason", () => {
  const text = sharedFormat("prometheus/native_histograms.test");
  if (text === undefined) return;
  const literals = [...text.matchAll(/\{\{[^{}]*\}\}/g)].map(([literal]) => literal);
  const refused = literals.flatMap((literal) => {
    try {
      parsePrometheusNative(literal);
      return [];
    } catch (error) {
      return [(error as Error).message];
    }
  });
  expect(literals.length).toBeGreaterThan(300);
  expect(literals.length - refused.length).toBeGreaterThan(0.6 * literals.length);
  for (const message of refused)
    expect(message).toMatch(
      new RegExp(
        "^Cannot (decode a Prometheus native histogram|build (a sketch from counts|a histogram)): " +
          ".* must be .*, current value is ",
      ),
    );
});
