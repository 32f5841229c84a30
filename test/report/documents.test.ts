import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { reportStyle, reportStyleHash } from "../../src/report/html-style.ts";
import { buildReport, renderHtml, renderMarkdown, renderText, sparkline } from "../../src/report/index.ts";
import { formatDuration } from "../../src/report/words/format.ts";
import { displayWidth, shorten, wrap } from "../../src/report/words/text-width.ts";
import { awkward } from "./awkward.ts";
import { example } from "./example.ts";

describe("text report", () => {
  const { decision, policy, points } = example({ records: 8000 });
  const report = buildReport(decision, policy, points);

  it.each([60, 80, 120])("fits %d columns", (width) => {
    for (const line of renderText(report, { width }).split("\n"))
      expect(displayWidth(line), line).toBeLessThanOrEqual(width);
  });

  it("says the same with and without colours", () => {
    const coloured = renderText(report, { colours: true });
    expect(coloured).toContain("\u001b[");
    // eslint-disable-next-line no-control-regex
    expect(coloured.replace(/\u001b\[\d+m/gu, "")).toBe(renderText(report));
    expect(renderText(report)).not.toContain("\u001b");
  });

  it("draws the effects by period only where the periods are known", () => {
    expect(renderText(report)).toMatch(/effect by period.*\nsuccess_rate +[▁-█]{24} {2}[+-]/u);
    expect(renderText(buildReport(decision, policy))).not.toContain("effect by period");
  });

  it("hangs long names above their rows at 80 columns", () => {
    const long = {
      ...policy,
      metrics: policy.metrics.map((metric) => ({ ...metric, name: `${metric.name}_of_requests_with_streaming` })),
    };
    const renamed = {
      ...decision,
      comparisons: decision.comparisons.map((one) => ({
        ...one,
        metrics: one.metrics.map((metric) => ({ ...metric, metric: `${metric.metric}_of_requests_with_streaming` })),
      })),
    };
    const lines = renderText(buildReport(renamed, long), { width: 80 }).split("\n");
    const at = lines.indexOf("latency_p99_of_requests_with_streaming");
    expect(at).toBeGreaterThan(0);
    expect(lines[at + 1]).toMatch(/^ {2}[\d,]+ ms +[\d,]+ ms +\+/u);
  });

  it.each(Object.entries(awkward))("stands %s", (_name, make) => {
    const input = make();
    const text = renderText(buildReport(input.decision, input.policy, input.points), { width: 80 });
    expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/u);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/u);
  });
});

