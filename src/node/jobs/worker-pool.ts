import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { RecordsError } from "../../errors.ts";
import { decodeSummary, withoutSources } from "../../summary/decode.ts";
import type { FileRange } from "../read/range.ts";
import type { Gathered, LocalPartReader, PartRead, PartSource } from "./part-reader.ts";
import type { WorkerAnswer, WorkerTask } from "./worker.ts";

/** Workers that read parts of files. */
export interface WorkerPool {
  /** Begins a file, by each worker; what was asked before must be answered. */
  open(source: PartSource): LocalPartReader[];
  close(): Promise<void>;
}

/** Starts `count` worker threads. */
export function startWorkers(count: number): WorkerPool {
  const script = workerScript();
  const workers = Array.from({ length: count }, () => new WorkerPartReader(new Worker(script)));
  return {
    open: (source) => {
      for (const worker of workers) worker.open(source);
      return workers;
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

interface Asked {
  readonly resolve: (answer: WorkerAnswer) => void;
  readonly reject: (error: Error) => void;
}

class WorkerPartReader implements LocalPartReader {
  readonly ahead: number = 2;
  readonly #worker: Worker;
  /** Those who wait, in the order of the answers. */
  readonly #asked: Asked[] = [];
  #broken: Error | undefined;

  constructor(worker: Worker) {
    this.#worker = worker;
    worker.on("message", (answer: WorkerAnswer) => this.#asked.shift()?.resolve(answer));
    worker.on("error", (error: Error) => {
      this.#broken = error;
      for (const { reject } of this.#asked.splice(0)) reject(error);
    });
  }

  open(source: PartSource): void {
    this.#worker.postMessage({ open: source } satisfies WorkerTask);
  }

  async read(part: number, range: FileRange): Promise<PartRead> {
    return ((await this.#ask({ read: range, part })) as { readonly read: PartRead }).read;
  }

  async gather(): Promise<Gathered> {
    const { gathered } = (await this.#ask({ gather: true })) as Extract<WorkerAnswer, { readonly gathered: unknown }>;
    return { ...gathered, summary: withoutSources(decodeSummary(gathered.summary)) };
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(task: WorkerTask): Promise<WorkerAnswer> {
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      if (this.#broken !== undefined) return reject(this.#broken);
      this.#asked.push({ resolve, reject });
      this.#worker.postMessage(task);
    });
    if ("refused" in answer) throw new RecordsError(answer.refused.message, { ...answer.refused, fix: undefined });
    if ("failed" in answer) throw new Error(answer.failed);
    return answer;
  }
}

/**
 * The worker's script: in the folder `node` of the built package, whose shared parts lie one folder above; beside this
 * file in the sources, run by tsx.
 */
function workerScript(): URL {
  const candidates = ["./worker.ts", "./worker.js", "./node/worker.js"].map((path) => new URL(path, import.meta.url));
  const found = candidates.find((url) => existsSync(fileURLToPath(url)));
  if (found === undefined) throw new Error("the worker's script is missing from the package");
  if (!found.pathname.endsWith(".ts")) return found;
  const loader = new URL(
    "dist/esm/api/index.mjs",
    pathToFileURL(createRequire(import.meta.url).resolve("tsx/package.json")),
  ).href;
  const [api, script] = [JSON.stringify(loader), JSON.stringify(found.href)];
  const source = `import { tsImport } from ${api}; await tsImport(${script}, ${script});`;
  return new URL(`data:text/javascript,${encodeURIComponent(source)}`);
}
