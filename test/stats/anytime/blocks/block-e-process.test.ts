import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blockConfidenceSequence } from "../../../../src/stats/anytime/blocks/block-confidence-sequence.ts";
import {
  blockEProcess,
  type BlockEProcessOptions,
  startBlockEProcess,
} from "../../../../src/stats/anytime/blocks/block-e-process.ts";
import type { NullLine } from "../../../../src/stats/anytime/blocks/null-line.ts";
import type { ConfidenceSequenceResult } from "../../../../src/stats/anytime/evidence.ts";
import { reference } from "../reference.ts";

interface Case {
  inputs: {
    blocks: [number, number, number, number][];
    nullDifference: number;
    alternativeSide: -1 | 0 | 1;
    nodesPerSign: number;
    logOddsRange: [number, number];
  };
  expected: { lnE: number[] };
}
const sideOf = (side: number): "less" | "two-sided" | "greater" =>
  side < 0 ? "less" : side > 0 ? "greater" : "two-sided";

describe("block e-process", () => {
  const cases = reference<Case[]>("block-e-process");

  it("gives the reference ln E after every block to 1e-9, counted as failures", () => {
    expect(cases.length).toBe(6);
    for (const { inputs, expected } of cases) {
      const control = inputs.blocks.map(([k, n]) => ({ successes: k, trials: n }));
      const treatment = inputs.blocks.map(([, , k, n]) => ({ successes: k, trials: n }));
      const { lnEvidenceByBlock } = blockEProcess(control, treatment, {
        nullEffect: { difference: inputs.nullDifference },
        alternative: sideOf(inputs.alternativeSide),
        nodesPerSide: inputs.nodesPerSign,
        logOddsRange: inputs.logOddsRange,
        baseline: { successes: 1, trials: 100 },
      });
      expected.lnE.forEach((ln, i) =>
        expect(Math.abs(ln - (lnEvidenceByBlock[i] as number))).toBeLessThanOrEqual(1e-9),
      );
    }
  });

  it("gives the same for successes, with null and side mirrored", () => {
    for (const { inputs, expected } of cases) {
      const control = inputs.blocks.map(([k, n]) => ({ successes: n - k, trials: n }));
      const treatment = inputs.blocks.map(([, , k, n]) => ({ successes: n - k, trials: n }));
      const { lnEvidenceByBlock } = blockEProcess(control, treatment, {
        nullEffect: { difference: -inputs.nullDifference },
        alternative: sideOf(-inputs.alternativeSide),
      });
      expected.lnE.forEach((ln, i) =>
        expect(Math.abs(ln - (lnEvidenceByBlock[i] as number))).toBeLessThanOrEqual(1e-9),
      );
    }
  });

  it(
    "is an e-value in every block: its expectation over all outcomes of small blocks is at most 1 wherever the " +
      "null holds",
    () => {
      const lnChoose = (n: number, k: number): number => {
        let ln = 0;
        for (let i = 1; i <= k; i++) ln += Math.log((n - k + i) / i);
        return ln;
      };
      const probability = (n: number, k: number, p: number): number =>
        Math.exp(lnChoose(n, k) + k * Math.log(p) + (n - k) * Math.log(1 - p));
      const line = fc.oneof(
        fc.double({ min: -0.8, max: 0.8, noNaN: true }).map((difference): NullLine => ({ difference })),
        fc.double({ min: 0.2, max: 5, noNaN: true }).map((ratio): NullLine => ({ ratio })),
      );
      fc.assert(
        fc.property(
          line,
          fc.constantFrom("two-sided" as const, "greater" as const, "less" as const),
          fc.integer({ min: 1, max: 8 }),
          fc.integer({ min: 1, max: 8 }),
          fc.double({ min: 0.001, max: 0.999, noNaN: true }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          fc.double({ min: 0.5, max: 99, noNaN: true }),
          (nullEffect, alternative, nc, nt, position, inside, guess) => {
            const [slope, shift] = "ratio" in nullEffect ? [nullEffect.ratio, 0] : [1, nullEffect.difference];
            const [low, high] = [Math.max(0, -shift / slope), Math.min(1, (1 - shift) / slope)];
            const c = low + position * (high - low);
            // On the line for two-sided tests; anywhere on the null's side for one-sided ones.
            const onLine = slope * c + shift;
            const t =
              alternative === "two-sided"
                ? onLine
                : alternative === "greater"
                  ? onLine * (1 - inside)
                  : onLine + (1 - onLine) * inside;
            if (!(c > 1e-9 && c < 1 - 1e-9 && t > 1e-9 && t < 1 - 1e-9)) return;
            let expectation = 0;
            for (let kc = 0; kc <= nc; kc++) {
              for (let kt = 0; kt <= nt; kt++) {
                const process = startBlockEProcess({
                  nullEffect,
                  alternative,
                  baseline: { successes: guess, trials: 100 },
                });
                process.add(kc, nc, kt, nt);
                expectation += probability(nc, kc, c) * probability(nt, kt, t) * Math.exp(process.lnEvidence());
              }
            }
            expect(expectation).toBeLessThanOrEqual(1 + 1e-9);
          },
        ),
        { seed: 5, numRuns: 400 },
      );
    },
  );

  it("ignores a block with an empty arm, but learns the baseline from it", () => {
    const one = [{ successes: 990, trials: 1000 }];
    expect(blockEProcess(one, [{ successes: 0, trials: 0 }]).lnEvidence).toBe(0);
    expect(blockEProcess([], []).pValue).toBe(1);
  });

  it("keeps the p-value of its strongest moment", () => {
    const control = [
      { successes: 1000, trials: 1000 },
      { successes: 900, trials: 1000 },
    ];
    const treatment = [
      { successes: 960, trials: 1000 },
      { successes: 940, trials: 1000 },
    ];
    const result = blockEProcess(control, treatment);
    const strongest = Math.max(0, ...result.lnEvidenceByBlock);
    expect(strongest).toBeGreaterThan(result.lnEvidence);
    expect(result.lnPValue).toBe(-strongest);
  });

  it("does not underflow: ln p goes on where p is 0", () => {
    const result = blockEProcess([{ successes: 100_000, trials: 100_000 }], [{ successes: 0, trials: 100_000 }]);
    expect(result.pValue).toBe(0);
    expect(result.lnPValue).toBeLessThan(-10_000);
    expect(Number.isFinite(result.lnPValue)).toBe(true);
  });

  it.each<[string, Parameters<typeof blockEProcess>, string]>([
    [
      "arms of different length",
      [[{ successes: 1, trials: 2 }], []],
      "treatment.length must be the number of control blocks (1)",
    ],
    [
      "successes above trials",
      [[{ successes: 3, trials: 2 }], [{ successes: 1, trials: 2 }]],
      "control[0].successes must be at most control[0].trials (2)",
    ],
    [
      "fractions",
      [[{ successes: 0.5, trials: 2 }], [{ successes: 1, trials: 2 }]],
      "control[0].successes must be a non-negative integer",
    ],
    [
      "an impossible difference",
      [[], [], { nullEffect: { difference: 1 } }],
      "nullEffect.difference must be strictly between -1 and 1",
    ],
    ["a negative ratio", [[], [], { nullEffect: { ratio: -1 } }], "nullEffect.ratio must be a positive finite number"],
    ["a baseline of 0", [[], [], { baseline: { successes: 0, trials: 10 } }], "baseline must be more than 0 successes"],
    [
      "nodes that do not ascend",
      [[], [], { logOddsRange: [2, 1] } as BlockEProcessOptions],
      "logOddsRange must be two positive finite numbers",
    ],
  ])("refuses %s", (_, args, message) => {
    expect(() => blockEProcess(...args)).toThrow(message);
  });
});

describe("block confidence sequence", () => {
  const counts = fc
    .record({ trials: fc.integer({ min: 1, max: 400 }), rate: fc.double({ min: 0, max: 1, noNaN: true }) })
    .map(({ trials, rate }) => ({ successes: Math.round(rate * trials), trials }));

  it.each(["difference", "ratio"] as const)("is where the e-process does not reject: %s", (effect) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(counts, counts), { minLength: 1, maxLength: 3 }),
        fc.constantFrom("two-sided" as const, "greater" as const, "less" as const),
        (blocks, alternative) => {
          const control = blocks.map(([c]) => c);
          const treatment = blocks.map(([, t]) => t);
          const result = blockConfidenceSequence(control, treatment, { effect, alternative });
          if (!result.computable) return;
          const lnEvidenceAt = (value: number): number =>
            blockEProcess(control, treatment, {
              alternative,
              nullEffect: effect === "difference" ? { difference: value } : { ratio: value },
            }).lnEvidence;
          for (const end of result.interval) {
            if (effect === "difference" ? Math.abs(end) < 1 - 1e-6 : end > 1e-8 && end < 1e8)
              expect(Math.abs(lnEvidenceAt(end) - Math.log(20))).toBeLessThan(1e-3);
          }
        },
      ),
      { seed: 7, numRuns: 60 },
    );
  });

  it("swaps ends when the arms are swapped", () => {
    const [a, b] = [[{ successes: 950, trials: 1000 }], [{ successes: 1980, trials: 2000 }]];
    const there = blockConfidenceSequence(a, b) as ConfidenceSequenceResult;
    const back = blockConfidenceSequence(b, a) as ConfidenceSequenceResult;
    expect(there.interval[0]).toBeCloseTo(-back.interval[1], 6);
    expect(there.interval[1]).toBeCloseTo(-back.interval[0], 6);
  });

  it("says so when there is nothing to compare", () => {
    expect(blockConfidenceSequence([{ successes: 0, trials: 0 }], [{ successes: 1, trials: 1 }])).toMatchObject({
      computable: false,
      reason: "no-data",
    });
  });

  it("is unbounded on the side the data do not bound", () => {
    const none = blockConfidenceSequence([{ successes: 0, trials: 50 }], [{ successes: 0, trials: 50 }], {
      effect: "ratio",
    });
    expect(none).toMatchObject({ estimate: null, interval: [0, Infinity] });
  });
});
