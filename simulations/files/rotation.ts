import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { AssayError, type FieldMapping, type Plan, type Summary } from "../../src/index.ts";
import { type FilesJob, openFilesJob } from "../../src/node/index.ts";

/** What became of one schedule of writing, rotating and looking. */
export type RotationOutcome =
  { readonly kind: "each-row-once"; readonly rows: number } | { readonly kind: "named-error"; readonly code: string };

export const rotationPlan: Plan = {
  arms: ["v1", "v2"],
  start: null,
  end: null,
  periodMs: 3_600_000,
  epochStarts: [],
  segments: [],
  units: false,
  latencyOfFailures: "as-recorded",
  dependence: false,
  statistics: [{ kind: "moments", field: "latencyMs" }],
};
const mapping: FieldMapping = { fields: { arm: "arm", latencyMs: "latencyMs" } };

/** Numbers from 0 up to 1 that follow from a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b_79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Runs one random schedule of what happens to a log (append, a line in two parts, rename, copy and cut, gzip, delete,
 * a restart of the reader) in an empty folder, with a look in between, and compares what was counted with what was
 * written.
 *
 * @throws {Error} when a row was lost or counted twice without an error.
 */
export async function runRotation(folder: string, seed: number): Promise<RotationOutcome> {
  const draw = random(seed);
  const pick = (count: number): number => Math.floor(draw() * count);
  const path = (name: string): string => join(folder, name);
  const log = path("app.log");
  const state = path(".state");
  const done: string[] = [];
  let next = 1;
  let sum = 0;
  let pending = "";
  /** Files that a look of this process has seen, and so is kept open. */
  let seen = new Set<string>();
  let job: FilesJob | undefined;
  const open = async (): Promise<FilesJob> =>
    (job ??= await openFilesJob(rotationPlan, mapping, { state, following: true }));
  const look = async (): Promise<Summary> => {
    const files = (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();
    const opened = await open();
    await opened.readAll(files.map(path));
    await opened.save();
    seen = new Set(files.filter((name) => !name.endsWith(".gz")));
    return opened.summary();
  };
  const row = (): string => {
    const id = next++;
    sum += id;
    return `{"arm":"${id % 2 === 0 ? "v1" : "v2"}","latencyMs":${id},"pad":"${"x".repeat(pick(300))}"}\n`;
  };
  const finishLine = (): void => {
    if (pending !== "") appendFileSync(log, pending);
    pending = "";
  };
  const shift = (): void => {
    for (let i = 8; i >= 1; i--)
      for (const end of ["", ".gz"])
        if (existsSync(path(`app.log.${i}${end}`))) {
          renameSync(path(`app.log.${i}${end}`), path(`app.log.${i + 1}${end}`));
          if (seen.delete(`app.log.${i}${end}`)) seen.add(`app.log.${i + 1}${end}`);
        }
  };
  const actions: Readonly<Record<string, () => void | Promise<unknown>>> = {
    append: () => {
      finishLine();
      appendFileSync(log, Array.from({ length: 1 + pick(30) }, row).join(""));
    },
    half: () => {
      finishLine();
      const line = row();
      const cut = 1 + pick(line.length - 1);
      appendFileSync(log, line.slice(0, cut));
      pending = line.slice(cut);
    },
    rename: () => {
      finishLine();
      if (!existsSync(log)) return;
      shift();
      renameSync(log, path("app.log.1"));
      if (seen.delete("app.log")) seen.add("app.log.1");
      writeFileSync(log, "");
    },
    copytruncate: () => {
      finishLine();
      if (!existsSync(log)) return;
      shift();
      copyFileSync(log, path("app.log.1"));
      truncateSync(log, 0);
    },
    gzip: () => {
      const file = path(`app.log.${1 + pick(3)}`);
      if (!existsSync(file)) return;
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
      rmSync(file);
      seen.delete(basename(file));
    },
    remove: () => {
      // Of a file that no look has seen nobody can know; a compressed one was whole when it was seen.
      const names = [...seen].filter((name) => name !== "app.log" && existsSync(path(name)));
      const name = names[pick(names.length)];
      if (name !== undefined && seen.delete(name)) rmSync(path(name));
    },
    look,
    restart: async () => {
      await look();
      await job?.close();
      job = undefined;
      seen = new Set();
    },
  };
  const names = [
    "append",
    "append",
    "append",
    "half",
    "rename",
    "copytruncate",
    "gzip",
    "remove",
    "look",
    "look",
    "restart",
  ];
  try {
    actions["append"]?.();
    for (let step = 0; step < 25; step++) {
      const name = names[pick(names.length)] as string;
      done.push(name);
      await actions[name]?.();
    }
    finishLine();
    await look();
    const { cells, quality } = await look();
    const total = cells.reduce((all, { statistics: [one] }) => {
      if (one?.kind !== "moments") return Number.NaN;
      return all + one.moments.count * one.moments.mean;
    }, 0);
    if (quality.records.rows === next - 1 && Math.abs(total - sum) < 0.5)
      return { kind: "each-row-once", rows: next - 1 };
    throw new Error(
      `seed ${seed}: ${quality.records.rows} rows of ${next - 1} (sum ${total} of ${sum}, ` +
        `rejected ${JSON.stringify(quality.records.samples)}): ${done.join(" ")}`,
    );
  } catch (error) {
    if (error instanceof AssayError) return { kind: "named-error", code: error.code };
    throw error;
  } finally {
    await job?.close();
  }
}
