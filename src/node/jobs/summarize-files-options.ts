import type { OpenOptions } from "../read/open.ts";
import type { ReadProgress } from "../read/read-file.ts";

/** How files are summarized. */
export interface SummarizeFilesOptions extends OpenOptions {
  /**
   * Worker threads for large files of NDJSON; 1 reads in this thread. The summary is the same whatever their number.
   * Default 1.
   */
  readonly jobs?: number | undefined;
  /**
   * File that says how far the job has come, rewritten as it goes: a job with the same state goes on where it was
   * interrupted.
   */
  readonly state?: string | undefined;
  /** File that rejected rows are written to, one JSON object a line. */
  readonly quarantine?: string | undefined;
  /** Milliseconds between two writings of the state. Default 1000. */
  readonly checkpointMs?: number | undefined;
  /** Ends the job at the next line or part, with the state written. */
  readonly signal?: AbortSignal | undefined;
  /** Takes a last line without a line feed for one that is still being written, and leaves it for the next time. */
  readonly following?: boolean | undefined;
  /** Told what the user should know, in one sentence each. */
  readonly onWarning?: ((text: string) => void) | undefined;
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
}
