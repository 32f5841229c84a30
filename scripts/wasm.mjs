// npm run wasm: compiles wasm/line-scanner.ts into src/node/wasm/line-scanner.generated.ts; with --check only says
// whether that is up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import process from "node:process";
import { main } from "assemblyscript/asc";

const source = "wasm/line-scanner.ts";
const target = resolve(import.meta.dirname, "../src/node/wasm/line-scanner.generated.ts");
const options = [
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--enable",
  "simd",
  "--importMemory",
  "--outFile",
  "module.wasm",
];

let module;
const { error, stderr } = await main([source, ...options, "--baseDir", resolve(import.meta.dirname, "..")], {
  writeFile: (_name, contents) => void (module = contents),
});
if (error) throw new Error(stderr.toString(), { cause: error });

const base64 = Buffer.from(module).toString("base64");
const lines = base64.match(/.{1,160}/g).map((part) => `  "${part}",`);
const text =
  `/** ${source} compiled, in base64: npm run wasm. */\nexport const lineScanner: string = ` +
  `[\n${lines.join("\n")}\n].join("");\n`;
if (process.argv.includes("--check")) process.exitCode = readFileSync(target, "utf8") === text ? 0 : 1;
else writeFileSync(target, text);