describe("text width", () => {
  it.each([
    ["abc", 3],
    ["日本", 4],
    ["e\u0301", 1],
    ["👩‍👩‍👧", 2],
    ["🚀", 2],
    ["\u200b", 0],
    ["©", 1],
    ["▁█", 2],
  ])("%s takes %d columns", (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it("shortens by graphemes", () => {
    const family = "👩‍👩‍👧";
    expect(shorten(family.repeat(3), 5)).toBe(`${family.repeat(2)}…`);
    expect(shorten("short", 5)).toBe("short");
  });

  it("wraps at spaces, and lets a long word stand alone", () => {
    expect(wrap("- aa bbbbbbbbbb cc", 6, "  ")).toEqual(["- aa", "  bbbbbbbbbb", "  cc"]);
  });

  it("keeps a figure with its sign", () => {
    expect(wrap("is so (p = 0.11) with 95 % of all", 12, "")).toEqual(["is so", "(p = 0.11)", "with 95 % of", "all"]);
  });
});

describe("sparkline", () => {
  it.each<[string, (number | null)[], string]>([
    ["rises", [0, 1, 2, 3, 4, 5, 6, 7], "▁▂▃▄▅▆▇█"],
    ["is level", [5, 5, 5], "▅▅▅"],
    ["has gaps", [0, null, 1], "▁ █"],
    ["is empty", [], ""],
  ])("%s", (_name, values, drawn) => {
    expect(sparkline(values)).toBe(drawn);
  });

  it("thins out a long series and keeps its end", () => {
    const drawn = sparkline(
      Array.from({ length: 100 }, (_, index) => index),
      10,
    );
    expect(drawn).toHaveLength(10);
    expect(drawn.at(-1)).toBe("█");
  });
});

describe("durations", () => {
  it.each([
    [0.0072, "26 seconds"],
    [0.0005, "1.8 seconds"],
    [0.5, "30 minutes"],
    [4.09, "4.1 hours"],
    [24, "24 hours"],
    [168, "7.0 days"],
    [0, "0 seconds"],
  ])("%d hours are %s", (hours, shown) => {
    expect(formatDuration(hours)).toBe(shown);
  });

  it("are told by a forecast in the unit that suits them", () => {
    const { decision, policy } = example({ records: 19_800, slow: 0 });
    const nearly = {
      ...decision,
      comparisons: decision.comparisons.map((one) => ({
        ...one,
        forecast: { records: 20_100, remaining: 100, hours: 0.0072, beyondPlan: null },
      })),
    };
    expect(renderText(buildReport(nearly, policy), { width: 200 })).toContain(
      "v2 may ship at about 20,100 records of both arms, in 26 seconds",
    );
  });
});

describe("Markdown report", () => {
  it("is a heading, a list of reasons and a table", () => {
    const { decision, policy } = example({ records: 20_000 });
    const text = renderMarkdown(buildReport(decision, policy));
    expect(text).toMatch(
      /^## ROLL BACK v2: harm against the policy is established\.\n\n- latency\\_p99 is worse than/u,
    );
    expect(text.split("\n").filter((line) => line.startsWith("|"))).toHaveLength(4);
  });

  it.each([
    ["a mention", "@octocat", "@&#8203;octocat"],
    ["a mention of a team", "by @org/team_1", "by @&#8203;org/team\\_1"],
    ["an underscore before a mention", "_@x", "\\_@&#8203;x"],
    ["an address", "a@example.com", "a@&#8203;example.com"],
    ["a URL", "https://example.com/?a=1", "https:&#8203;//example.com/?a=1"],
    ["a host", "WWW.example.com", "WWW&#8203;.example.com"],
    ["an issue", "org/repo#12", "org/repo\\#&#8203;12"],
    ["an issue by its old name", "gh-12", "gh-&#8203;12"],
    ["a merge request", "!12", "!&#8203;12"],
    ["nothing of the kind", "10 @ 5 # a: b/c! v2.www", "10 @ 5 \\# a: b/c! v2.www"],
  ])("keeps %s in a name from linking or notifying", (_what, name, shown) => {
    const { decision, policy } = example({ records: 4000 });
    const renamed = { ...decision, comparisons: decision.comparisons.map((one) => ({ ...one, treatment: name })) };
    expect(renderMarkdown(buildReport(renamed, { ...policy, treatments: [name] }))).toContain(` ${shown}: `);
  });

  it("escapes what Markdown and HTML would act upon", () => {
    const { decision, policy } = (awkward["markup in names"] as () => ReturnType<typeof example>)();
    const text = renderMarkdown(buildReport(decision, policy));
    expect(text).not.toMatch(/<script|<b>/u);
    expect(text).toContain('&lt;script&gt;alert("x")&lt;/script&gt;&amp;amp;');
  });

  it("keeps a name with a bar and a line break in its cell", () => {
    const { decision, policy } = example({ records: 2000, control: "a|b\nc" });
    for (const line of renderMarkdown(buildReport(decision, policy))
      .split("\n")
      .filter((one) => one.startsWith("|"))) {
      expect(line.replaceAll("\\|", "").match(/\|/gu)).toHaveLength(8);
    }
  });
});

describe("HTML report without drawings", () => {
  it("carries the specifications and their figures", async () => {
    const page = await renderHtml(example({ records: 4000 }));
    expect(page.match(/<script type="application\/json">/gu)).toHaveLength(7);
    for (const [, json] of page.matchAll(/<script type="application\/json">(.*?)<\/script>/gu))
      expect(JSON.parse(json as string)).toHaveProperty("$schema");
    expect(page.match(/<details open>/gu)).toHaveLength(7);
  });

  it("names the hash of its own style sheet", () => {
    expect(createHash("sha256").update(reportStyle).digest("base64")).toBe(reportStyleHash);
  });

  it("shows markup in names and runs none", async () => {
    const page = await renderHtml((awkward["markup in names"] as () => ReturnType<typeof example>)());
    expect(page).not.toMatch(/<script>|<b>v1/u);
    expect(page).toContain("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;amp;");
  });
});
