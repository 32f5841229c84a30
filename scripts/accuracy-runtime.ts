/** Runs every comparison in whatever runtime executes it (Node, Deno, Bun) and prints the outcomes as JSON. */
import { readFileSync } from "node:fs";
import { compare, comparisons, type ReferenceFile } from "./accuracy-core.ts";

const outcomes = comparisons.map((comparison) => {
  const url = new URL(`../fixtures/reference/distributions/${comparison.file}.json`, import.meta.url);
  return compare(comparison, JSON.parse(readFileSync(url, "utf8")) as ReferenceFile);
});
console.log(JSON.stringify(outcomes));
