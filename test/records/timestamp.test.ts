import { describe, expect, it } from "vitest";
import { parseTimestamp } from "../../src/records/timestamp.ts";

const instant = Date.UTC(2026, 0, 5, 12, 30, 15, 250);

describe("parseTimestamp", () => {
  it.each([
    ["2026-01-05T12:30:15.250Z", 1],
    ["2026-01-05T13:30:15.250+01:00", 1],
    ["2026-01-05 12:30:15.250", 1],
    ["2026-01-05T12:30:15.250", 1],
    ["2026-01-05T12:30:15,250Z", 1],
    ["2026-01-05T14:30:15.250+02", 1],
    ["2026-01-05 12:30:15.250 UTC", 1],
    ["2026/01/05 12:30:15.250", 1],
    ["[05/Jan/2026:05:30:15.250 -0700]", 1],
    [instant, 1],
    [String(instant), 1],
    [instant / 1000, 1000],
    [instant * 1000, 1e-3],
    [new Date(instant), 1],
  ])("reads %j", (raw, factor) => {
    expect(parseTimestamp(raw, factor)).toBe(instant);
  });

  it("takes a date for midnight UTC", () => {
    expect(parseTimestamp("2026-01-05")).toBe(Date.UTC(2026, 0, 5));
  });

  it.each([
    instant / 1000,
    instant * 1000,
    "07/02/2023, 21:28:40",
    "",
    "yesterday",
    null,
    undefined,
    true,
    "2026-13-45T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-02-29",
    "2026-04-31 10:00:00",
    "1900-02-29T00:00:00Z",
    "2026-01-05T24:00:00Z",
    "2026-01-05T12:30:15+24:00",
    "2026/01-05 12:30:15",
    "[31/Feb/2026:13:55:36 -0700]",
  ])("does not guess at %j", (raw) => {
    expect(parseTimestamp(raw)).toBeNaN();
  });
});
