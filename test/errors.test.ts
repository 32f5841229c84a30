import { describe, expect, it } from "vitest";
import { AssayError, DatabaseError, PolicyError, RecordsError } from "../src/errors.ts";
import { InterruptedError } from "../src/node/jobs/interrupted-error.ts";
import { decodeSummary } from "../src/summary/decode.ts";

const cause = new Error("the disk is gone");

describe("AssayError", () => {
  it("keeps its cause, and so does each of its kinds", () => {
    const details = { code: "some-code", engine: "duckdb" };
    for (const Kind of [AssayError, PolicyError, RecordsError, DatabaseError])
      expect(new Kind("Cannot go on", details, { cause }).cause).toBe(cause);
  });

  it("has no cause when none is given", () => {
    expect("cause" in new AssayError("Cannot go on", { code: "some-code" })).toBe(false);
  });

  it("is thrown with the error that led to it", () => {
    let thrown: unknown;
    try {
      decodeSummary("{");
    } catch (error) {
      thrown = error;
    }
    expect((thrown as AssayError).code).toBe("summary-not-json");
    expect((thrown as AssayError).cause).toBeInstanceOf(SyntaxError);
  });
});

describe("InterruptedError", () => {
  it("has a name of its own and stays an error about records", () => {
    const error = new InterruptedError("Cannot finish the job: it was interrupted", { code: "interrupted" });
    expect(error.name).toBe("InterruptedError");
    expect(error).toBeInstanceOf(RecordsError);
  });
});
