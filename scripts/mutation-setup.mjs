import process from "node:process";
import fc from "fast-check";
import { beforeEach } from "vitest";

// Few cases of each law: there are hundreds of laws.
process.env.ASSAY_LAW_RUNS ??= "3";
// A mutant that a law catches is caught: looking for its smallest counterexample would cost minutes, once per mutant.
fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true });

// Simulations and high-precision designs that take seconds, and with the counters of coverage a minute: other tests run
// the same lines on fewer cases.
const tooSlow = new RegExp(
  [
    "rpact's futility designs",
    "spend exactly alpha at 50 looks",
    "tests of each hypothesis",
    "^are median-unbiased",
    "the band and the bound over all quantiles",
    "experiments",
    "has the tabulated critical value",
    "holds its level in simulation",
  ].join("|"),
);
beforeEach((context) => {
  if (tooSlow.test(context.task.name)) context.skip("too slow for each mutant");
});
