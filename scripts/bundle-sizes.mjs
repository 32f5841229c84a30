#!/usr/bin/env node
/**
 * How much does one function of a subpath cost a page? Bundles each exported function of assay/stats and assay/sketch
 * alone and prints its size, minified and gzipped: `node scripts/bundle-sizes.mjs [stats] [sketch]`.
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const source = fileURLToPath(new URL("../src/", import.meta.url));

const options = {
  bundle: true,
  format: "esm",
  target: "es2022",
  platform: "neutral",
  mainFields: ["module", "main"],
  metafile: true,
  write: false,
  outdir: "bundled",
  logLevel: "error",
};

/**
 * The names of the values that an entry exports.
 * @param {string} entry - A folder of src with an index.ts, such as `stats`.
 */
export async function exportedValues(entry) {
  const { metafile } = await build({ ...options, entryPoints: [`${source}${entry}/index.ts`] });
  return Object.values(metafile.outputs)[0].exports.toSorted();
}

/**
 * For each name what it costs bundled alone: bytes, minified and gzipped, and the packages that come with it.
 * @param {string} entry - A folder of src with an index.ts.
 * @param {readonly string[]} names - The exported values.
 */
export async function sizesOf(entry, names) {
  const { outputFiles, metafile } = await build({
    ...options,
    minify: true,
    entryPoints: Object.fromEntries(names.map((name) => [name, `alone:${name}`])),
    plugins: [importsOneName(entry)],
  });
  return names.map((name) => {
    const path = Object.keys(metafile.outputs).find((output) => output.endsWith(`/${name}.js`));
    const file = outputFiles.find((output) => output.path.endsWith(`/${name}.js`));
    const packages = Object.entries(metafile.outputs[path].inputs)
      .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
      .flatMap(([input]) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
    return { name, bytes: gzipSync(file.contents, { level: 9 }).length, packages: [...new Set(packages)] };
  });
}

/** Makes `alone:NAME` a module that exports nothing but that name of the entry. */
function importsOneName(entry) {
  return {
    name: "imports-one-name",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^alone:/ }, ({ path }) => ({ path: path.slice("alone:".length), namespace: "alone" }));
      onLoad({ filter: /.*/, namespace: "alone" }, ({ path }) => ({
        contents: `export { ${path} } from "./${entry}/index.ts"`,
        resolveDir: source,
      }));
    },
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const entries = process.argv.length > 2 ? process.argv.slice(2) : ["stats", "sketch"];
  for (const entry of entries) {
    const sizes = (await sizesOf(entry, await exportedValues(entry))).sort((a, b) => b.bytes - a.bytes);
    console.log(`assay/${entry}: ${sizes.length} values`);
    for (const { name, bytes, packages } of sizes)
      console.log(`${name.padEnd(40)} ${String(bytes).padStart(7)} B gzip  ${packages.join(", ")}`);
  }
}
