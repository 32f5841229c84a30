import { hashOfText } from "../records/text-hash.ts";

/** Values of a segment that are kept apart; the rest share one cell. */
export const segmentValues = 64;

/** Stands for all values of a segment that are not kept apart. */
export const otherValues = "(other values)";

/**
 * Which values of a segment are kept apart: the {@link segmentValues} with the smallest hash. So the choice does not
 * depend on the order of the records, and merging gives what reading everything at once would have given.
 */
export class SegmentValues {
  readonly #hashes = new Map<string, number>();
  #largest = "";

  /**
   * The name under which a value is kept.
   *
   * @param evict - told of a value that has to make room: what is known of it belongs to {@link otherValues} from now
   * on.
   */
  nameOf(value: string, evict: (value: string) => void): string {
    if (value === otherValues || this.#hashes.has(value)) return value;
    const hash = hashOfText(value);
    if (this.#hashes.size === segmentValues) {
      if (hash >= (this.#hashes.get(this.#largest) as number)) return otherValues;
      this.#hashes.delete(this.#largest);
      evict(this.#largest);
    }
    this.#hashes.set(value, hash);
    this.#largest = [...this.#hashes].reduce((most, next) => (next[1] > most[1] ? next : most))[0];
    return value;
  }
}
