import { cannot, requireNumber } from "../errors.ts";

/** What a model asks for a million tokens, in USD. */
export interface TokenPrice {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
}

/** Numbers of tokens. */
export interface TokenCounts {
  readonly input: number;
  readonly output: number;
}

/**
 * What do these tokens cost?
 *
 * @param tokens - numbers of input and output tokens, each 0 or more.
 * @param price - USD per million tokens.
 * @returns USD.
 * @throws {RangeError} for a count or a price below 0.
 * @example
 * ```ts
 * tokenCost({ input: 10_000_000, output: 0 }, { inputPerMillion: 8, outputPerMillion: 24 }); // 80
 * ```
 */
export function tokenCost(tokens: TokenCounts, price: TokenPrice): number {
  for (const [field, value] of [
    ["tokens.input", tokens.input],
    ["tokens.output", tokens.output],
    ["price.inputPerMillion", price.inputPerMillion],
    ["price.outputPerMillion", price.outputPerMillion],
  ] as const) {
    requireNumber(
      "compute the cost of tokens",
      field,
      "a finite number of at least 0",
      value,
      (x) => x >= 0 && x < Infinity,
    );
  }
  return (tokens.input * price.inputPerMillion + tokens.output * price.outputPerMillion) / 1e6;
}

/** What a cost per request comes to over time, in USD. */
export interface CostProjection {
  readonly perDay: number;
  /** 365 days. */
  readonly perYear: number;
}

/**
 * What does a cost per request come to in a day and a year?
 *
 * @param costPerRequest - USD; a difference of costs may be below 0.
 * @param requestsPerDay - 0 or more.
 * @returns USD per day and per year of 365 days.
 * @throws {RangeError} for a cost that is not finite or a rate below 0.
 * @example
 * ```ts
 * projectCost(0.008, 1_000_000); // { perDay: 8000, perYear: 2920000 }
 * ```
 */
export function projectCost(costPerRequest: number, requestsPerDay: number): CostProjection {
  if (!Number.isFinite(costPerRequest))
    throw new RangeError(cannot("project a cost", "costPerRequest", "a finite number", costPerRequest));
  requireNumber(
    "project a cost",
    "requestsPerDay",
    "a finite number of at least 0",
    requestsPerDay,
    (x) => x >= 0 && x < Infinity,
  );
  const perDay = costPerRequest * requestsPerDay;
  return { perDay, perYear: 365 * perDay };
}
