import { describe, expect, it } from "vitest";
import { attacksOn, regularExpressions, timeOf } from "./regular-expressions.ts";

/** Those that take more than a time in proportion on some text, and what bounds the text. */
const bounded: Readonly<Record<string, string>> = {
  [String.raw`api/http/base-url.ts /\/+$/`]: "the address that the caller configures",
  [String.raw`cli/commands/sql.ts /(?:"(?:[^"]|"")*"|\([^)]*\)|[^,(])+(?:\([^)]*\))?[^,]*/gu`]:
    "an argument of the user's own command line",
  [String.raw`cli/log-files.ts /[/\\]+$/u`]: "an argument of the user's own command line",
  [String.raw`records/mapping/expression-scanner.ts /-+$/u`]: "a name in the mapping that the user writes",
  [String.raw`records/mapping/expression-scanner.ts /^\d*\.?\d+$/u`]: "a name in the mapping that the user writes",
  [String.raw`records/formats/jmeter-xml.ts /(\d+):\d+/u`]:
    "the message of the XML parser, which counts lines and columns",
  [String.raw`report/words/format.ts /\B(?=(\d{3})+(?!\d))/gu`]: "a number as text, of at most 309 digits",
};

/**
 * Where expressions are put together at run time: from constant
 * parts. They are not attacked here.
 */
const builtAtRunTime: readonly string[] = [
  "records/duration.ts",
  "records/duration.ts",
  "records/json/parse-json-row.ts",
  "records/json/parse-json-row.ts",
  "records/mapping/expression.ts",
  "records/mapping/simple-expression.ts",
  "records/mapping/simple-expression.ts",
  "records/mapping/source-fields.ts",
  "records/timestamp.ts",
  "records/timestamp.ts",
  "report/html-parts.ts",
  "report/words/text-width.ts",
  "sql/plain-text.ts",
];

/** Walks a text once whatever it is: what time in proportion means on this machine at this moment. */
const walk = /(?:[a-m]|[n-z])☃/gu;
const [short, long] = [1_000, 8_000];

/**
 * Whether the time grows faster than the text: eight times the text may take at most 24 times as long, where 8 is in
 * proportion and 64 the square. Times too short to tell, under 20 walks of the text, are in proportion.
 */
function growsFaster(expression: RegExp, source: string): string | undefined {
  for (const length of [16, 24]) {
    for (const text of attacksOn(source, length)) {
      if (
        timeOf(expression, text, 1) > 5 + 2000 * timeOf(walk, text, 1) &&
        timeOf(expression, text, 3) > 2000 * timeOf(walk, text, 3)
      )
        return text;
    }
  }
  const slowest = attacksOn(source, 500)
    .map((text, index) => ({ index, time: timeOf(expression, text, 1) }))
    .sort((a, b) => b.time - a.time)
    .slice(0, 6);
  const [shorter, longer] = [attacksOn(source, short), attacksOn(source, long)];
  for (const { index } of slowest) {
    const text = longer[index] as string;
    const suspicious = (runs: number): boolean =>
      timeOf(expression, text, runs) > 20 * timeOf(walk, text, runs) &&
      timeOf(expression, text, runs) > 24 * timeOf(expression, shorter[index] as string, 5);
    if (suspicious(1) && suspicious(3)) return text.slice(0, 12);
  }
  return undefined;
}

describe("no text keeps a regular expression busy", () => {
  const found = regularExpressions();

  it("finds those of the sources", () => {
    expect(found.length).toBeGreaterThan(80);
  });

  it("takes a time in proportion to the text, or the text is bounded", () => {
    const slow = found.flatMap(({ place, source, expression }) => {
      // Those that are known to be slow are not measured: they would take nearly all of the time.
      if (expression === undefined || `${place} ${source}` in bounded) return [];
      const text = growsFaster(expression, source);
      return text === undefined ? [] : [`${place} ${source}: ${JSON.stringify(text)}`];
    });
    expect(slow).toEqual([]);
    expect(
      Object.keys(bounded).filter((known) => !found.some(({ place, source }) => `${place} ${source}` === known)),
    ).toEqual([]);
  });

  it("notices those that do not", () => {
    expect(growsFaster(/^(a+)+$/u, "a")).toBeDefined();
    expect(growsFaster(/\s*\n\s*/gu, " ")).toBeDefined();
    expect(growsFaster(/^[a-z]+$/u, "a")).toBeUndefined();
  });

  it("knows those that are put together at run time", () => {
    expect(
      found
        .filter(({ expression }) => expression === undefined)
        .map(({ place }) => place)
        .sort(),
    ).toEqual(builtAtRunTime);
  });
});
