import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { RecordsError } from "../errors.ts";
import type { RangeResult, RangeTask } from "./range-summary.ts";
import type { WorkerAnswer } from "./worker.ts";

/** Workers that summarize ranges. */
export interface WorkerPool {
  /** Waits for a free worker. */
  run(task: RangeTask): Promise<RangeResult>;
  close(): Promise<void>;
}

/** Starts so many workers. */
export function startWorkers(count: number): WorkerPool {
  const script = workerScript();
  const workers = Array.from({ length: count }, () => new Worker(script));
  const free = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];
  const release = (worker: Worker): void => {
    const next = waiting.shift();
    if (next === undefined) free.push(worker);
    else next(worker);
  };
  return {
    run: async (task) => {
      const worker = free.pop() ?? (await new Promise<Worker>((resolve) => waiting.push(resolve)));
      try {
        return await ask(worker, task);
      } finally {
        release(worker);
      }
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

function ask(worker: Worker, task: RangeTask): Promise<RangeResult> {
  return new Promise((resolve, reject) => {
    const settle = (action: () => void): void => {
      worker.removeAllListeners("message");
      worker.removeAllListeners("error");
      action();
    };
    worker.once("error", (error) => settle(() => reject(error)));
    worker.once("message", (answer: WorkerAnswer) =>
      settle(() => {
        if ("result" in answer) resolve(answer.result);
        else if ("refused" in answer) reject(Object.assign(new RecordsError(answer.refused.message, { ...answer.refused, fix: undefined })));
        else reject(new Error(answer.failed));
      }),
    );
    worker.postMessage(task);
  });
}

/** The worker's script: in the folder `node` of the built package, whose shared parts lie one folder above; beside this file in the sources, run by tsx. */
function workerScript(): URL {
  const candidates = ["./worker.ts", "./worker.js", "./node/worker.js"].map((path) => new URL(path, import.meta.url));
  const found = candidates.find((url) => existsSync(fileURLToPath(url)));
  if (found === undefined) throw new Error("the worker's script is missing from the package");
  if (!found.pathname.endsWith(".ts")) return found;
  const loader = new URL("dist/esm/api/index.mjs", pathToFileURL(createRequire(import.meta.url).resolve("tsx/package.json"))).href;
  const [api, script] = [JSON.stringify(loader), JSON.stringify(found.href)];
  return new URL(`data:text/javascript,${encodeURIComponent(`import { tsImport } from ${api}; await tsImport(${script}, ${script});`)}`);
}
