import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SaxesParser } from "saxes";
import { describe, expect, it } from "vitest";
import { formats } from "../../src/cli/emit.ts";
import { DecisionSchema } from "../../src/index.ts";
import { parsePolicy } from "../../src/index.ts";
import { buildReport, chartSvg, renderMarkdown, renderText, reportCharts } from "../../src/report/index.ts";
import { runCli } from "../cli/run-cli.ts";
import { filesBelow, root } from "../docs/examples.ts";
import { outcomeOf, plainNames, policyWith, recordsWith } from "./flow.ts";

/** Names that would act somewhere if they were not escaped, by what they act upon. */
const hostile: Readonly<Record<string, string>> = {
  "a script": `</script><script>alert(1)</script>`,
  "an event handler": `"><img src=x onerror=alert(1)>`,
  "a quote in an attribute": `' onmouseover='alert(1)`,
  "a Markdown link": `](javascript:alert(1)) [x](javascript:alert(2)) ![y](http://example.com/z.png)`,
  "a Markdown table": "a | b | c\n\n# heading\n\n- [ ] item `code` **bold**",
  "a terminal's screen": "v\u001b[2J\u001b[1;1H\u001b]0;title\u0007",
  "a terminal, by one character": "v\u009b2J\u0090x\u009c",
  "the order of what is read": "v\u202egnp.exe\u202c\u2066x\u2069",
  "a carriage return": "good\rbad",
  "a spreadsheet": `=HYPERLINK("http://example.com";"click")`,
  "a style sheet": `</style><style>*{display:none}</style>`,
  "CDATA and comments": `]]><!-- --><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;`,
  "an expression of a chart": `\\" + (alert(1)) + "\\`,
  "a template": "${7*7} {{7*7}} datum.x",
};
// eslint-disable-next-line no-control-regex
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u;
const vega = { vega: await import("vega"), vegaLite: await import("vega-lite") } as never;

/** Names and attributes of all elements of an XML document that is well-formed. */
function elementsOf(xml: string): { readonly name: string; readonly attributes: Readonly<Record<string, string>> }[] {
  const elements: { name: string; attributes: Record<string, string> }[] = [];
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => void elements.push({ name, attributes }));
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(xml).close();
  return elements;
}

/**
 * The tags of a page in their order, with the names of their attributes; what stands inside scripts and styles aside.
 */
const tagsOf = (html: string): string[] =>
  [...html.replaceAll(/(<(script|style)[^>]*>).*?(<\/\2>)/gsu, "$1$3").matchAll(/<[a-z/!][^>]*>/giu)].map(([tag]) =>
    tag.replaceAll(/"[^"]*"/gu, '""'),
  );

const plain = await outcomeOf(plainNames);

