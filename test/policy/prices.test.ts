import { describe, expect, it } from "vitest";
import { projectCost, tokenCost } from "../../src/policy/prices.ts";

describe("prices", () => {
  it.each([
    [8, 80],
    [15, 150],
    [2.5, 25],
    [0.42, 4.2],
  ])("10 M tokens at %s USD per million cost %s USD", (inputPerMillion, expected) => {
    expect(tokenCost({ input: 10_000_000, output: 0 }, { inputPerMillion, outputPerMillion: 99 })).toBeCloseTo(
      expected,
      12,
    );
    expect(
      tokenCost({ input: 0, output: 10_000_000 }, { inputPerMillion: 99, outputPerMillion: inputPerMillion }),
    ).toBeCloseTo(expected, 12);
  });

  it("1 M requests a day of 1,000 tokens at 8.00 USD are 2,920,000 USD a year", () => {
    const perRequest = tokenCost({ input: 1000, output: 0 }, { inputPerMillion: 8, outputPerMillion: 0 });
    expect(projectCost(perRequest, 1_000_000)).toEqual({ perDay: 8000, perYear: 2_920_000 });
  });

  it("refuses counts and rates below 0", () => {
    expect(() => tokenCost({ input: -1, output: 0 }, { inputPerMillion: 8, outputPerMillion: 0 })).toThrow(
      /tokens\.input must be .*current value is -1/u,
    );
    expect(() => projectCost(1, -1)).toThrow(/requestsPerDay/u);
  });
});
