import { hashOfText } from "../records/text-hash.ts";

/** Names of arms outside the policy that are kept apart; the rest are counted under one name. */
export const mostOtherArms = 64;

/** Stands for all arms outside the policy that are not kept apart. */
export const restOfArms = "(other arms)";

/**
 * Counts records by arm, of arms that the policy does not name. The {@link mostOtherArms} names with the smallest hash
 * are kept apart, so that a field of a million names (a request id mapped by mistake) takes no more memory, and merging
 * gives what reading everything at once would have given.
 */
export class OtherArms {
  readonly #kept = new Map<string, { readonly hash: number; count: number }>();
  #largest = "";
  #rest = 0;

  add(name: string, count: number): void {
    const known = this.#kept.get(name);
    if (known !== undefined) known.count += count;
    else if (name === restOfArms) this.#rest += count;
    else this.#addNew(name, hashOfText(name), count);
  }

  /** The counts by name, in the order of the names. */
  build(): Readonly<Record<string, number>> {
    const counts: [string, number][] = [...this.#kept].map(([name, { count }]) => [name, count]);
    if (this.#rest > 0) counts.push([restOfArms, this.#rest]);
    return Object.fromEntries(counts.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  #addNew(name: string, hash: number, count: number): void {
    if (this.#kept.size === mostOtherArms) {
      const largest = this.#kept.get(this.#largest) as { readonly hash: number; readonly count: number };
      if (hash >= largest.hash) {
        this.#rest += count;
        return;
      }
      this.#kept.delete(this.#largest);
      this.#rest += largest.count;
    }
    this.#kept.set(name, { hash, count });
    this.#largest = [...this.#kept].reduce((most, next) => (next[1].hash > most[1].hash ? next : most))[0];
  }
}
