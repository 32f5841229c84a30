// Names every export of src that no other file of src uses and no entry point makes public, and so serves tests,
// scripts or nobody: such a function belongs in test/helpers, stays inside its file, or goes.
import { relative, resolve } from "node:path";
import process from "node:process";
import ts from "typescript";
import manifest from "../typedoc.json" with { type: "json" };

/** Files that run on their own and so export to nobody in src. */
const programs = ["src/cli/main.ts", "src/node/jobs/worker.ts"];

const { config } = ts.readConfigFile("tsconfig.src.json", ts.sys.readFile);
const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
const program = ts.createProgram(fileNames, options);
const checker = program.getTypeChecker();
const original = (symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
const root = resolve("src");
const sources = program.getSourceFiles().filter(({ fileName }) => resolve(fileName).startsWith(root));

const used = new Set();
for (const source of sources) {
  const here = checker.getSymbolAtLocation(source);
  if (here && manifest.entryPoints.includes(relative(".", source.fileName)))
    for (const symbol of checker.getExportsOfModule(here)) used.add(original(symbol));
  const visit = (node) => {
    if (ts.isImportSpecifier(node) || (ts.isImportClause(node) && node.name)) {
      const symbol = checker.getSymbolAtLocation(node.name);
      if (symbol) used.add(original(symbol));
    } else if (ts.isImportTypeNode(node) && node.qualifier) {
      const symbol = checker.getSymbolAtLocation(node.qualifier);
      if (symbol) used.add(original(symbol));
    } else if (ts.isPropertyAccessExpression(node) || ts.isBindingElement(node)) {
      const symbol = checker.getSymbolAtLocation(node.propertyName ?? node.name);
      if (symbol) used.add(original(symbol));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
}

/**
 * Functions that src calls only inside their own file, or not yet, and that tests, benches or simulations measure on
 * their own: all sides of a distribution against references, and inner steps against slow implementations. The list may
 * only become shorter.
 */
const measuredAlone = new Set([
  "src/analysis/checks/sample-ratio.ts: toleratedShare",
  "src/analysis/evidence/goals-and-rules.ts: goalAlpha",
  "src/analysis/evidence/goals-and-rules.ts: ruleAlpha",
  "src/analysis/metrics/common-effect.ts: ratioDeviance",
  "src/analysis/trajectory-with.ts: periodCount",
  "src/math/beta.ts: betaCdf",
  "src/math/beta.ts: betaSurvival",
  "src/math/binomial.ts: binomialProbability",
  "src/math/chi-square.ts: chiSquareCdf",
  "src/math/chi-square.ts: chiSquareLogCdf",
  "src/math/chi-square.ts: chiSquareQuantile",
  "src/math/chi-square.ts: chiSquareSurvivalQuantile",
  "src/math/erfc-inverse.ts: erfcInverse",
  "src/math/erfc.ts: erfc",
  "src/math/hypergeometric.ts: hypergeometricCdf",
  "src/math/hypergeometric.ts: hypergeometricLogCdf",
  "src/math/hypergeometric.ts: hypergeometricLogSurvival",
  "src/math/hypergeometric.ts: hypergeometricProbability",
  "src/math/hypergeometric.ts: hypergeometricSurvival",
  "src/math/root.ts: RootError",
  "src/math/sampling.ts: sampleBeta",
  "src/math/sampling.ts: sampleExponential",
  "src/math/sampling.ts: sampleGamma",
  "src/math/sampling.ts: samplePoisson",
  "src/math/student-t.ts: studentTCdf",
  "src/math/student-t.ts: studentTLogCdf",
  "src/math/student-t.ts: studentTQuantile",
  "src/node/database/clickhouse.ts: namedRows",
  "src/node/wasm/wasm-line-scanner.ts: WasmLineScanner",
  "src/planning/sample-size.ts: exactSampleSize",
  "src/records/json/json-line-scanner.ts: slack",
  "src/stats/anytime/anytime-t.ts: tunedPriorObservations",
  "src/stats/anytime/mixtures/gaussian-mixture.ts: combineEpochs",
  "src/stats/anytime/mixtures/gaussian-mixture.ts: mixtureScale",
  "src/stats/anytime/mixtures/gaussian-mixture.ts: oneSidedBound",
  "src/stats/dependence/slice-series.ts: sliceSeries",
  "src/stats/means/ratio-metric.ts: linearisedRatioPairs",
  "src/summary/other-arms.ts: mostOtherArms",
  "src/summary/other-arms.ts: restOfArms",
  "src/summary/segment-values.ts: segmentValues",
  "src/summary/slices.ts: mostSlices",
]);

const unused = [];
for (const source of sources) {
  const here = checker.getSymbolAtLocation(source);
  if (!here || programs.includes(relative(".", source.fileName))) continue;
  for (const symbol of checker.getExportsOfModule(here)) {
    const target = original(symbol);
    // A type without a user elsewhere is still the name of what a function takes or gives.
    if (!(target.flags & ts.SymbolFlags.Value) || used.has(target)) continue;
    if (target.declarations?.some((declaration) => declaration.getSourceFile() === source))
      unused.push(`${relative(".", source.fileName)}: ${symbol.name}`);
  }
}

const found = unused.filter((name) => !measuredAlone.has(name));
const stale = [...measuredAlone].filter((name) => !unused.includes(name));
for (const name of found)
  console.error(`${name} is used by no other file of src. Keep it inside its file, or remove it`);
for (const name of stale) console.error(`${name} is used in src now, or gone. Take it off the list`);
if (found.length + stale.length > 0) process.exit(1);
