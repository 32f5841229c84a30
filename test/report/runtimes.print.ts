/** Prints a hash of every chart of the example as this runtime draws it. Run by Node, Deno and Bun; they must agree. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as vega from "vega";
import * as vegaLite from "vega-lite";
import { type ChartRenderer, type ChartSpec, chartSvg } from "../../src/report/index.ts";

const specs = JSON.parse(readFileSync(process.argv[2] as string, "utf8")) as ChartSpec[];
for (const spec of specs) {
  const svg = await chartSvg(spec, { vega, vegaLite } as unknown as ChartRenderer);
  console.log(`${spec.usermeta.assay.chart} ${createHash("sha256").update(svg).digest("hex")}`);
}
