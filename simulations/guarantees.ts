/**
 * Puts every promise of the sequential methods to the test by simulation, prints one table per promise, and writes
 * docs/guarantees.md. `--times 5` runs five times as many experiments. `--only id,id` runs some promises and replaces
 * their tables only; `--short` runs the sizes of CI and writes nothing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { promises, type Row } from "./guarantees/promises.ts";
import { introduction, tableOf } from "./guarantees/tables.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    short: { type: "boolean", default: false },
    times: { type: "string", default: "1" },
    seed: { type: "string", default: "7" },
  },
});
const only = values.only?.split(",");
const sections: string[] = [];
let broken = 0;
for (const promise of promises(values.short ? "short" : "long", Number(values.times))) {
  if (only !== undefined && !only.includes(promise.id)) continue;
  console.error(`${promise.title} ...`);
  const rows: Row[] = [];
  for (const row of promise.run(Number(values.seed))) {
    rows.push(row);
    const figures = row.outcomes.map(({ monitor, everRejected, medianRequests }) =>
      promise.kind === "error" ? `${monitor} ${(100 * everRejected).toFixed(1)} %` : `${monitor} ${medianRequests}`,
    );
    console.error(`  ${row.experiment}: ${figures.join("; ")}`);
  }
  const { text, broken: found } = tableOf(promise, rows);
  broken += found;
  sections.push(text);
  console.log(text);
}
if (!values.short) {
  const page = new URL("../docs/guarantees.md", import.meta.url);
  const head = introduction(Number(values.seed));
  const before = readFileSync(page, "utf8");
  if (only !== undefined && !before.startsWith(head))
    throw new Error("docs/guarantees.md has tables of another seed. Run all promises once");
  writeFileSync(page, only === undefined ? `${head}\n${sections.join("\n")}` : sections.reduce(replaceSection, before));
  console.error("docs/guarantees.md written");
}
if (broken > 0) {
  console.error(`${broken} promises broken`);
  process.exitCode = 1;
}

/** A page whose section of the same title is this one. */
function replaceSection(page: string, section: string): string {
  const title = /^## .*$/m.exec(section)?.[0] as string;
  const start = page.indexOf(`${title}\n`);
  if (start < 0) throw new Error(`docs/guarantees.md has no section "${title}". Run all promises once`);
  const end = page.indexOf("\n## ", start);
  const rest = end < 0 ? "" : `\n${page.slice(end)}`;
  return `${page.slice(0, start)}${section.slice(section.indexOf(title)).trimEnd()}\n${rest}`;
}
