import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import { join, resolve } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serveDashboard } from "../../examples/dashboard/serve.ts";
import { parsePolicy } from "../../src/index.ts";
import { exampleRecords } from "../report/example.ts";
import { axeViolations, launch, missingChromium, overflow, watchedPage } from "./chromium.ts";

const root = resolve(import.meta.dirname, "../..");
const built = existsSync(join(root, "dist/browser.js")) && existsSync(join(root, "dist/element.js"));
if (!built) console.log("dashboard skipped: run npm run build first");
const policy = JSON.parse(readFileSync(join(root, "examples/dashboard/policy.json"), "utf8")) as unknown;

it("the dashboard's policy is complete and valid", () => {
  expect(parsePolicy(policy)).toEqual(policy);
});

describe.skipIf(missingChromium !== undefined || !built)("dashboard in Chromium", () => {
  let browser: Browser;
  let url: string;
  let server: Server;
  beforeAll(async () => {
    browser = await launch();
    ({ url, server } = await serveDashboard());
  });
  afterAll(async () => {
    await browser.close();
    server.close();
    server.closeAllConnections();
  });

  const verdict = (page: Page): Promise<string | null> => page.locator("assay-report h2").first().textContent();
  const statusBegins = (page: Page, text: string): Promise<unknown> =>
    page.waitForFunction((begin) => document.getElementById("status")?.textContent?.startsWith(begin) === true, text, {
      timeout: 90_000,
    });

  const views = [
    { width: 1280, colorScheme: "light" },
    { width: 390, colorScheme: "dark" },
  ] as const;
  it.each(views)("streams records to a verdict at $width pixels in $colorScheme", async ({ width, colorScheme }) => {
    const { page, complaints } = await watchedPage(browser, { width, colorScheme }, url);
    await page.goto(`${url}?count=60000`);
    expect(await verdict(page)).toBe("No data yet");
    await page.click("#start");
    await statusBegins(page, "Read 60,000 records");
    await page.waitForFunction(
      () => document.querySelector("assay-report")?.shadowRoot?.querySelector(".verdict.rollback") !== null,
    );
    expect(await page.locator("assay-report svg.sequence").count()).toBe(2);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await page.close();
    const context = await browser.newContext({ bypassCSP: true, viewport: { width, height: 900 }, colorScheme });
    const checked = await context.newPage();
    await checked.goto(`${url}?count=20000`);
    await checked.click("#start");
    await statusBegins(checked, "Read 20,000 records");
    expect(await axeViolations(checked)).toEqual([]);
    await context.close();
  });

  it("takes 400,000 records in many updates without a long pause of the page", async () => {
    const { page, complaints } = await watchedPage(browser, { width: 1280, colorScheme: "light" }, url);
    await page.goto(`${url}?count=400000`);
    await page.click("#start");
    await statusBegins(page, "Read 400,000 records");
    console.log(
      `dashboard, 400,000 records: ${await page.locator("#status").textContent()} ` +
        `${(await page.locator("#figures div").allTextContents()).join("; ")}`,
    );
    expect(await verdict(page)).toContain("ROLL BACK v2");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("follows an experiment on the emulator by server-sent events", async () => {
    const { page, complaints } = await watchedPage(browser, { width: 390, colorScheme: "dark" }, url);
    await page.goto(url);
    await page.click("#follow");
    await statusBegins(page, "Read 199,912 records");
    console.log(
      `dashboard, an experiment of 24 hours: ${await page.locator("#status").textContent()} ` +
        `${(await page.locator("#figures div").allTextContents()).join("; ")}`,
    );
    await page.waitForFunction(
      () => document.querySelector("assay-report")?.shadowRoot?.querySelector(".verdict.rollback") !== null,
    );
    expect(await verdict(page)).toContain("ROLL BACK treatment");
    expect(await page.locator("assay-report svg.sequence").count()).toBe(2);
    expect(await overflow(page)).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("does what was asked for before its policy had come", async () => {
    const { page, complaints } = await watchedPage(browser, { width: 1280, colorScheme: "light" }, url);
    let release = (): void => undefined;
    const asked = new Promise<void>((go) => (release = go));
    await page.route("**/policy.json", (route) => void asked.then(() => route.continue()));
    await page.goto(`${url}?count=20000`);
    await page.click("#start");
    release();
    await statusBegins(page, "Read 20,000 records");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("says so when the stream of an experiment breaks", async () => {
    const { page } = await watchedPage(browser, { width: 1280, colorScheme: "light" }, url);
    await page.route("**/results", (route) => route.abort());
    await page.goto(url);
    await page.click("#follow");
    await page.waitForSelector("#status.error");
    expect(await page.locator("#status").textContent()).toMatch(/Cannot follow results: the connection/u);
    await page.close();
  });

  const csv = [...exampleRecords({ records: 8000, slow: 0.3 })].map(
    ({ arm, timestamp, success, latencyMs }) => `${arm},${timestamp},${success},${latencyMs}`,
  );
  const files: [string, string, string, RegExp][] = [
    [
      "NDJSON",
      "log.ndjson",
      [...exampleRecords({ records: 8000, slow: 0.3 })].map((record) => JSON.stringify(record)).join("\n"),
      /ROLL BACK v2/u,
    ],
    ["CSV", "log.csv", ["arm,timestamp,success,latencyMs", ...csv].join("\n"), /ROLL BACK v2/u],
  ];
  it.each(files)("reads a dropped %s file", async (_kind, name, text, expected) => {
    const { page, complaints } = await watchedPage(browser, { width: 1280, colorScheme: "light" }, url);
    await page.goto(url);
    await page.setInputFiles("#file", { name, mimeType: "text/plain", buffer: Buffer.from(text) });
    await statusBegins(page, "Read 8,000 records");
    await expect.poll(() => verdict(page)).toMatch(expected);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("judges by a dropped policy whose methods are loaded when they are wanted", async () => {
    const { page, complaints } = await watchedPage(browser, { width: 1280, colorScheme: "light" }, url);
    await page.goto(url);
    const exact = { ...(policy as object), guarantee: "exact" };
    await page.setInputFiles("#file", {
      name: "policy.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(exact)),
    });
    await statusBegins(page, "Policy in use: v1 against v2");
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
    await page.setInputFiles("#file", {
      name: "log.ndjson",
      mimeType: "text/plain",
      buffer: Buffer.from((files[0] as (typeof files)[number])[2]),
    });
    await statusBegins(page, "Read 8,000 records");
    await expect.poll(() => verdict(page)).toMatch(/v2/u);
    expect(loaded.filter((path) => path.includes("all-features"))).toHaveLength(1);
    expect(complaints).toEqual([]);
    await page.close();
  });

  const broken: [string, string, string, RegExp][] = [
    [
      "records without the policy's arms",
      "log.ndjson",
      `{"arm":"other","success":true,"latencyMs":1}`,
      /hold no request of one of the policy's arms/u,
    ],
    ["an empty file", "log.ndjson", "", /./u],
    ["a policy that is none", "policy.json", `{"control":"v1"}`, /Cannot use the policy/u],
  ];
  it.each(broken)("says what is wrong with %s", async (_what, name, text, message) => {
    const { page } = await watchedPage(browser, { width: 1280, colorScheme: "light" }, url);
    await page.goto(url);
    await page.setInputFiles("#file", { name, mimeType: "text/plain", buffer: Buffer.from(text) });
    await page.waitForSelector("#status.error");
    expect(await page.locator("#status").textContent()).toMatch(message);
    await page.close();
  });

  it("prints how long the first report takes", async () => {
    const { page, complaints } = await watchedPage(browser, { width: 1280, colorScheme: "light" }, url);
    await page.goto(`${url}bench.html?paced`);
    await page.waitForSelector("body[data-ready]");
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Performance.enable", { timeDomain: "threadTicks" });
    const threadMs = async (): Promise<number> =>
      1000 *
      ((await devtools.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration")?.value ??
        Number.NaN);
    const before = await threadMs();
    await page.evaluate(() => dispatchEvent(new Event("turn")));
    await page.waitForSelector("body[data-first]");
    const spent = (await threadMs()) - before;
    await page.evaluate(() => dispatchEvent(new Event("turn")));
    await page.waitForSelector("body[data-median]", { timeout: 60_000 });
    console.log(
      `${await page.locator("#status").textContent()}; the first took ${spent.toFixed(1)} ms of the page's thread`,
    );
    expect(spent).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
