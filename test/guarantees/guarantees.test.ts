import { describe, expect, it } from "vitest";
import { allowance } from "../../simulations/guarantees/monitor.ts";
import { promises } from "../../simulations/guarantees/promises.ts";

/** Median requests per arm until the default method detects, from earlier simulations in another language. */
const expectedMedians: Readonly<Record<string, number>> = {
  "99.7 -> 99.5 %": 16_100,
  "lognormal 0.8, ratio 1.2": 5_600,
};

describe("guarantees, short version (docs/guarantees.md has the long one)", () => {
  for (const promise of promises("short")) {
    const claim =
      promise.kind === "error" ? `at most alpha ${promise.alpha} + 3 standard errors` : "as fast as was measured";
    it(`${promise.title}: ${claim}`, { timeout: 170_000 }, () => {
      for (const { experiment, outcomes } of promise.run(20_260_101)) {
        for (const { monitor, promise: kept, everRejected, medianRequests, runs } of outcomes) {
          if (promise.kind === "detection") {
            const expected = expectedMedians[experiment];
            // The median of `runs` skewed detection times varies by about 1.25 / sqrt(runs) of its value; allow four
            // of those.
            if (expected !== undefined && monitor.includes("(default)"))
              expect(Math.abs(medianRequests / expected - 1), `${experiment}: ${monitor}`).toBeLessThanOrEqual(
                0.05 + 5 / Math.sqrt(runs),
              );
          } else if (kept !== "none") {
            expect(everRejected, `${experiment}: ${monitor}`).toBeLessThanOrEqual(allowance(promise.alpha, runs));
          } else if (/^(z-test|t-test), peeked|epochs not declared/.test(monitor)) {
            // The harness can see a method fail.
            expect(everRejected, `${experiment}: ${monitor}`).toBeGreaterThan(2 * promise.alpha);
          }
        }
      }
    });
  }
});
