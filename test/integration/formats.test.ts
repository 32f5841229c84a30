import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { tableFromArrays, tableToIPC } from "@uwdata/flechette";
import { describe, expect, it } from "vitest";
import { readFile } from "../../src/node/read/read-file.ts";
import { mappingPresets } from "../../src/records/mapping/mapping-presets.ts";
import { mergeQuality } from "../../src/records/quality.ts";
import { runDuckDb } from "../helpers/run-duckdb.ts";
import { emptyQuality, type FieldMapping } from "./formats.ts";
import { expectedCounts, mappingOf } from "./formats.ts";
import { sharedData } from "./shared-data.ts";

async function qualityOf(path: string, mapping: FieldMapping) {
  let quality = emptyQuality;
  for await (const batch of readFile(path, mapping)) quality = mergeQuality(quality, batch.quality);
  return quality;
}

describe("files that tools left behind", () => {
  it.each(Object.entries(expectedCounts))("%s gives the counts its source states", async (name, expected) => {
    const path = sharedData(name);
    if (path === undefined) return;
    expect(await qualityOf(path, mappingOf(name))).toMatchObject(expected);
  });

  it("give the same counts in Deno, where they are text", () => {
    const names = Object.keys(expectedCounts).filter((name) => sharedData(name) !== undefined);
    if (names.length === 0) return;
    const files = Object.fromEntries(names.map((name) => [name, sharedData(name)]));
    const { stdout, stderr } = spawnSync(
      "npx",
      [
        "deno",
        "run",
        "--allow-read",
        "--node-modules-dir=manual",
        "--sloppy-imports",
        resolve(import.meta.dirname, "formats-deno.ts"),
        JSON.stringify(files),
      ],
      { encoding: "utf8" },
    );
    expect(stdout, stderr).not.toBe("");
    const counts = JSON.parse(stdout) as Record<string, object>;
    for (const name of names) expect(counts[name], name).toMatchObject(expectedCounts[name] as object);
  });
});

describe("Parquet and Arrow", () => {
  it("give the rows of the NDJSON they were made of, and name a missing column and a damaged file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "assay-"));
    try {
      const [ndjson, parquet, arrow] = ["log.ndjson", "log.parquet", "log.arrow"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      const rows = Array.from({ length: 40_000 }, (_, i) => ({
        version: i % 2 === 0 ? "v1" : "v2",
        at: 1_767_571_200_000 + i,
        user: `u${i % 50}`,
        ok: i % 9 > 0,
        ms: i / 7,
      }));
      writeFileSync(ndjson, rows.map((row) => JSON.stringify(row)).join("\n"));
      await runDuckDb(`COPY (SELECT * FROM read_json('${ndjson}')) TO '${parquet}' (FORMAT parquet, COMPRESSION zstd)`);
      const columns = Object.fromEntries(
        Object.keys(rows[0] as object).map((key) => [key, rows.map((row) => row[key as keyof typeof row])]),
      );
      writeFileSync(arrow, tableToIPC(tableFromArrays(columns as never), { format: "file" }) as Uint8Array);
      const mapping = { fields: { arm: "version", timestamp: "at", unit: "user", success: "ok", latencyMs: "ms" } };
      const read = async (path: string): Promise<unknown[]> => {
        const all: unknown[] = [];
        for await (const { arm, unit, timestamp, numbers, length } of readFile(path, mapping)) {
          for (let row = 0; row < length; row++)
            all.push([
              arm.values[arm.codes[row] as number],
              unit?.values[unit.codes[row] as number],
              timestamp?.[row],
              numbers["success"]?.[row],
              numbers["latencyMs"]?.[row],
            ]);
        }
        return all;
      };
      const expected = await read(ndjson);
      expect(expected.length).toBe(rows.length);
      expect(await read(parquet)).toEqual(expected);
      expect(await read(arrow)).toEqual(expected);
      await expect(qualityOf(parquet, { fields: { arm: "model" } })).rejects.toThrow(
        /arm must be mapped to one of the columns "version", "at", "user", "ok", "ms"/u,
      );
      copyFileSync(parquet, `${parquet}.cut`);
      writeFileSync(`${parquet}.cut`, "PAR1 and then nothing of the kind");
      await expect(qualityOf(`${parquet}.cut`, mapping)).rejects.toThrow(/an intact Parquet file/u);
      expect(mappingPresets.gateway.fields["arm"]).toBe("version");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
