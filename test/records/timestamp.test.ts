import { describe, expect, it } from "vitest";
import { parseTimestamp } from "../../src/records/timestamp.ts";

const instant = Date.UTC(2026, 0, 5, 12, 30, 15, 250);

describe("parseTimestamp", () => {
  it.each([
    ["2026-01-05T12:30:15.250Z", 1],
    ["2026-01-05T13:30:15.250+01:00", 1],
    ["2026-01-05 12:30:15.250", 1],
    ["2026-01-05T12:30:15.250", 1],
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
  ])("does not guess at %j", (raw) => {
    expect(parseTimestamp(raw)).toBeNaN();
  });
});
