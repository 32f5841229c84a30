import { describe, expect, it } from "vitest";
import { decodePulled, encodePulled, pullExperiment, readResults } from "../../src/api/index.ts";
import type { ExperimentsClient } from "../../src/api/index.ts";
import { hourMs, stage, start } from "./stage.ts";

describe("pullExperiment", () => {
  it("takes closed hours, each once, and asks for new ones only", async () => {
    const { client, id, asked, pass, emulator } = await stage({ hoursPerPage: 4 });
    pass(10.5);
    const first = await pullExperiment(client, id);
    expect(first.hours).toHaveLength(10);
    expect(first.asOf).toBe(new Date(start + 10.5 * hourMs).toISOString());
    pass(3);
    asked.length = 0;
    const second = await pullExperiment(client, id, decodePulled(encodePulled(first)));
    expect(second.hours).toHaveLength(13);
    expect(second.hours.slice(0, 10)).toEqual(first.hours);
    expect(asked[0]).toBe(`GET /experiments/${id}/results?granularity=hourly&from=2026-01-05T10%3A00%3A00.000Z`);
    expect(asked).toHaveLength(2);
    const truth = emulator
      .inspect(id)
      ?.hours.slice(0, 13)
      .map(({ startMs, control }) => [startMs, control.requests]);
    expect(second.hours.map(({ hour, control }) => [Date.parse(hour), control.request_count])).toEqual(truth);
  });
  it("takes no hour twice from a server that always sends the whole series", async () => {
    const { client, id, pass } = await stage();
    const simple: ExperimentsClient = {
      ...client,
      getResults: async (id, query) => client.getResults(id, { ...query, from: "2026-01-01T00:00:00Z" }),
    };
    pass(3);
    const first = await pullExperiment(simple, id);
    pass(2);
    const second = await pullExperiment(simple, id, first);
    expect(second.hours.map(({ hour }) => new Date(hour).getUTCHours())).toEqual([0, 1, 2, 3, 4]);
  });
  it("pulls nothing new when nothing is new", async () => {
    const { client, id, pass } = await stage();
    pass(2);
    const first = await pullExperiment(client, id);
    expect(await pullExperiment(client, id, first)).toEqual(first);
  });
  it("reads everything anew when hours were corrected afterwards", async () => {
    const { client, id, pass, emulator } = await stage({ scenario: null });
    emulator.record(id, "control", start + 1, { success: true, latencyMs: 5, satisfaction: undefined });
    pass(2);
    const first = await pullExperiment(client, id);
    emulator.record(id, "control", start + 2, { success: false, latencyMs: 5, satisfaction: undefined });
    pass(1);
    const second = await pullExperiment(client, id, first);
    expect(second.hours.map(({ control }) => control.request_count)).toEqual([2, 0, 0]);
  });
  it("refuses another experiment's pull", async () => {
    const { client, id, pass } = await stage();
    pass(1);
    const first = await pullExperiment(client, id);
    await expect(pullExperiment(client, "exp_0007", first)).rejects.toMatchObject({ code: "other-experiment" });
  });
  it("holds totals alone where there is no series", async () => {
    const { client, id, pass } = await stage({ detail: "rates" });
    pass(1);
    expect(await pullExperiment(client, id)).toMatchObject({
      asOf: null,
      hours: [],
      totals: { control: { success_rate: expect.any(Number) as number } },
    });
  });
  it("refuses an answer older than the last", async () => {
    const { client, id, pass } = await stage();
    pass(2);
    const first = await pullExperiment(client, id);
    const later = { ...first, asOf: new Date(start + 9 * hourMs).toISOString() };
    await expect(pullExperiment(client, id, later)).rejects.toMatchObject({ code: "stale-results" });
  });
  it("stops at the caller's signal", async () => {
    const { client, id } = await stage();
    await expect(
      pullExperiment(client, id, undefined, { signal: AbortSignal.abort(new Error("stop")) }),
    ).rejects.toThrow("stop");
  });
});

describe("readResults", () => {
  it("starts again when the series grows between two pages", async () => {
    const { client, id, pass } = await stage({ hoursPerPage: 2 });
    pass(5);
    let pages = 0;
    const growing: ExperimentsClient = {
      ...client,
      getResults: async (...call) => {
        const page = await client.getResults(...call);
        if ((pages += 1) === 2) pass(1);
        return page;
      },
    };
    const results = await readResults(growing, id);
    expect(results.control.hourly).toHaveLength(6);
    expect(results.as_of).toBe(new Date(start + 6 * hourMs).toISOString());
  });
  it("gives up on pages that never agree, and on pages without end", async () => {
    const { client, id, pass } = await stage({ hoursPerPage: 2 });
    pass(5);
    const restless: ExperimentsClient = {
      ...client,
      getResults: async (...call) => {
        pass(0.1);
        return client.getResults(...call);
      },
    };
    await expect(readResults(restless, id)).rejects.toMatchObject({ code: "inconsistent-pages" });
    const circular: ExperimentsClient = {
      ...client,
      getResults: async () => ({ control: { success_rate: 1 }, treatment: { success_rate: 1 }, next_cursor: "again" }),
    };
    await expect(readResults(circular, id)).rejects.toMatchObject({ code: "endless-pages" });
  });
});

describe("the pulled file", () => {
  it.each([
    ["cut off", (text: string) => text.slice(0, -20), "invalid-json"],
    ["empty", () => "", "invalid-json"],
    ["of a newer version", (text: string) => text.replace('"specVersion":1', '"specVersion":2'), "newer-version"],
    ["something else", () => '{"kind":"assay-summary"}', "invalid-pulled-experiment"],
    [
      "with a count of text",
      (text: string) => text.replace(/"request_count":(\d+)/, '"request_count":"$1"'),
      "invalid-pulled-experiment",
    ],
  ])("is refused when %s", async (_, change, code) => {
    const { client, id, pass } = await stage();
    pass(2);
    const text = encodePulled(await pullExperiment(client, id));
    expect(decodePulled(text).hours).toHaveLength(2);
    expect(() => decodePulled(change(text))).toThrow(expect.objectContaining({ code }));
  });
});
