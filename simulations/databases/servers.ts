import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const scripts = import.meta.dirname;

/** Servers of one kind that the tests started. */
export interface Servers {
  readonly urls: readonly string[];
  pid(index: number): number;
  restart(index: number): void;
  stop(): void;
}

/** Starts servers; `null`, with the reason printed, where the engine is not installed. */
export function startServers(kind: "clickhouse" | "postgres", count: number): Servers | null {
  const parent = mkdtempSync(join(tmpdir(), `assay-${kind}-`));
  chmodSync(parent, 0o755);
  const dir = join(parent, "servers");
  const script = join(scripts, `${kind}.sh`);
  const started = spawnSync(script, ["start", dir, String(count)], {
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 120_000,
  });
  const stop = (): void => {
    if (existsSync(dir)) execFileSync(script, ["stop", dir], { stdio: "ignore" });
    rmSync(parent, { recursive: true, force: true });
  };
  if (started.status !== 0) {
    stop();
    if (started.status !== 3) throw new Error(`${kind} did not start: ${started.stderr}`);
    console.warn(`skipped: ${started.stderr.trim()}`);
    return null;
  }
  const read = (index: number, file: string): string => readFileSync(join(dir, String(index + 1), file), "utf8").trim();
  return {
    urls: Array.from({ length: count }, (_, index) => read(index, "url")),
    pid: (index) => Number(read(index, "pid")),
    restart: (index) => void execFileSync(script, ["restart", dir, String(index + 1)], { stdio: "ignore" }),
    stop,
  };
}
