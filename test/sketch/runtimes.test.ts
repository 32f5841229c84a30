import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium as chromiumDriver } from "playwright-core";
import { expect, it } from "vitest";
import { corpusHash } from "./corpus.ts";

const fixture = new URL("../../fixtures/sketch/corpus-hash.txt", import.meta.url);
const expected = readFileSync(fixture, "utf8").trim();
const script = fileURLToPath(new URL("corpus-print.ts", import.meta.url));
const bin = (name: string): string => fileURLToPath(new URL(`../../node_modules/.bin/${name}`, import.meta.url));

it("gives the same bits in Node", () => {
  console.log(`node ${process.version}: ${corpusHash()}`);
  expect(corpusHash()).toBe(expected);
});

for (const [name, args] of [
  ["deno", ["run", "--no-lock", "--no-config", script]],
  ["bun", ["run", script]],
] as const) {
  it(`gives the same bits in ${name}`, () => {
    if (!existsSync(bin(name))) return console.log(`skipped: ${name} is not installed`);
    try {
      execFileSync(bin(name), ["--version"], { stdio: "pipe", timeout: 30_000 });
    } catch {
      return console.log(`skipped: ${name} does not start here`);
    }
    const output = execFileSync(bin(name), args, {
      encoding: "utf8",
      timeout: 150_000,
      env: { ...process.env, NO_COLOR: "1" },
    }).trim();
    console.log(`${name}: ${output}`);
    expect(output).toBe(expected);
  }, 180_000);
}

it("gives the same bits in Chromium", async () => {
  const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
  if (chromium === undefined) return console.log("skipped: no Chromium is installed");
  const bundle = await build({
    entryPoints: [script],
    bundle: true,
    write: false,
    format: "iife",
    platform: "browser",
    target: "es2022",
  });
  const args = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  const browser = await chromiumDriver.launch({ executablePath: chromium, args });
  try {
    const page = await browser.newPage();
    const printed = new Promise<string>((resolve) => page.on("console", (message) => resolve(message.text())));
    await page.addScriptTag({ content: bundle.outputFiles[0]?.text ?? "" });
    const output = await printed;
    console.log(`chromium ${browser.version()}: ${output}`);
    expect(output).toBe(expected);
  } finally {
    await browser.close();
  }
}, 180_000);
