import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exitCodes } from "../../src/cli/cli-context.ts";
import { runCommandLine } from "../../src/cli/run.ts";
import { decodeSummary } from "../../src/summary/decode.ts";
import { runDuckDb } from "../helpers/run-duckdb.ts";
import { inFolder } from "../node/sample-log.ts";

describe("--engine", () => {
  it("gives the same counts by DuckDB and by the own readers; auto takes DuckDB for Parquet", async () => {
    await inFolder(async (path) => {
      const [log, parquet] = [path("log.ndjson"), path("log.parquet")];
      writeFileSync(
        log,
        Array.from({ length: 4000 }, (_, i) =>
          JSON.stringify({
            arm: `v${1 + (i % 2)}`,
            timestamp: 1_767_571_200_000 + i * 1000,
            success: i % 50 > 0,
            latencyMs: 100 + (i % 977),
          }),
        ).join("\n"),
      );
      await runDuckDb(`COPY (SELECT * FROM read_json('${log}')) TO '${parquet}' (FORMAT parquet)`);
      let err = "";
      const run = async (file: string, engine: string, ...more: string[]): Promise<string | number> => {
        let out = "";
        const code = await runCommandLine(
          ["summarize", file, "--control", "v1", "--treatment", "v2", "--engine", engine, ...more],
          {
            stdout: { write: (text) => void (out += text), isTTY: false, columns: 80 },
            stderr: { write: (text) => void (err += text), isTTY: false, columns: 80 },
          },
        );
        return code === 0
          ? JSON.stringify(
              decodeSummary(out).cells.map(({ period, arm, records, statistics }) => [
                period,
                arm,
                records,
                statistics[0],
                statistics[1]?.kind === "sketch" ? statistics[1].sketch.bins() : null,
              ]),
            )
          : code;
      };
      const own = await run(log, "js");
      expect(typeof own, err).toBe("string");
      for (const [file, engine] of [
        [parquet, "js"],
        [parquet, "auto"],
        [parquet, "duckdb"],
        [log, "duckdb"],
        [log, "auto"],
      ] as const)
        expect(await run(file, engine), `${engine} ${err}`).toBe(own);
      expect(await run(log, "duckdb", "--state", path("state"))).toBe(exitCodes.usage);
      expect(err).toMatch(/--state needs --engine js/u);
    });
  });
});
