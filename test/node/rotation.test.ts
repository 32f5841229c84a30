import { mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runRotation } from "../../simulations/files/rotation.ts";
import { inFolder } from "./sample-log.ts";

const schedules = Number(process.env["ASSAY_ROTATIONS"] ?? 20);
const first = Number(process.env["ASSAY_FIRST"] ?? 1);

describe("following a log that is rotated", () => {
  it("counts each row once, or names an error, in random schedules", async () => {
    const outcomes: Record<string, number> = {};
    await inFolder(async (path) => {
      for (let seed = first; seed < first + schedules; seed++) {
        const folder = path(`s${seed}`);
        mkdirSync(folder);
        const outcome = await runRotation(folder, seed);
        const kind = outcome.kind === "named-error" ? outcome.code : outcome.kind;
        outcomes[kind] = (outcomes[kind] ?? 0) + 1;
      }
    });
    console.log(JSON.stringify(outcomes));
    expect(outcomes["each-row-once"] ?? 0).toBeGreaterThan(schedules / 2);
  });
});
