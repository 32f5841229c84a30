import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AssayError } from "../../src/index.ts";
import { summarizeFiles } from "../../src/node/index.ts";
import { inFolder, mapping, plan, sampleLines } from "./sample-log.ts";

const changes = Number(process.env["ASSAY_CHANGES"] ?? 200);

describe("a state file", () => {
  it("is refused after any change of a bit or a digit, with an error that names it", async () => {
    await inFolder(async (path) => {
      const [log, state] = [path("a.ndjson"), path("state")];
      writeFileSync(log, `${sampleLines(60).join("\n")}\n`);
      await summarizeFiles([log], plan, mapping, { state });
      const good = readFileSync(state);
      const attempt = async (bytes: Uint8Array): Promise<unknown> => {
        writeFileSync(state, bytes);
        return summarizeFiles([], plan, mapping, { state }).catch((error: unknown) => error);
      };
      const digits = [...good.keys()].filter((at) => /[0-9]/u.test(String.fromCharCode(good[at] as number)));
      let silent = 0;
      for (let i = 1; i <= changes; i++) {
        const flipped = Uint8Array.from(good);
        // The line feed at the end may become anything else that JSON passes over.
        const bit = (i * 2_654_435_761) % (8 * (good.length - 1));
        flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
        const changed = Uint8Array.from(good);
        const at = digits[(i * 40_503) % digits.length] as number;
        changed[at] = 48 + (((changed[at] as number) - 48 + 1 + (i % 9)) % 10);
        for (const bytes of [flipped, changed]) {
          const outcome = await attempt(bytes);
          if (!(outcome instanceof AssayError) || outcome.code !== "state-unusable") silent++;
        }
      }
      console.log(`${2 * changes} changes, ${silent} silent or without a name`);
      expect(silent).toBe(0);
      expect(await attempt(good)).not.toBeInstanceOf(Error);
    });
  });

  it("of version 1 is read with a warning, and written anew", async () => {
    await inFolder(async (path) => {
      const [log, state] = [path("a.ndjson"), path("state")];
      const lines = sampleLines(300);
      writeFileSync(log, `${lines.slice(0, 200).join("\n")}\n`);
      const before = await summarizeFiles([log], plan, mapping, { state });
      const sealed = JSON.parse(readFileSync(state, "utf8")) as {
        files: { file: string; bytes: number; mark: { head: unknown } }[];
        checksum?: string;
      };
      const { checksum: _checksum, files, ...rest } = sealed;
      const old = files.map(({ mark, ...file }) => {
        const { disk: _disk, compressed: _compressed, renamed: _renamed, ...kept } = file as Record<string, unknown>;
        return { ...kept, head: mark.head };
      });
      writeFileSync(state, JSON.stringify({ ...rest, specVersion: 1, files: old }).replace(/,"checksum":"[^"]*"/u, ""));
      const text = readFileSync(state, "utf8").replace(
        /"kind":"assay-summary","specVersion":2/u,
        '"kind":"assay-summary","specVersion":1',
      );
      writeFileSync(state, text);
      writeFileSync(log, `${lines.join("\n")}\n`);
      const warnings: string[] = [];
      const onWarning = (warning: string): void => void warnings.push(warning);
      const after = await summarizeFiles([log], plan, mapping, { state, onWarning });
      expect(warnings.join()).toContain("of version 1, without a checksum");
      expect(after.quality.records.rows).toBeGreaterThan(before.quality.records.rows);
      expect(after.quality.records).toEqual((await summarizeFiles([log], plan, mapping)).quality.records);
      expect(readFileSync(state, "utf8")).toContain('"specVersion":2');
    });
  });
});

describe("a quarantine file", () => {
  it("that was emptied between two runs is refused, and not filled with zeros", async () => {
    await inFolder(async (path) => {
      const [log, state, quarantine] = [path("a.ndjson"), path("state"), path("q")];
      writeFileSync(log, `${sampleLines(1000).join("\n")}\n`);
      await summarizeFiles([log], plan, mapping, { state, quarantine });
      expect(readFileSync(quarantine).length).toBeGreaterThan(0);
      truncateSync(quarantine);
      await expect(summarizeFiles([log], plan, mapping, { state, quarantine })).rejects.toThrow(/has 0 bytes/u);
      expect(readFileSync(quarantine).length).toBe(0);
    });
  });

  it("of an earlier run stays when the sources can't be read", async () => {
    await inFolder(async (path) => {
      writeFileSync(path("q"), "earlier\n");
      await expect(summarizeFiles([path("none")], plan, mapping, { quarantine: path("q") })).rejects.toThrow();
      expect(readFileSync(path("q"), "utf8")).toBe("earlier\n");
    });
  });
});
