/**
 * How often does following a rotated log lose a row, or count one twice? Runs random schedules and prints the outcomes.
 *
 * Run by `npm run rotations [schedules] [first seed]`.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { runRotation } from "./files/rotation.ts";

const schedules = Number(process.argv[2] ?? 10_000);
const first = Number(process.argv[3] ?? 1);
const outcomes: Record<string, number> = {};
const folder = mkdtempSync(join(tmpdir(), "assay-rotations-"));
try {
  for (let seed = first; seed < first + schedules; seed++) {
    const own = join(folder, String(seed));
    mkdirSync(own);
    const outcome = await runRotation(own, seed).catch((error: Error) => {
      console.error(error.message);
      return { kind: "lost-or-twice" } as const;
    });
    const kind = outcome.kind === "named-error" ? `named-error ${outcome.code}` : outcome.kind;
    outcomes[kind] = (outcomes[kind] ?? 0) + 1;
    rmSync(own, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${schedules} schedules: ${JSON.stringify(outcomes)}`);
process.exitCode = outcomes["lost-or-twice"] === undefined ? 0 : 1;