describe.each(Object.entries(hostile))("names that act upon %s", async (_what, text) => {
  const names = {
    ...plainNames,
    control: `c ${text}`,
    treatment: `${text} t`,
    stranger: `s ${text}`,
    metric: `m ${text}`,
    segment: `g ${text}`,
    segmentValue: `v ${text}`,
  };
  const { decision, summary, points, documents } = await outcomeOf(names);
  const policy = parsePolicy(policyWith(names));
  const report = buildReport(decision, policy);

  it("do nothing in HTML", () => {
    const [html, expected] = [documents["html"] as string, plain.documents["html"] as string];
    expect(tagsOf(html)).toEqual(tagsOf(expected));
    expect(tagsOf(html).join("")).not.toMatch(/\son[a-z]+=/iu);
    expect(html.replaceAll("\n", "")).not.toMatch(steering);
  });

  it("do nothing in SVG, which stays well-formed", async () => {
    for (const spec of reportCharts({ decision, policy, summary, points })) {
      const svg = await chartSvg(spec, vega);
      expect(svg.replaceAll("\n", "")).not.toMatch(steering);
      for (const { name, attributes } of elementsOf(svg)) {
        expect([
          "svg",
          "rect",
          "g",
          "path",
          "text",
          "line",
          "defs",
          "clipPath",
          "title",
          "desc",
          "tspan",
          "linearGradient",
          "stop",
        ]).toContain(name);
        for (const [attribute, value] of Object.entries(attributes))
          expect(`${attribute}=${value}`).not.toMatch(/^(on|href|xlink:href)|^style=.*url\(/iu);
      }
    }
  }, 120_000);

  it("do nothing in Markdown", () => {
    const markdown = renderMarkdown(report);
    const expected = documents["markdown"] as string;
    expect(markdown.replaceAll("\n", "")).not.toMatch(steering);
    const structure = (one: string): string[] =>
      one.split("\n").map((line) => /^(#+ |- |\||\*\*|)/u.exec(line)?.[0] ?? "");
    expect(structure(markdown)).toEqual(structure(plain.documents["markdown"] as string));
    expect(markdown.replaceAll(/\\[^\w\s]/gu, "")).not.toMatch(/[<>[\]`]|(?<!\n)\|(?=[^|\n]*javascript)|!\[/u);
    const bars = (one: string): number[] =>
      one
        .split("\n")
        .filter((line) => line.startsWith("|"))
        .map((line) => line.replaceAll("\\|", "").split("|").length);
    expect(bars(markdown)).toEqual(bars(expected));
  });

  it("do nothing on a terminal", () => {
    for (const line of renderText(report).split("\n")) expect(line).not.toMatch(steering);
  });

  it("come back from JSON as they were, which is harmless on a terminal and in a page", async () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-injection-"));
    writeFileSync(join(folder, "policy.json"), JSON.stringify(policyWith(names)));
    writeFileSync(
      join(folder, "log.ndjson"),
      recordsWith(names)
        .map((record) => JSON.stringify(record))
        .join("\n"),
    );
    const quote = (column: string): string => `"${column.replace(/["\\]/gu, "\\$&")}"`;
    const map = [
      "arm=arm",
      "timestamp=timestamp",
      "unit=unit",
      `${names.outcome}=${quote(names.outcome)}`,
      `${names.latency}=${quote(names.latency)}`,
    ].join(",");
    const policyFile = join(folder, "policy.json");
    const plainPolicy = { ...(policyWith(names) as object), segments: [] };
    writeFileSync(policyFile, JSON.stringify(plainPolicy));
    const { stdout, stderr, code } = await runCli(
      "analyze",
      join(folder, "log.ndjson"),
      "--policy",
      policyFile,
      "--map",
      map,
      "--format",
      "json",
    );
    expect([code, stderr.includes("Cannot") ? stderr : ""]).toEqual([code, ""]);
    expect(stdout.replaceAll("\n", "")).not.toMatch(steering);
    expect(stderr.replaceAll("\n", "")).not.toMatch(steering);
    expect(DecisionSchema.parse(JSON.parse(stdout))).toMatchObject({
      control: names.control,
      comparisons: [{ treatment: names.treatment }],
    });
    rmSync(folder, { recursive: true });
  });

  it("do nothing in an error message", async () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-injection-"));
    const log = join(folder, "log.ndjson");
    writeFileSync(
      log,
      Array.from({ length: 20 }, () => JSON.stringify({ arm: names.control, success: text, latencyMs: text })).join(
        "\n",
      ),
    );
    const { stderr, code } = await runCli("analyze", log, "--control", names.control, "--treatment", names.treatment);
    expect(code).toBe(1);
    expect(stderr.replaceAll("\n", "")).not.toMatch(steering);
    rmSync(folder, { recursive: true });
  });
});

describe("spreadsheets", () => {
  it("get nothing from Assay: no format of a report is CSV, and no source writes one", () => {
    expect(formats).toEqual(["text", "json", "markdown", "html"]);
    for (const file of filesBelow(join(root, "src"), ".ts"))
      expect(readFileSync(file, "utf8"), file).not.toMatch(/unparse|toCSV|text\/csv(?!.*accept)/u);
  });
});
