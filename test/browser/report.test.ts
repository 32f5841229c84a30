import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import * as vega from "vega";
import * as vegaLite from "vega-lite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ChartRenderer, renderHtml } from "../../src/report/index.ts";
import { awkward } from "../report/awkward.ts";
import { type Example, example } from "../report/example.ts";
import { axeViolations, launch, missingChromium, overflow, watchedPage } from "./chromium.ts";

const renderer = { vega, vegaLite } as unknown as ChartRenderer;
const screenshots = process.env["SCREENSHOTS"];

describe.skipIf(missingChromium !== undefined)("HTML report in Chromium", () => {
  let browser: Browser;
  let folder: string;

  beforeAll(async () => {
    browser = await launch();
    folder = await mkdtemp(join(tmpdir(), "assay-report-"));
    if (screenshots !== undefined) await mkdir(screenshots, { recursive: true });
  });
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  const written = new Set<string>();
  /** The address of a report, written when it is first asked for. */
  async function pageOf(name: string, make: () => Example, drawn: boolean): Promise<string> {
    const file = join(folder, `${name.replace(/\W+/gu, "-")}-${drawn ? "drawn" : "tables"}.html`);
    if (!written.has(file)) await writeFile(file, await renderHtml(make(), drawn ? { renderer } : {}));
    written.add(file);
    return pathToFileURL(file).href;
  }

  const rollback = (): Example => example({ records: 12_000 });
  const views = [1280, 390].flatMap((width) =>
    (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
  );
  // Both widths and both schemes, without their products.
  const corners = [views[0], views[3]] as typeof views;
  const cases: [string, () => Example, typeof views][] = [
    ["rollback", rollback, views],
    ["three arms", () => example({ treatments: ["v2", "v3"], records: 12_000, hours: 6 }), corners],
    ...Object.entries(awkward).map(([name, make], index): [string, () => Example, typeof views] => [
      name,
      make,
      process.env["SCREENSHOTS"] === undefined ? [views[index % views.length] as (typeof views)[number]] : views,
    ]),
  ];

  it.each(cases)("%s: no complaint, no overflow, every chart to be seen", async (name, make, shown) => {
    const url = await pageOf(name, make, true);
    const { page, complaints } = await watchedPage(browser, shown[0] as (typeof views)[number], url);
    await page.goto(url);
    // Loaded once: the page's style follows the width of the window and the color scheme.
    for (const { width, colorScheme } of shown) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      if (screenshots !== undefined)
        await page.screenshot({
          path: join(screenshots, `report-${name.replace(/\W+/gu, "-")}-${width}-${colorScheme}.png`),
          fullPage: true,
        });
      expect(await overflow(page), `${width} ${colorScheme}`).toBeLessThanOrEqual(0);
      expect(await page.locator(".chart svg:visible").count()).toBe(await page.locator("figure").count());
    }
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each([
    ["the report", rollback, true],
    ["the report as tables", rollback, false],
    ["markup in names", awkward["markup in names"] as () => Example, true],
  ] as const)("axe finds nothing in %s", async (name, make, drawn) => {
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await page.goto(await pageOf(name === "markup in names" ? name : "rollback", make, drawn));
    for (const { width, colorScheme } of corners) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page), `${width} ${colorScheme}`).toEqual([]);
    }
    await context.close();
  });

  it("axe would find a violation", async () => {
    const context = await browser.newContext({ bypassCSP: true });
    const page = await context.newPage();
    await page.goto(await pageOf("rollback", rollback, false));
    await page.evaluate(() => document.querySelector("html")?.removeAttribute("lang"));
    expect((await axeViolations(page)).join()).toContain("html-has-lang");
    await context.close();
  });

  it("the page's policy stops a script and a request that were planted", async () => {
    const url = await pageOf("rollback", rollback, false);
    const { page, complaints } = await watchedPage(browser, { width: 1280, colorScheme: "light" }, url);
    await page.goto(url);
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "document.title = 'ran'";
      document.body.append(script, Object.assign(new Image(), { src: "https://example.invalid/x.png" }));
    });
    expect(await page.title()).not.toBe("ran");
    expect(complaints.filter((complaint) => complaint.includes("Content Security Policy")).length).toBe(2);
    await page.close();
  });

  it("prints on paper in the light theme with its wide charts", async () => {
    const url = await pageOf("rollback", rollback, true);
    const { page } = await watchedPage(browser, { width: 390, colorScheme: "dark" }, url);
    await page.goto(url);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    expect(await page.locator(".wide svg:visible").count()).toBe(await page.locator("figure").count());
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe("rgb(255, 255, 255)");
    await page.close();
  });
});
