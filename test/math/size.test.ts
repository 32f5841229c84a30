import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";

describe("size", () => {
  it("the whole math layer, with searches for brackets and minima, is at most 9 kB, minified and gzipped", async () => {
    const folder = fileURLToPath(new URL("../../src/math", import.meta.url));
    const contents = readdirSync(folder)
      .map((file) => `export * from "./${file}";`)
      .join("\n");
    const result = await build({
      stdin: { contents, resolveDir: folder },
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2022",
      write: false,
    });
    const bytes = gzipSync(result.outputFiles[0]?.contents ?? new Uint8Array(1e6), { level: 9 }).length;
    expect(bytes).toBeLessThanOrEqual(9 * 1024);
  });
});
