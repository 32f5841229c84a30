import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The files whose functions an entry makes public. */
function publicFiles(entry: "stats" | "sketch"): string[] {
  const text = readFileSync(file(`../../src/${entry}/index.ts`), "utf8");
  return [...text.matchAll(/export \{([^}]*)\} from "\.\/([^"]+)\.ts";/g)]
    .filter(([, names]) =>
      (names as string).split(",").some((name) => /^\s*[a-z]/.test(name) && !/^\s*type /.test(name)),
    )
    .map(([, , path]) => path as string);
}

/**
 * Public functions that only the suites against other tools test so far, in test/stats/fixed, test/stats/anytime and
 * test/sketch. The list may only become shorter.
 */
const withoutTheirOwn: Readonly<Record<"stats" | "sketch", readonly string[]>> = {
  stats: [
    "quantiles/quantile-interval",
    "means/cuped",
    "means/sample-moments",
    "means/ratio-metric",
    "means/welch",
    "means/winsorised",
    "means/paired-t",
    "quantiles/paired-quantiles",
    "anytime/anytime-t",
    "anytime/blocks/block-confidence-sequence",
    "anytime/empirical-process-bound",
    "anytime/evidence",
    "anytime/mixtures/gamma-poisson-mixture",
    "anytime/mixtures/gaussian-mixture",
    "anytime/mixtures/normal-mixture",
    "anytime/blocks/odds-ratio-e-process",
    "anytime/proportions/one-proportion-sequence",
    "anytime/polynomial-stitching",
    "anytime/quantile-stitching",
    "anytime/sample-ratio-evidence",
    "anytime/sprt",
    "anytime/proportions/wald-sequence",
    "group-sequential/after-stopping",
    "group-sequential/conditional-power",
    "group-sequential/look",
    "group-sequential/spending",
  ],
  sketch: [
    "order-statistic-interval",
    "bucket-edge",
    "codec/binary",
    "codec/otlp-json",
    "codec/otlp-protobuf",
    "codec/prometheus-native",
    "codec/prometheus-notation",
    "codec/prometheus-classic",
    "codec/prometheus-quantile",
    "codec/ddsketch",
    "codec/hdr",
  ],
};

describe.each(["stats", "sketch"] as const)("every public function of assay/%s", (entry) => {
  const missing = publicFiles(entry).filter((path) => !existsSync(file(`../${entry}/${path}.test.ts`)));

  it("has a test file of its own name, but for those listed here", () => {
    expect(publicFiles(entry).length).toBeGreaterThan(entry === "stats" ? 45 : 8);
    expect(missing.filter((path) => !withoutTheirOwn[entry].includes(path))).toEqual([]);
  });

  it("is taken off the list once it has one", () => {
    expect(withoutTheirOwn[entry].filter((path) => !missing.includes(path))).toEqual([]);
  });
});
