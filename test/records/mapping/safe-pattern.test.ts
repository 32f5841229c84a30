import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PatternProblem } from "../../../src/records/mapping/pattern-syntax.ts";
import { SafePattern } from "../../../src/records/mapping/safe-pattern.ts";

const piece: fc.Arbitrary<string> = fc.letrec<{ piece: string }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 4, depthSize: "small" },
    fc.constantFrom(
      "a",
      "b",
      ".",
      "[ab]",
      "[^a]",
      "[a-c]",
      String.raw`\d`,
      String.raw`\w`,
      String.raw`\.`,
      "^",
      "$",
      "é",
      "😀",
    ),
    fc.tuple(tie("piece"), tie("piece")).map(([x, y]) => x + y),
    fc.tuple(tie("piece"), tie("piece")).map(([x, y]) => `(${x}|${y})`),
    fc
      .tuple(tie("piece"), fc.constantFrom("*", "+", "?", "{2}", "{1,2}", "{0,}", "*?"))
      .map(([x, y]) => `(?:${x})${y}`),
  ),
})).piece;

describe("SafePattern", () => {
  it("finds what the language's own expressions find", () => {
    const texts = fc.array(
      fc.string({ unit: fc.constantFrom("a", "b", "c", "1", ".", "\n", "é", "😀"), maxLength: 8 }),
      {
        minLength: 1,
        maxLength: 10,
      },
    );
    fc.assert(
      fc.property(piece, texts, (source, all) => {
        const [own, reference] = [new SafePattern(source), new RegExp(source, "u")];
        for (const text of all) expect([text, own.test(text)]).toEqual([text, reference.test(text)]);
      }),
      { numRuns: 2000 },
    );
  });

  it("takes as many steps as the text has characters, where trying again would take forever", () => {
    const text = `${"a".repeat(50_000)}!`;
    for (const source of ["^(a+)+$", "^(a|a)*$", "(a*)*b", "a*a*a*a*a*a*c", "(.*a){20}x"])
      expect(new SafePattern(source).test(text)).toBe(false);
  });

  it.each([
    "(a",
    "a)",
    "[a",
    "a**",
    "*a",
    "(?=a)",
    "(?i)a",
    String.raw`\b`,
    String.raw`\1`,
    "a{2,1}",
    "a{9999}",
    "[b-a]",
    "a{",
    "^*",
    "\\",
  ])("refuses %s", (source) => {
    expect(() => new SafePattern(source)).toThrow(PatternProblem);
  });
});
