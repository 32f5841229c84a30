/** A request as its row tells it. */
interface Sample {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the rows of JMeter's CSV that are part of another one: the redirects and embedded resources of a request, which
 * JMeter names after it with a number (`home-0`, `home-1`), and the sum rows of transactions, whose requests have rows
 * of their own.
 *
 * A row counts as part of the row before it, of the same thread, when its name says so and it lies within that one's
 * time; so a request that only happens to end in a number is kept.
 */
export class JmeterSubSamples {
  readonly #columns: {
    readonly label: number;
    readonly thread: number;
    readonly start: number;
    readonly elapsed: number;
    readonly message: number;
  };
  /** The last whole request of each thread. */
  readonly #parents = new Map<string, Sample>();

  constructor(header: readonly string[]) {
    const at = (column: string): number => header.indexOf(column);
    this.#columns = {
      label: at("label"),
      thread: at("threadName"),
      start: at("timeStamp"),
      elapsed: at("elapsed"),
      message: at("responseMessage"),
    };
  }

  /** Whether a row is part of another one, or the sum of others. */
  leavesOut(row: readonly string[]): boolean {
    const { label, thread, start, elapsed, message } = this.#columns;
    if (row[message]?.startsWith("Number of samples in transaction") === true) return true;
    const name = row[label] ?? "";
    const begun = Number(row[start]);
    const sample: Sample = { label: name, start: begun, end: begun + Number(row[elapsed]) };
    const parent = this.#parents.get(row[thread] ?? "");
    const numbered = /^(.*)-\d+$/u.exec(name)?.[1];
    if (parent !== undefined && numbered === parent.label && sample.start >= parent.start && sample.end <= parent.end)
      return true;
    this.#parents.set(row[thread] ?? "", sample);
    return false;
  }
}
